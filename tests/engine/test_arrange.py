"""Leaving out what nothing reads, and activations behind the pool: less work, the same numbers."""

import numpy as np
import pytest

import engine.experiment  # noqa: F401  fills the catalogue
from engine.arrange import arrange
from engine.network import INPUT, Network
from engine.parameters import Parameters
from engine.program import Program
from engine.spec import make

CONV = {"type": "conv2d", "filters": 16, "kernel_size": 3, "activation": "relu"}
POOL = {"type": "max_pool2d"}
HEAD = [{"type": "flatten"}, {"type": "dense", "units": 3, "activation": "softmax"}]


def network(*layers, shape=(28, 28, 1)) -> Network:
    return Network.from_json({"layers": [{"id": f"n{i}", **layer} for i, layer in enumerate(layers)]}, shape)


def test_what_the_pools_leave_out_is_not_even_read_from_the_image():
    net = network(CONV, POOL, CONV, POOL, *HEAD)
    read = arrange(net).read
    assert net.nodes[2].out_shape == (11, 11, 16)  # what the user sees
    assert read == {
        INPUT: (26, 26, 1), "n0": (24, 24, 16), "n1": (12, 12, 16), "n2": (10, 10, 16), "n3": (5, 5, 16),
        "n4": (400,), "n5": (3,),
    }  # fmt: skip


def test_whoever_looks_sees_all_of_it_before_and_after_each_activation():
    net = network(CONV, POOL, *HEAD, shape=(9, 9, 1))
    plan = arrange(net, looking=True)
    assert plan.read == {INPUT: (9, 9, 1)} | {node.id: node.out_shape for node in net.nodes}
    assert plan.activations["n0"].name == "relu"


@pytest.mark.parametrize(
    "layers, where",
    [
        ([CONV, POOL, *HEAD], "n1"),
        ([CONV, POOL, POOL, *HEAD], "n2"),
        ([CONV | {"activation": "silu"}, POOL, *HEAD], "n0"),  # falls before it rises
        ([CONV, {"type": "avg_pool2d"}, *HEAD], "n0"),  # a mean chooses nothing
        ([CONV, POOL], "n0"),  # a loss may read the last layer before its activation
        ([CONV, POOL, POOL | {"inputs": ["n0"]}, {"type": "add", "inputs": ["n1", "n2"]}, *HEAD], "n0"),  # two readers
    ],
)
def test_an_activation_goes_behind_a_pool_where_that_changes_nothing(layers, where):
    activations = arrange(network(*layers)).activations
    assert [id for id, f in activations.items() if f is not None and f.name != "softmax"] == [where]


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "elu", "tanh", "sigmoid", "softplus", "silu", "step"])
@pytest.mark.parametrize("pool", [{}, {"pool_size": 3, "strides": 2}, {"padding": "same"}], ids=str)
def test_outputs_and_gradients_are_those_of_the_plain_order(activation, pool):
    conv = CONV | {"activation": activation}
    net = network(conv, POOL | pool, conv, POOL | pool, *HEAD, shape=(17, 16, 2))
    rng = np.random.default_rng(0)
    weights = Parameters(net, np.float64)
    weights.initialize(3)
    seen = []
    x, t = rng.normal(size=(5, 17, 16, 2)), np.eye(3)[:, rng.integers(0, 3, 5)]
    for looking in (False, True):
        gradients = weights.like()
        loss = make("loss", "categorical_cross_entropy")
        program = Program(net, weights, batch=5, gradients=gradients, loss=loss, keep=looking)
        program.samples[...], program.targets[...] = x, t
        program.run()
        seen.append((program.outputs().copy(), gradients.flat))
    np.testing.assert_allclose(seen[0][0], seen[1][0], rtol=1e-10)
    np.testing.assert_allclose(seen[0][1], seen[1][1], rtol=1e-9, atol=1e-13)
