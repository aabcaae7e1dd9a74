"""Changing a run between two updates: settings, frozen layers, single weights; what is refused changes nothing."""

import numpy as np
import pytest

from engine.errors import SpecError
from engine.events import COLUMNS
from engine.train import Trainer
from tests.engine.runs import DROPOUT, HIDDEN, OUTPUT, experiment, go, rows, same

RATE, PENALTY = COLUMNS.index("learning_rate"), COLUMNS.index("penalty")
MOMENTUM = {"type": "sgd", "momentum": 0.9, "learning_rate": 0.1}


def everything(trainer):
    """All that a change may touch."""
    return (
        trainer.training, trainer.frozen, trainer.packed().tobytes(), trainer.epoch, trainer.update,
        {name: slot.tobytes() for name, slot in trainer.optimizer.slots.items()}, trainer.learning_rate(),
    )  # fmt: skip


@pytest.mark.parametrize("each", ["epoch", "update"])
@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.5},
        {"batch_size": 9},
        {"regularizer": {"type": "l2", "rate": 0.3}},
        {"optimizer": {"type": "sgd", "momentum": 0.5}},
        {"optimizer": "adam"},
        {"schedule": {"type": "step_decay", "every": 1}},
        {"schedule": {"type": "constant", "warmup": 10}},
        {"frozen": ["hidden"]},
        {"clip_norm": 0.1},
        {"clip_value": 0.01},
        {"class_weights": [1, 3]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_change_takes_effect_at_the_next_update(changes, each):
    trainer, other = Trainer(experiment()), Trainer(experiment())
    same(rows(trainer, 2, each), rows(other, 2, each))
    trainer.set(**changes)
    changed, unchanged = rows(trainer, 1, each), rows(other, 1, each)
    assert changed[0, 2] != unchanged[0, 2]
    if "learning_rate" in changes:
        assert changed[0, RATE] == 0.5
    if "batch_size" in changes:
        assert trainer.update == 2 * 5 + 3


def test_a_changed_run_goes_on_as_one_that_began_with_those_settings():
    """Nothing of the old settings is left in what is compiled."""
    trainer, fresh = Trainer(experiment()), Trainer(experiment(batch_size=7, regularizer="l1", optimizer=MOMENTUM))
    rows(trainer, 1)
    trainer.set(batch_size=7, regularizer="l1", optimizer=MOMENTUM)
    trainer.reset()
    same(rows(trainer, 3), rows(fresh, 3))


def test_momentum_goes_on_when_only_its_size_changes():
    """The memory of an optimizer is kept where the new one is of the same kind."""
    trainer = Trainer(experiment(optimizer=MOMENTUM))
    rows(trainer, 1)
    before = trainer.optimizer.slots["velocity"].copy()
    trainer.set(optimizer={**MOMENTUM, "momentum": 0.5})
    same(trainer.optimizer.slots["velocity"], before)
    trainer.set(learning_rate=0.2)
    same(trainer.optimizer.slots["velocity"], before)
    trainer.set(optimizer="adam")
    assert set(trainer.optimizer.slots) == {"mean", "square_average"}
    assert not any(slot.any() for slot in trainer.optimizer.slots.values())


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_switching_to_adam_in_mid_run_starts_with_steps_of_the_learning_rates_size(name):
    """Its correction for a short memory counts from its own first update, not from the run's."""
    trainer = Trainer(experiment())
    rows(trainer, 10)
    before = trainer.packed()
    trainer.set(optimizer={"type": name, "learning_rate": 0.001})
    go(trainer, 1)
    assert np.abs(trainer.packed() - before).max() == pytest.approx(0.001, rel=0.05)
    restored = Trainer.restore(trainer.experiment, trainer.state())
    same(rows(restored, 2), rows(trainer, 2))


def test_changing_the_learning_rate_keeps_the_rest_of_the_optimizer():
    trainer = Trainer(experiment(optimizer=MOMENTUM))
    trainer.set(learning_rate=0.7)
    assert trainer.training.optimizer.momentum == 0.9
    trainer.set(optimizer={"type": "adam", "beta1": 0.5}, learning_rate=0.2)
    assert (trainer.training.optimizer.beta1, trainer.training.optimizer.learning_rate) == (0.5, 0.2)


@pytest.mark.parametrize(
    "changes, where",
    [
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"learning_rate": -1}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"batch_size": 24}, "batch_size"),
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 2.5}, "batch_size"),
        ({"epochs": 0}, "epochs"),
        ({"regularizer": {"type": "l2", "rate": 11}}, "regularizer.rate"),
        ({"optimizer": {"type": "sgd", "momentum": 1}}, "optimizer.momentum"),
        ({"optimizer": {"type": "sgd", "nesterov": True}}, "optimizer.nesterov"),
        ({"optimizer": "lion"}, "optimizer.type"),
        ({"schedule": {"type": "cosine", "epochs": 0}}, "schedule.epochs"),
        ({"loss": "mae"}, "loss"),
        ({"shuffle": False}, "shuffle"),
        ({"colour": "red"}, "colour"),
        ({"frozen": ["nobody"]}, "frozen"),
        ({"frozen": "hidden"}, "frozen"),
        ({"frozen": [["hidden"]]}, "frozen"),
        ({"frozen": 5}, "frozen"),
    ],
    ids=str,
)
def test_what_is_refused_changes_nothing(changes, where):
    trainer, other = Trainer(experiment(optimizer=MOMENTUM)), Trainer(experiment(optimizer=MOMENTUM))
    rows(trainer, 1), rows(other, 1)
    before = everything(trainer)
    with pytest.raises(SpecError) as caught:
        trainer.set(**{"learning_rate": 0.5, "batch_size": 3, **changes})
    assert caught.value.where == where
    assert caught.value.message
    assert everything(trainer) == before
    same(rows(trainer, 2), rows(other, 2))


def test_the_batch_size_waits_for_the_end_of_a_batch_that_is_half_taken_in():
    trainer = Trainer(experiment())
    go(trainer, 2, "sample")
    with pytest.raises(SpecError) as caught:
        trainer.set(batch_size=3)
    assert caught.value.where == "batch_size"
    trainer.set(learning_rate=0.1)  # all else may change
    go(trainer, 3, "sample")
    trainer.set(batch_size=3)


def test_a_frozen_layer_does_not_move_and_the_others_do():
    trainer = Trainer(experiment(optimizer={"type": "adamw", "weight_decay": 0.5}, regularizer="l2"))
    trainer.set(frozen=["hidden"])
    before = trainer.weights()
    rows(trainer, 2), go(trainer, 3), go(trainer, 3, "sample")
    after = trainer.weights()
    for name in ("kernel", "bias"):
        same(after["hidden"][name], before["hidden"][name])
        assert (after["output"][name] != before["output"][name]).all()
    trainer.set(frozen=[])
    go(trainer, 6)
    assert (trainer.weights()["hidden"]["kernel"] != before["hidden"]["kernel"]).all()


def test_with_every_layer_frozen_the_loss_stays():
    trainer = Trainer(experiment(HIDDEN, DROPOUT, OUTPUT))
    trainer.set(frozen=["hidden", "drop", "output"])
    losses = rows(trainer, 3)[:, 2:4]
    assert (losses == losses[0]).all()


# Single weights


@pytest.mark.parametrize("layer, name, index", [("hidden", "kernel", [1, 2]), ("output", "bias", (0,))])
def test_an_edited_weight_is_in_every_view_at_once(layer, name, index):
    trainer = Trainer(experiment())
    x = trainer.data.inputs[:5]
    loss, before, outputs = trainer.row()[2], trainer.packed(), trainer.predict(x)
    trainer.edit(layer, name, index, 0.75)
    assert trainer.weights()[layer][name][tuple(index)] == 0.75
    (place,) = np.flatnonzero(trainer.packed() != before)
    (entry,) = [e for e in trainer.manifest() if (e["layer"], e["name"]) == (layer, name)]
    assert place == entry["offset"] + np.ravel_multi_index(tuple(index), entry["shape"])
    assert trainer.row()[2] != loss
    assert (trainer.predict(x) != outputs).all()
    rows(trainer, 1)
    assert trainer.weights()[layer][name][tuple(index)] != 0.75  # it learns on from there


@pytest.mark.parametrize(
    "arguments, where",
    [
        (("nobody", "kernel", [0, 0], 1.0), "layer"),
        ((["hidden"], "kernel", [0, 0], 1.0), "layer"),
        (("hidden", "kernels", [0, 0], 1.0), "name"),
        (("hidden", None, [0, 0], 1.0), "name"),
        (("hidden", "kernel", [0], 1.0), "index"),
        (("hidden", "kernel", [2, 0], 1.0), "index"),
        (("hidden", "kernel", [-1, 0], 1.0), "index"),
        (("hidden", "kernel", [0, 0, 0], 1.0), "index"),
        (("hidden", "kernel", [0.5, 0], 1.0), "index"),
        (("hidden", "kernel", [True, 0], 1.0), "index"),
        (("hidden", "kernel", ["0", 0], 1.0), "index"),
        (("hidden", "kernel", 0, 1.0), "index"),
        (("hidden", "kernel", None, 1.0), "index"),
        (("hidden", "kernel", [0, 0], float("nan")), "value"),
        (("hidden", "kernel", [0, 0], float("inf")), "value"),
        (("hidden", "kernel", [0, 0], 1e39), "value"),
        (("hidden", "kernel", [0, 0], 10**400), "value"),
        (("hidden", "kernel", [0, 0], "1"), "value"),
        (("hidden", "kernel", [0, 0], True), "value"),
        (("hidden", "kernel", [0, 0], None), "value"),
    ],
    ids=str,
)
def test_an_edit_that_can_not_be_made_is_refused_and_changes_nothing(arguments, where):
    trainer = Trainer(experiment())
    before = everything(trainer)
    with pytest.raises(SpecError) as caught:
        trainer.edit(*arguments)
    assert caught.value.where == where
    assert caught.value.message
    assert everything(trainer) == before


def test_weights_given_out_are_copies():
    trainer = Trainer(experiment())
    trainer.weights()["hidden"]["kernel"][:] = 7.0
    trainer.packed()[:] = 7.0
    assert not (trainer.packed() == 7.0).any()
