"""The examples a network gets wrong: as many as the confusion matrix says, the worst first, with true probabilities."""

import numpy as np
import pytest

from engine.errors import SpecError
from engine.experiment import Experiment
from engine.mistakes import judge, mistakes
from engine.train import Trainer
from tests.engine.runs import experiment, rows


def trained(spec, epochs=2):
    t = Trainer(Experiment.from_json(spec))
    rows(t, epochs)
    return t


DENSE = [{"id": "f", "type": "flatten"}, {"id": "o", "type": "dense", "units": 10, "activation": "softmax"}]
DIGITS = {"data": "digits", "network": {"layers": DENSE}, "training": {"loss": "categorical_cross_entropy"}}
MSE = {**DIGITS, "training": {"loss": "mse"}}


@pytest.mark.parametrize(
    "spec", [DIGITS, MSE, {"data": {"type": "circle", "noise": 30}}], ids=["joint", "mse", "one output"]
)
@pytest.mark.parametrize("split", ["train", "test"])
def test_every_cell_of_the_confusion_matrix_has_its_examples(spec, split):
    t = trained(spec)
    confusion = np.array(t.evaluate(split)["confusion"])
    judged, targets = mistakes(t, split)
    assert len(targets) == confusion.sum() - np.trace(confusion)
    assert (judged.predicted != targets).all()
    assert (np.diff(judged.losses) <= 0).all()
    for true, predicted in [(0, 1), (1, 0), (1, 1)]:
        cell, of = mistakes(t, split, true, predicted)
        assert len(of) == confusion[true, predicted]
        assert (of == true).all() and (cell.predicted == predicted).all()
    assert len(mistakes(t, split, true=1)[1]) == confusion[1].sum() - confusion[1, 1]
    assert len(mistakes(t, split, predicted=1)[1]) == confusion[:, 1].sum() - confusion[1, 1]


@pytest.mark.parametrize("spec", [DIGITS, MSE], ids=["joint", "mse"])
def test_probabilities_and_losses_are_those_of_the_network(spec):
    t = trained(spec)
    judged = judge(t, "test")
    inputs = t.data.inputs[t.data.test]
    np.testing.assert_allclose(judged.probabilities, t.predict(inputs), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(judged.probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_array_equal(judged.predicted, t.predict(inputs).argmax(axis=1))
    assert judged.losses.mean() == pytest.approx(t.row()[3], rel=1e-6)


def test_one_output_stands_for_two_classes():
    t = trained({"data": {"type": "circle", "noise": 30}})
    judged = judge(t, "train")
    outputs = t.predict(t.data.inputs[t.data.train])[:, 0]
    np.testing.assert_allclose(judged.probabilities[:, 1], (outputs + 1) / 2, atol=1e-6)
    np.testing.assert_array_equal(judged.predicted, outputs > 0)


def test_for_values_all_examples_come_the_farthest_first():
    t = trained({"data": "reg_plane"})
    judged, targets = mistakes(t, "test")
    missed = np.abs(t.predict(t.data.inputs[t.data.test])[judged.index, 0] - targets)
    assert len(missed) == len(t.data.test)
    assert (np.diff(missed) <= 1e-6).all()
    assert judged.predicted is None


@pytest.mark.parametrize("given, where", [({"true": 2}, "true"), ({"predicted": -1}, "predicted")])
def test_a_class_that_is_not_there_is_refused(given, where):
    with pytest.raises(SpecError) as caught:
        mistakes(Trainer(experiment()), "test", **given)
    assert caught.value.where == where
    with pytest.raises(SpecError):
        mistakes(Trainer(Experiment.from_json({"data": "reg_plane"})), "test", true=0)
