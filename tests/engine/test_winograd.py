"""Winograd's convolution gives what a plain product of windows gives, with every size of tile, there and back."""

from typing import NamedTuple

import numpy as np
import pytest

import engine.convolution
import engine.experiment
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program, stored_inputs, stored_targets
from engine.spec import make
from engine.winograd import PREDICTING, SIDES, tiling

SIZES = {(2, 2): 2, (4, 2): 2, (3, 3): 3, (6, 3): 3, (4, 4): 4, (11, 13): 4, (5, 5): 5, (10, 10): 5, (9, 5): 5}


class Found(NamedTuple):
    """What a network with one 3×3 convolution in its middle gives; `middle` is how that one was built."""

    middle: engine.convolution.Sliding
    outputs: np.ndarray
    gradients: np.ndarray


def found(size, way, monkeypatch, *, batch=3, padding="same", dtype=np.float64, training=True) -> Found:
    """way: the function of `engine.convolution` that has to build the convolution, which gives `size` outputs."""
    rng = np.random.default_rng(1)
    more = 0 if padding == "same" else 2
    shape = (size[0] + more, size[1] + more, 3)
    conv = {"id": "conv", "type": "conv2d", "filters": 16, "kernel_size": 3, "padding": padding}
    first = {"type": "conv2d", "filters": 16, "kernel_size": 1, "activation": "tanh"}
    network = Network.from_json({"layers": [first, conv, {"type": "flatten"}]}, shape)
    weights, gradients = Parameters(network, dtype), Parameters(network, dtype)
    weights.initialize(1)
    weights.named["conv"]["bias"][...] = rng.normal(size=16)
    x = stored_inputs(network, rng.normal(size=(batch, *shape)), dtype)
    y = stored_targets(rng.normal(size=(batch, *network.output.out_shape)), dtype)
    built = []
    with monkeypatch.context() as patch:
        original = getattr(engine.convolution, way)
        patch.setattr(engine.convolution, way, lambda b, s: (built.append(s), original(b, s)))
        if way == "multiply":
            patch.setattr(engine.convolution, "pays", lambda _: False)
        more = {"gradients": gradients, "loss": make("loss", {"type": "mse"})} if training else {}
        program = Program(network, weights, batch=batch, **more)
    for _ in range(2):  # a second run finds what the first one left in the buffers
        program.load(x, np.arange(batch), y)
        program.run()
    middle = next(s for s in built if s.windows.size == (3, 3))
    return Found(middle, program.outputs().copy(), gradients.flat.copy())


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("size", SIZES)
def test_outputs_and_gradients_are_those_of_plain_products(size, batch, padding, monkeypatch):
    fast, plain = (found(size, w, monkeypatch, batch=batch, padding=padding) for w in ("winograd", "multiply"))
    np.testing.assert_allclose(fast.outputs, plain.outputs, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(fast.gradients, plain.gradients, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("size", SIZES)
def test_a_gradient_in_single_precision_is_off_by_a_few_millionths_of_its_spread(size, monkeypatch):
    exact, rounded = (found(size, "winograd", monkeypatch, dtype=dtype) for dtype in (np.float64, np.float32))
    assert np.sqrt(np.mean((rounded.gradients - exact.gradients) ** 2)) <= 4e-6 * exact.gradients.std()


@pytest.mark.parametrize("size", [(4, 4), (10, 10), (11, 13)])
def test_a_prediction_in_single_precision_is_as_exact_as_a_plain_product(size, monkeypatch):
    exact = found(size, "multiply", monkeypatch).outputs
    fast, plain = (found(size, way, monkeypatch, dtype=np.float32, training=False) for way in ("winograd", "multiply"))
    assert tiling(fast.middle)[0] in PREDICTING
    assert np.abs(fast.outputs - exact).max() <= 3 * np.abs(plain.outputs - exact).max()


@pytest.mark.parametrize("size", SIZES)
def test_tiles_are_those_with_fewest_multiplications(size, monkeypatch):
    assert tiling(found(size, "winograd", monkeypatch).middle)[0] == SIZES[size]


def test_every_side_of_a_tile_is_tested():
    assert set(SIZES.values()) == set(SIDES)
