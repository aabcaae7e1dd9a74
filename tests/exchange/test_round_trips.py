"""Networks that go out as code, as ONNX or as weights, and come back as they were: drawn from the whole catalogue."""

import os

import numpy as np
import pytest
from hypothesis import given, settings

from engine.errors import SpecError
from engine.export.keras_net import build_code
from engine.export.torch import module
from engine.export.torch_net import write
from engine.importing.keras_code import from_keras
from engine.importing.torch_code import from_torch
from engine.network import Network
from tests.exchange.drawn import networks, plain
from tests.exchange.networks import filled, named_cases

TIMES = int(os.environ.get("PLAYGROUND_TEST_EXAMPLES", "150"))
CASES = named_cases()
EVERY = pytest.mark.parametrize("network", [network for _, network in CASES], ids=[name for name, _ in CASES])


def has_no_form_in_keras(layer):
    return layer.name in ("conv1d", "conv2d") and np.max(layer.strides) > 1 and np.max(layer.dilation) > 1


def through_keras(network):
    if any(has_no_form_in_keras(node.layer) for node in network.nodes):
        with pytest.raises(SpecError, match="both strides and dilation"):
            build_code(network)
        return None
    return from_keras(f"import keras\n\n{build_code(network)}\n\nmodel = build()\n")


def through_torch(network):
    return from_torch(f"import torch\nfrom torch import nn\n\n\n{module(write(network, sums=False), network.nodes)}\n")


def same(found, network):
    assert found.input_shape == network.input_shape
    back = Network.from_json(found.network, network.input_shape)
    assert plain(back) == plain(network)


@EVERY
def test_every_layer_and_activation_comes_back_from_keras(network):
    found = through_keras(network)
    if found is not None:
        same(found, network)


@EVERY
def test_every_layer_and_activation_comes_back_from_pytorch(network):
    same(through_torch(network), network)


@given(networks())
@settings(max_examples=TIMES)
def test_any_network_comes_back_from_keras(network):
    found = through_keras(network)
    if found is not None:
        same(found, network)


@given(networks())
@settings(max_examples=TIMES)
def test_any_network_comes_back_from_pytorch(network):
    same(through_torch(network), network)


@given(networks())
@settings(max_examples=TIMES)
def test_any_network_comes_back_from_onnx_with_its_weights(network):
    pytest.importorskip("onnx")
    from app.exchange.onnx_in import read_onnx
    from app.exchange.onnx_out import onnx_model
    from tests.exchange.networks import arrays

    parameters = filled(network)
    back = read_onnx(onnx_model(network, arrays(parameters)).SerializeToString())
    assert back.network.to_json() == network.to_json()
    np.testing.assert_array_equal(back.parameters.packed(), parameters.packed())


# Networks that once came back as others.
ONCE = {
    "a Flatten behind a mean": ((2, 2, 1), [{"id": "m", "type": "global_avg_pool2d"}, {"id": "f", "type": "flatten"}]),
    "a name that means something": ((1,), [{"id": "x_", "type": "add", "inputs": ["input", "input"]}]),
    "a window larger than its image": (
        (1, 1), [{"id": "a", "type": "conv1d", "filters": 1, "kernel_size": 2, "padding": "same"}]),
}  # fmt: skip


@pytest.mark.parametrize("shape, layers", ONCE.values(), ids=ONCE.keys())
@pytest.mark.parametrize("through", [through_keras, through_torch])
def test_what_once_went_wrong(shape, layers, through):
    network = Network.from_json(layers, shape)
    same(through(network), network)
