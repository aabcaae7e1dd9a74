"""Every gradient in the catalogue equals central differences. The table is the catalogue: a new part needs no row."""

import numpy as np
import pytest

from engine.builder import run
from engine.network import Network
from engine.spec import CATALOGUE, catalogue, make
from tests.engine.gradcheck import BATCH, Bench, check, check_activation, check_layer, check_loss
from tests.engine.made_up import ACTIVATION, made_up_activation
from tests.engine.scaffold import case_id, layer_cases, part_cases

SHAPES = [(5,), (2, 3, 4)]
STRAIGHT = [
    (name, p) for name, p in part_cases("activation") if not hasattr(CATALOGUE["activation"][name], "surrogate")
]
STAND_INS = [(name, p) for name, p in part_cases("activation") if hasattr(CATALOGUE["activation"][name], "surrogate")]


@pytest.mark.parametrize("name, parameters, shapes", layer_cases(), ids=case_id)
def test_layer(name, parameters, shapes):
    check_layer((name, parameters, shapes))


@pytest.mark.parametrize("shape", SHAPES, ids=case_id)
@pytest.mark.parametrize("name, parameters", STRAIGHT, ids=case_id)
def test_activation(name, parameters, shape):
    check_activation(name, parameters, shape)


@pytest.mark.parametrize("shape", SHAPES, ids=case_id)
@pytest.mark.parametrize("name, parameters", STAND_INS, ids=case_id)
def test_activation_whose_derivative_is_that_of_its_declared_surrogate(name, parameters, shape):
    """The step's own slope is 0: what `backward` uses, and says it uses, is the slope of another function."""
    check_activation(name, parameters, shape)
    assert "stand-in" in CATALOGUE["activation"][name].__doc__
    assert "surrogate" in CATALOGUE["activation"][name].__doc__


@pytest.mark.parametrize("name, parameters", STRAIGHT, ids=case_id)
def test_activation_inside_a_dense_layer(name, parameters):
    """Where z and y may share a buffer; the check of the layer alone never does that."""
    check_layer(("dense", {"units": 4, "activation": {"type": name, **parameters}}, ((3,),)))


@pytest.mark.parametrize("shape", [(1,), (3,), (4, 3), (2, 2, 3)], ids=case_id)
@pytest.mark.parametrize("name, parameters", part_cases("loss"), ids=case_id)
def test_loss(name, parameters, shape):
    check_loss(name, parameters, shape)


@pytest.mark.parametrize("name, parameters", part_cases("loss"), ids=case_id)
def test_loss_of_a_piece_of_a_batch_is_averaged_over_the_whole_batch(name, parameters):
    check_loss(name, parameters, (3,), samples=2 * BATCH)


@pytest.mark.parametrize("name, parameters", part_cases("regularizer"), ids=case_id)
def test_regularizer(name, parameters):
    """What is added to the gradient is the derivative of the penalty shown; masked weights are left alone."""
    rng, regularizer = np.random.default_rng(0), make("regularizer", {"type": name, **parameters})
    p, mask = rng.choice([-1, 1], 12) * rng.uniform(0.1, 1.0, 12), (np.arange(12) % 3 > 0).astype(float)
    before = rng.normal(size=12)
    g = before.copy()
    run(regularizer.calls(p, g, mask, np.empty(12)))
    step = 1e-6
    numeric = [
        (regularizer.penalty(p + d, mask) - regularizer.penalty(p - d, mask)) / (2 * step) for d in step * np.eye(12)
    ]
    np.testing.assert_allclose(g - before, numeric, rtol=1e-6, atol=1e-9)
    assert (g[mask == 0] == before[mask == 0]).all()


# Networks in which a value has several readers, and a layer passes on what it was given

DENSE = {"type": "dense", "units": 3, "activation": "tanh"}
AWKWARD = {
    "an activation on an activation": [DENSE, {"type": "activation", "activation": "relu"}],
    "an activation of its own after dropout that drops nothing": [
        DENSE, {"type": "dropout", "rate": 0.0}, {"type": "activation", "activation": "gelu"},
    ],
    "flatten of what is flat": [DENSE, {"type": "flatten"}, DENSE],
    "dropout between two layers": [DENSE, {"type": "dropout", "rate": 0.4}, DENSE],
    "a linear activation on its own": [DENSE, {"type": "activation", "activation": "linear"}, DENSE],
    "dropout as the last layer": [DENSE, {"type": "dropout", "rate": 0.4}],
    "a skip connection": [
        {**DENSE, "id": "a"}, {**DENSE, "id": "b"}, {"id": "sum", "type": "add", "inputs": ["a", "b"]}, DENSE,
    ],
    "a value read three times": [
        {**DENSE, "id": "a"}, {**DENSE, "id": "b"}, {**DENSE, "id": "c", "inputs": ["a"]},
        {"type": "add", "inputs": ["a", "b", "c"]},
    ],
    "a value added to itself": [{**DENSE, "id": "a"}, {"type": "add", "inputs": ["a", "a"]}],
    "an activation beside its own input": [
        {**DENSE, "id": "a"}, {"id": "b", "type": "activation", "activation": "sigmoid"},
        {"type": "multiply", "inputs": ["a", "b"]},
    ],
    "dropout that drops nothing beside its own input": [
        {**DENSE, "id": "a"}, {"id": "b", "type": "dropout", "rate": 0.0}, {"type": "multiply", "inputs": ["a", "b"]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("layers", AWKWARD.values(), ids=AWKWARD)
def test_network(layers):
    missing = {layer["type"] for layer in layers} - set(CATALOGUE["layer"])
    if missing:
        pytest.skip(f"no such layer yet: {', '.join(missing)}")
    bench = Bench(Network.from_json({"layers": layers}, (2,)))
    bench.program.samples[:, :-1] = np.random.default_rng(3).normal(size=(BATCH, 2))
    check(bench, str(layers))


# A part in a file of its own


def test_a_made_up_activation_in_one_file_is_in_the_catalogue_and_gradient_checked(tmp_path):
    with made_up_activation(tmp_path) as cls:
        assert make("activation", {"type": "made_up", "factor": 0.25}).factor == 0.25
        (entry,) = [entry for entry in catalogue()["activation"] if entry["type"] == "made_up"]
        assert entry["label"] == "Made-up"
        assert [p["name"] for p in entry["params"]] == ["factor"]
        cases = [(name, p) for name, p in part_cases("activation") if name == "made_up"]
        assert [p for _, p in cases] == list(cls.examples)
        for name, parameters in cases:
            check_activation(name, parameters, (5,))
            check_layer(("dense", {"units": 4, "activation": {"type": name, **parameters}}, ((3,),)))
    assert "made_up" not in CATALOGUE["activation"]


def test_a_wrong_derivative_is_found_and_named(tmp_path):
    wrong = ACTIVATION.replace("2.0 * self.factor", "2.001 * self.factor")
    with made_up_activation(tmp_path, wrong), pytest.raises(AssertionError) as caught:
        check_activation("made_up", {"factor": 0.25}, (5,))
    for fact in ("made_up", "{'factor': 0.25}", "input1.values", "analytic", "numeric"):
        assert fact in str(caught.value)


def test_a_derivative_that_forgets_the_upstream_gradient_is_found(tmp_path):
    wrong = f"{ACTIVATION}\n    def backward(self, b, z, y, dy, dz, axis):\n        self.slope(b, z, y, dz)\n"
    with made_up_activation(tmp_path, wrong), pytest.raises(AssertionError, match=r"input1\.values"):
        check_activation("made_up", {}, (5,))
