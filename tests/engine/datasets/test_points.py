"""Points placed by hand: they train as they were placed, and a bad one is named by its number."""

import numpy as np
import pytest

from engine.data import DataSpec, prepare
from engine.errors import SpecError
from engine.experiment import Experiment
from engine.train import Trainer
from tests.engine.runs import rows


def spec(points, type="points", **more):
    return {"type": type, "points": points, **more}


def test_points_are_those_placed_in_their_order():
    placed = [[0.25, -1, 1], [3, 2.5, 0], [-6, 6, 1], [0, 0, 0]]
    d = prepare(DataSpec.from_json(spec(placed)))
    np.testing.assert_array_equal(d.raw, np.array(placed)[:, :2])
    assert d.raw_targets.tolist() == [1, 0, 1, 0]
    assert d.classes == ("orange", "blue")


def test_values_are_those_placed():
    d = prepare(DataSpec.from_json(spec([[0, 0, -1.5], [1, 1, 2], [2, 2, 0.25]], "reg_points")))
    assert d.raw_targets.tolist() == [-1.5, 2, 0.25]
    assert d.task == "regression"


@pytest.mark.parametrize("classes", [2, 3, 8])
def test_as_many_classes_as_asked_for(classes):
    placed = [[k, k / 2, k % classes] for k in range(-10, 10)]
    d = prepare(DataSpec.from_json(spec(placed, classes=classes)))
    assert len(d.classes) == classes
    Trainer(Experiment.from_json({"data": spec(placed, classes=classes)}))


BAD = [
    ([[0, 0, 0], [0, 0]], "points.1"),
    ([[0, 0, 0], [0, 11, 0]], "points.1"),
    ([[0, 0, 0], [0, 0, 0], [float("nan"), 0, 0]], "points.2"),
    ([[0, 0, 0.5], [0, 0, 0]], "points.0"),
    ([[0, 0, 0]] * 7 + [[0, 0, 2]], "points.7"),
    ([[0, 0, 0], [0, 0, -1]], "points.1"),
    ([[0, 0, 0], "here"], "points.1"),
    ([[0, 0, 0]], "points"),
    ([[0, 0, 0]] * 2001, "points"),
    ("circle", "points"),
]


@pytest.mark.parametrize("points, where", BAD)
def test_a_bad_point_is_named_by_its_number(points, where):
    with pytest.raises(SpecError) as caught:
        Experiment.from_json({"data": spec(points)})
    assert caught.value.where == f"data.{where}"


@pytest.mark.parametrize("type, metric", [("points", 1.0), ("reg_points", 0.8)])
def test_the_network_offered_learns_them(type, metric):
    t = Trainer(Experiment.from_json({"data": {"type": type, "train_fraction": 0.9}}))
    assert rows(t, 400)[-1][4] >= metric


def test_two_thousand_points_are_quickly_made_ready():
    d = prepare(DataSpec.from_json(spec([[k % 9, k % 7, k % 2] for k in range(2000)])))
    assert len(d.raw) == 2000
