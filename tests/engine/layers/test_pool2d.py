"""What is special about the pooling layers."""

import numpy as np
import pytest

import engine.experiment  # noqa: F401  fills the catalogue
from engine.errors import ShapeError
from engine.network import Network, Node
from engine.parameters import Parameters
from engine.program import Program
from engine.spec import make
from tests.engine.scaffold import Upstream, alone


def gradient(layer: dict, x: np.ndarray) -> np.ndarray:
    """Where a gradient of 1, 2, 3 … on the outputs ends up; x (H, W)."""
    net = alone(make("layer", layer), ((*x.shape, 1),), 1)
    weights, gradients = Parameters(net, np.float64), Parameters(net, np.float64)
    weights.flat[:] = x.ravel()
    program = Program(net, weights, batch=1, gradients=gradients, loss=Upstream())
    program.targets[...] = np.arange(1.0, program.targets.size + 1).reshape(program.targets.shape)
    program.run()
    return gradients.flat.reshape(x.shape)


def test_of_equal_values_the_first_one_row_by_row_gets_the_gradient_as_in_pytorch():
    x = np.array([[0.0, 3, 5, 5], [3, 0, 5, 5]])
    np.testing.assert_array_equal(gradient({"type": "max_pool2d"}, x), [[0, 1, 2, 0], [0, 0, 0, 0]])


def test_ties_in_overlapping_windows_are_resolved_as_in_pytorch():
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).integers(0, 3, (7, 7)).astype(np.float64)
    ours = gradient({"type": "max_pool2d", "pool_size": 3, "strides": 2}, x)
    t = torch.tensor(x[None, None], requires_grad=True)
    y = torch.nn.functional.max_pool2d(t, 3, 2)
    y.backward(torch.arange(1.0, 10.0, dtype=torch.float64).reshape(y.shape))
    np.testing.assert_array_equal(ours, t.grad[0, 0].numpy())


def test_a_mean_at_the_edge_is_over_the_values_that_are_there():
    net = Network.from_json({"layers": [{"type": "avg_pool2d", "padding": "same"}]}, (3, 3, 1))
    program = Program(net, Parameters(net, np.float64), batch=1)
    program.samples[...] = np.arange(9.0).reshape(1, 3, 3, 1)
    program.run()
    np.testing.assert_array_equal(program.outputs()[0, :, :, 0], [[2, 3.5], [6.5, 8]])


def test_values_between_the_windows_get_no_gradient_whatever_lay_in_memory():
    """A convolution's output is overwritten by its gradient; what no window sees must become zero."""
    conv = {"id": "conv", "type": "conv2d", "filters": 2, "kernel_size": 2}
    pool = {"type": "max_pool2d", "pool_size": 2, "strides": 3}
    net = Network.from_json({"layers": [conv, pool, {"type": "flatten"}, {"type": "dense", "units": 1}]}, (6, 6, 1))
    assert isinstance(net.output, Node)
    weights = Parameters(net, np.float64)
    weights.initialize(1)
    seen = []
    for keep in (False, True):
        gradients = weights.like()
        program = Program(net, weights, batch=2, gradients=gradients, loss=make("loss", "mse"), keep=keep)
        program.samples[...] = np.random.default_rng(0).normal(size=program.samples.shape)
        program.targets[...] = 0.5
        program.run()
        seen.append(gradients.flat)
    np.testing.assert_allclose(seen[0], seen[1], rtol=1e-12)


@pytest.mark.parametrize("name", ["max_pool2d", "avg_pool2d"])
def test_a_pool_larger_than_its_image_is_refused_with_a_way_out(name):
    with pytest.raises(ShapeError) as caught:
        make("layer", {"type": name, "pool_size": 4}).out_shape((3, 5, 2))
    assert "same" in caught.value.fix
