"""What is special about Conv2D and Conv1D; gradients and PyTorch's opinion come from the catalogue's own tests."""

import numpy as np
import pytest

from engine.errors import ShapeError, SpecError
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program
from engine.spec import CATALOGUE, make, to_json


def outputs(layer: dict, x: np.ndarray, kernel: np.ndarray | None = None, dtype=np.float64) -> np.ndarray:
    """What the layer alone gives for x (N, H, W, C); weights are 1 where no kernel is given."""
    net = Network.from_json({"layers": [{"id": "conv", **layer}]}, x.shape[1:])
    weights = Parameters(net, dtype)
    weights.flat[:] = 1.0
    if kernel is not None:
        weights.named["conv"]["kernel"][...] = kernel
    if "bias" in weights.named["conv"]:
        weights.named["conv"]["bias"][...] = 0.5
    program = Program(net, weights, batch=len(x))
    program.samples[...] = x
    program.run()
    return program.outputs().copy()


def test_a_window_of_ones_sums_what_it_sees():
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    y = outputs({"type": "conv2d", "filters": 1, "kernel_size": 2}, x)
    np.testing.assert_array_equal(y[0, :, :, 0], [[8.5, 12.5], [20.5, 24.5]])


def test_an_odd_border_goes_below_and_to_the_right_as_in_keras():
    kernel = np.zeros((2, 2, 1, 1))
    kernel[1, 1] = 1.0  # each window gives its last place
    x = np.arange(1.0, 5.0).reshape(1, 2, 2, 1)
    y = outputs({"type": "conv2d", "filters": 1, "kernel_size": 2, "padding": "same", "bias": False}, x, kernel)
    np.testing.assert_array_equal(y[0, :, :, 0], [[4, 0], [0, 0]])


@pytest.mark.parametrize("layer", ["conv2d", "conv1d"])
def test_a_window_larger_than_its_input_is_refused_with_a_way_out(layer):
    shape = (3, 3, 1) if layer == "conv2d" else (3, 1)
    with pytest.raises(ShapeError) as caught:
        make("layer", {"type": layer, "kernel_size": 5}).out_shape(shape)
    assert "5" in caught.value.message
    assert "same" in caught.value.fix
    assert make("layer", {"type": layer, "kernel_size": 5, "padding": "same"}).out_shape(shape)[0] == 3


def test_groups_must_divide_channels_and_filters():
    with pytest.raises(SpecError) as caught:
        make("layer", {"type": "conv2d", "filters": 3, "groups": 2})
    assert caught.value.where == "groups"
    with pytest.raises(ShapeError) as caught:
        make("layer", {"type": "conv2d", "filters": 4, "groups": 2}).out_shape((8, 8, 3))
    assert caught.value.where == "groups"


def test_the_user_sees_keras_kernels_and_may_write_into_them():
    net = Network.from_json({"layers": [{"id": "c", "type": "conv2d", "filters": 4, "groups": 2}]}, (5, 5, 6))
    weights = Parameters(net, np.float64)
    assert weights.named["c"]["kernel"].shape == (3, 3, 3, 4)
    weights.named["c"]["kernel"][0, 1, 2, 3] = 7.0
    assert 7.0 in weights.flat


@pytest.mark.parametrize("name", ["conv2d", "conv1d", "max_pool2d", "avg_pool2d"])
def test_the_pytorch_code_of_a_layer_computes_the_same(name):
    torch = pytest.importorskip("torch")
    rng, convolves = np.random.default_rng(1), name.startswith("conv")
    for parameters, shape in CATALOGUE["layer"][name].examples:
        layer = make("layer", {"type": name, **parameters, **({"activation": "linear"} if convolves else {})})
        module, x, kernel = eval(layer.torch(shape), {"nn": torch.nn}).double(), rng.normal(size=(2, *shape)), None
        if convolves:
            inner = next(m for m in module.modules() if hasattr(m, "weight"))
            kernel = np.moveaxis(inner.weight.detach().numpy(), (0, 1), (-1, -2))
            if layer.bias:
                inner.bias.data.fill_(0.5)
        theirs = module(torch.tensor(x).movedim(-1, 1)).movedim(1, -1).detach().numpy()
        np.testing.assert_allclose(outputs(to_json(layer), x, kernel), theirs, rtol=1e-9, atol=1e-11)
