"""Class weights: what counts more is learned better, and the history says what training makes small."""

import numpy as np
import pytest

from engine.class_weights import weighted
from engine.errors import SpecError
from engine.events import COLUMNS
from engine.explain import explain
from engine.train import Trainer
from tests.engine.runs import HIDDEN, OUTPUT, experiment, rows, same

TRAIN_LOSS = COLUMNS.index("train_loss")
SOFTMAX = {**OUTPUT, "units": 3, "activation": "softmax"}
IRIS = {"data": "iris", "loss": "categorical_cross_entropy"}


def test_equal_weights_are_none():
    plain, ones = Trainer(experiment(), np.float64), Trainer(experiment(class_weights=[1, 1]), np.float64)
    np.testing.assert_allclose(rows(ones, 5), rows(plain, 5), rtol=1e-12)


def test_the_loss_shown_is_the_weighted_mean_and_accuracy_is_not_weighted():
    weights = np.array([0.5, 2.0, 1.0])
    made = experiment(HIDDEN, SOFTMAX, **IRIS, class_weights=list(weights))
    trainer, plain = Trainer(made, np.float64), Trainer(experiment(HIDDEN, SOFTMAX, **IRIS), np.float64)
    labels = trainer.data.targets[trainer.data.train]
    p = trainer.predict(trainer.data.inputs[trainer.data.train])[np.arange(len(labels)), labels]
    assert trainer.row()[TRAIN_LOSS] == pytest.approx(np.mean(-np.log(p) * weights[labels]))
    assert trainer.row()[4] == plain.row()[4]


def test_balanced_gives_all_classes_the_same_say():
    trainer = Trainer(experiment(class_weights="balanced"))
    labels = trainer.data.targets[trainer.data.train].astype(int)
    loss = weighted(trainer.training.loss, "balanced", trainer.coding, labels)
    each = loss.factors[0] * trainer.coding.encode(labels)[:, 0] + loss.offset
    for c in (0, 1):
        assert each[labels == c].sum() == pytest.approx(len(labels) / 2)


def test_a_class_that_counts_more_is_found_more_often():
    """Two clouds over one another: the answer leans to the class whose mistakes are dear."""
    data = {"type": "gauss", "samples": 200, "noise": 50}
    found = []
    for weights in ([1, 1], [1, 20]):
        trainer = Trainer(experiment(OUTPUT, data=data, class_weights=weights))
        rows(trainer, 60)
        confusion = np.array(trainer.evaluate("test")["confusion"])
        found.append(confusion[1, 1] / confusion[1].sum())
    assert found[1] > found[0]


def test_changed_on_the_way_it_is_as_if_set_at_the_start():
    trainer, fresh = Trainer(experiment()), Trainer(experiment(class_weights=[1, 5]))
    rows(trainer, 2)
    trainer.set(class_weights=[1, 5])
    assert trainer.row()[TRAIN_LOSS] != pytest.approx(Trainer(experiment()).row()[TRAIN_LOSS])
    trainer.reset()
    same(rows(trainer, 3), rows(fresh, 3))
    trainer.set(class_weights=None)
    trainer.reset()
    same(rows(trainer, 3), rows(Trainer(experiment()), 3))


def test_the_microscope_weighs_its_example():
    plain, dear = Trainer(experiment(), np.float64), Trainer(experiment(class_weights=[3, 3]), np.float64)
    x, t = plain.data.inputs[0], plain.data.targets[0]
    a, b = explain(plain, x, t), explain(dear, x, t)
    assert b["loss"] == pytest.approx(3 * a["loss"])
    ours, theirs = (np.array(seen["layers"][0]["weights"]["kernel"]["gradient"]) for seen in (b, a))
    np.testing.assert_allclose(ours, 3 * theirs)


@pytest.mark.parametrize("weights", [[1], [1, 2, 3], [0, 0], [-1, 1], "equal", 2, [1, "2"], [], [1, float("inf")]])
def test_what_does_not_fit_is_refused_at_its_field(weights):
    with pytest.raises(SpecError) as caught:
        experiment(class_weights=weights)
    assert caught.value.where == "training.class_weights"
    trainer = Trainer(experiment())
    with pytest.raises(SpecError) as caught:
        trainer.set(class_weights=weights)
    assert caught.value.where == "class_weights"


@pytest.mark.parametrize("weights", ["balanced", [1, 2]])
def test_values_have_no_classes(weights):
    with pytest.raises(SpecError, match="values to predict"):
        experiment(HIDDEN, {**OUTPUT, "activation": "linear"}, data="diabetes", class_weights=weights)
