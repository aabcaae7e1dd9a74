"""Gradient clipping: numbers cut, lengths shortened, frozen layers out of it, huge gradients tamed."""

import numpy as np
import pytest

from engine.builder import norm, run
from engine.clipping import clip_calls
from engine.errors import SpecError
from engine.events import COLUMNS
from engine.train import Trainer
from tests.engine.runs import HIDDEN, OUTPUT, experiment, go, rows, same


def clipped(pieces, **limits):
    pieces = [np.array(p, np.float32) for p in pieces]
    run(clip_calls(pieces, limits.get("value"), limits.get("norm")))
    return pieces


def test_values_are_cut_on_both_sides():
    (g,) = clipped([[-3.0, -0.5, 0.0, 0.2, 7.0]], value=0.5)
    np.testing.assert_array_equal(g, np.float32([-0.5, -0.5, 0.0, 0.2, 0.5]))


def test_a_long_gradient_keeps_its_direction_over_all_pieces():
    a, b = clipped([[3.0], [0.0, 4.0]], norm=1.0)
    np.testing.assert_allclose(np.concatenate([a, b]), [0.6, 0.0, 0.8], rtol=1e-5)


def test_a_short_gradient_stays_as_it_is():
    a, b = clipped([[0.3], [0.0, 0.4]], norm=1.0)
    np.testing.assert_array_equal(np.concatenate([a, b]), np.float32([0.3, 0.0, 0.4]))


def test_values_come_before_the_norm():
    (g,) = clipped([[10.0, 0.3]], value=0.4, norm=0.25)
    np.testing.assert_allclose(g, [0.2, 0.15], rtol=1e-5)


def test_nothing_set_costs_nothing():
    assert clip_calls([np.ones(3)], None, None) == []


@pytest.mark.parametrize("each", ["epoch", "update", "sample"])
def test_no_step_of_plain_descent_is_longer_than_rate_times_norm(each):
    trainer = Trainer(experiment(clip_norm=0.02, optimizer={"type": "sgd", "learning_rate": 0.5}), np.float64)
    before, count = trainer.parameters.flat.copy(), {"epoch": 1, "update": 1, "sample": 5}[each]
    go(trainer, count, each)
    assert norm(trainer.parameters.flat - before) <= trainer.update * 0.5 * 0.02 + 1e-12
    assert trainer.gradient_norm > 0.02  # what is shown is the loss's gradient, before clipping


def test_frozen_layers_have_no_part_in_the_norm():
    trainer, other = (Trainer(experiment(clip_norm=0.05), np.float64) for _ in range(2))
    trainer.set(frozen=["hidden"])
    before = trainer.weights()["output"]
    go(trainer, 1), go(other, 1)
    moved = [t.weights()["output"]["kernel"] - before["kernel"] for t in (trainer, other)]
    assert norm(moved[0].ravel()) > norm(moved[1].ravel())


def test_a_rate_that_would_diverge_stays_finite():
    wild = {"optimizer": {"type": "sgd", "learning_rate": 100.0}}
    linear = [{**HIDDEN, "activation": "linear"}, {**OUTPUT, "activation": "linear"}]
    assert len(rows(Trainer(experiment(*linear, **wild)), 50)) < 50
    made = rows(Trainer(experiment(*linear, **wild, clip_norm=1e-4)), 50)
    assert np.isfinite(made[:, COLUMNS.index("train_loss")]).all()
    assert len(made) == 50


def test_going_by_epochs_and_by_updates_is_the_same():
    for limits in ({"clip_norm": 0.02}, {"clip_value": 0.01}):
        same(rows(Trainer(experiment(**limits)), 3), rows(Trainer(experiment(**limits)), 3, "update"))


@pytest.mark.parametrize("field", ["clip_norm", "clip_value"])
@pytest.mark.parametrize("value", [0, -1, "1", True, float("nan")])
def test_what_is_no_limit_is_refused(field, value):
    with pytest.raises(SpecError) as caught:
        experiment(**{field: value})
    assert caught.value.where == f"training.{field}"
