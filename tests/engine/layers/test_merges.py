"""Add, multiply and concatenate: what they give, what they refuse, and residual blocks made with them."""

import numpy as np
import pytest

from engine.experiment import Experiment, check_network
from engine.train import Trainer
from tests.engine.layers.one import One

SHAPES = [(3,), (4, 3), (2, 2, 3)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("count", [2, 3, 4])
@pytest.mark.parametrize("name, judge", [("add", np.sum), ("multiply", np.prod)])
def test_place_by_place(name, judge, count, shape, rng):
    inputs = [rng.normal(size=(5, *shape)) for _ in range(count)]
    np.testing.assert_allclose(One(name, *inputs).outputs(), judge(inputs, axis=0))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_concatenate_joins_the_last_axis_and_cuts_the_gradient(shape, rng):
    a, b = rng.normal(size=(5, *shape)), rng.normal(size=(5, *shape[:-1], 2))
    one = One("concatenate", a, b)
    np.testing.assert_array_equal(one.outputs(), np.concatenate([a, b], axis=-1))
    dy = rng.normal(size=(5, *shape[:-1], 5))
    _, (da, db), _ = one.train(dy)
    np.testing.assert_array_equal(da, dy[..., :3])
    np.testing.assert_array_equal(db, dy[..., 3:])


def dense(id, units, *inputs):
    return {"id": id, "type": "dense", "units": units, **({"inputs": list(inputs)} if inputs else {})}


@pytest.mark.parametrize("name", ["add", "multiply"])
def test_shapes_that_differ_are_named_with_their_layers(name):
    layers = [dense("a", 8), dense("b", 4, "input"), {"id": "m", "type": name, "inputs": ["a", "b"]}]
    (error,) = check_network({"layers": layers}, (2,))["errors"]
    assert error["where"] == "network.layers.m.inputs"
    assert "a gives 8, b gives 4" in error["message"]
    assert "Dense" in error["fix"]


def test_concatenate_refuses_other_positions():
    layers = [
        {"id": "a", "type": "reshape", "shape": [4, 3]},
        {"id": "b", "type": "reshape", "shape": [3, 4], "inputs": ["input"]},
        {"id": "m", "type": "concatenate", "inputs": ["a", "b"]},
    ]
    (error,) = check_network({"layers": layers}, (12,))["errors"]
    assert "a gives 4×3, b gives 3×4" in error["message"]
    assert "Flatten" in error["fix"]


@pytest.mark.parametrize("name", ["add", "multiply", "concatenate"])
def test_one_input_is_too_few(name):
    (error,) = check_network({"layers": [dense("a", 8), {"id": "m", "type": name}]}, (2,))["errors"]
    assert error["where"] == "network.layers.m.inputs"


def test_a_value_times_itself_has_twice_its_gradient():
    x = np.array([[1.5, -2.0]])
    layers = [{"type": "multiply", "inputs": ["input", "input"]}, dense("out", 1)]
    trainer = Trainer(Experiment.from_json({"network": {"layers": layers}}), np.float64)
    weights = trainer.weights()["out"]
    np.testing.assert_allclose(trainer.predict(x), x**2 @ weights["kernel"] + weights["bias"])


def test_a_residual_network_learns():
    tanh = {"type": "dense", "units": 8, "activation": "tanh"}
    layers = [
        {**tanh, "id": "a"},
        {**tanh, "id": "b"},
        {"id": "sum1", "type": "add", "inputs": ["a", "b"]},
        {**tanh, "id": "c"},
        {"id": "drop", "type": "dropout", "rate": 0.0},
        {"id": "sum2", "type": "add", "inputs": ["sum1", "drop", "c"]},
        {"id": "out", "type": "dense", "units": 1, "activation": "tanh"},
    ]
    trainer = Trainer(Experiment.from_json({"data": "spiral", "network": {"layers": layers}}))
    losses = [event.row[2] for _, event in zip(range(200), trainer.events("epoch"), strict=False)]
    assert losses[-1] < 0.5 * losses[0]
