"""ONNX Runtime as a judge of the engine and of the export: every layer, activation and whole networks."""

import numpy as np
import pytest

from engine.spec import CATALOGUE
from tests.exchange.networks import arrays, filled, inputs, named_cases, outputs

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

from app.exchange.onnx_activations import ACTIVATIONS  # noqa: E402
from app.exchange.onnx_in import read_onnx  # noqa: E402
from app.exchange.onnx_layers import LAYERS  # noqa: E402
from app.exchange.onnx_out import onnx_model  # noqa: E402

CASES = named_cases()
EVERY = pytest.mark.parametrize("network", [network for _, network in CASES], ids=[name for name, _ in CASES])


def run(model, x):
    """What ONNX Runtime gives."""
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"input": x})
    return found


def test_every_layer_and_activation_has_a_row():
    assert set(LAYERS) == set(CATALOGUE["layer"]), "Each layer needs a row in app/exchange/onnx_layers.py."
    assert set(ACTIVATIONS) == set(CATALOGUE["activation"]), "… and each activation in onnx_activations.py."


@EVERY
def test_onnx_runtime_computes_what_the_engine_does(network):
    parameters, x = filled(network), inputs(network)
    model = onnx_model(network, arrays(parameters))
    onnx.checker.check_model(model, full_check=True)
    np.testing.assert_allclose(run(model, x), outputs(parameters, x), rtol=1e-5, atol=1e-5)
    assert run(model, x[:1]).shape == (1, *network.output.out_shape)


@EVERY
def test_every_layer_can_be_found_by_its_name(network):
    model = onnx_model(network, arrays(filled(network)))
    names = {name for node in model.graph.node for name in node.output}
    assert {node.id for node in network.nodes} <= names


@EVERY
def test_a_model_comes_back_as_the_network_it_was(network):
    parameters = filled(network)
    data = onnx_model(network, arrays(parameters), {"seed": 4}).SerializeToString()
    back = read_onnx(data)
    assert back.network.to_json() == network.to_json()
    assert back.facts == {"seed": 4}
    np.testing.assert_array_equal(back.parameters.packed(), parameters.packed())
    assert onnx_model(back.network, arrays(back.parameters), {"seed": 4}).SerializeToString() == data
