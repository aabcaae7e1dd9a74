"""ONNX files that mean no good: nothing outside the file is opened, and a graph that lies is refused."""

import json

import numpy as np
import pytest

from engine.errors import DataError, LimitError, PlaygroundError, SpecError
from tests.exchange.networks import arrays, filled, whole

onnx = pytest.importorskip("onnx")

from app.exchange.onnx_in import read_onnx  # noqa: E402
from app.exchange.onnx_out import NETWORK, onnx_model  # noqa: E402


@pytest.fixture
def model():
    network = whole("a text reader")
    return onnx_model(network, arrays(filled(network)))


def refuse(model, error=DataError):
    with pytest.raises(error) as caught:
        read_onnx(model.SerializeToString())
    return str(caught.value)


def property_of(model, key):
    return next(prop for prop in model.metadata_props if prop.key == key)


@pytest.mark.parametrize("path", ["/etc/passwd", "../secret", "weights.bin"])
def test_an_array_in_another_file_is_refused(model, path):
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=path)
    assert "another file" in refuse(model)


def test_an_array_in_another_file_is_found_in_attributes_and_inner_graphs(model):
    tensor = onnx.TensorProto(name="hidden", data_type=1, dims=[1], data_location=onnx.TensorProto.EXTERNAL)
    constant = onnx.helper.make_node("Constant", [], ["c"], value=tensor)
    inner = onnx.helper.make_graph([constant], "inner", [], [])
    model.graph.node.append(onnx.helper.make_node("If", ["c"], ["d"], then_branch=inner, else_branch=inner))
    assert "another file" in refuse(model)


def test_a_graph_that_was_changed_is_refused(model):
    node = next(n for n in model.graph.node if n.op_type == "Gelu")
    node.op_type = "Relu"
    assert "changed after its export" in refuse(model)


def test_a_node_that_was_added_is_refused(model):
    model.graph.node.append(onnx.helper.make_node("Identity", ["next"], ["more"]))
    assert "changed after its export" in refuse(model)


def test_functions_are_refused(model):
    model.functions.add(name="f", domain="own")
    assert "functions" in refuse(model)


def test_a_model_of_another_tool_is_named_as_such(model):
    del model.metadata_props[:]
    model.producer_name = "pytorch"
    assert "'pytorch'" in refuse(model)


def test_an_impossible_network_names_its_layer(model):
    prop = property_of(model, NETWORK)
    spec = json.loads(prop.value)
    spec["layers"][0]["vocabulary"] = 0
    prop.value = json.dumps(spec)
    assert "letters" in refuse(model, SpecError)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, '{"layers": "all"}', "null"])
def test_damaged_notes_are_refused(model, text):
    property_of(model, NETWORK).value = text
    refuse(model, PlaygroundError)


def test_a_huge_network_is_refused_before_its_weights_are_made(model):
    prop = property_of(model, NETWORK)
    spec = json.loads(prop.value)
    spec["layers"][0] |= {"vocabulary": 100_000, "units": 1024}
    prop.value = json.dumps(spec)
    assert "at most 1,000,000" in refuse(model, LimitError)


def test_running_statistics_count_too():
    model = onnx_model(network := whole("residual convolutions"), arrays(filled(network)))
    model.graph.input[0].type.tensor_type.shape.dim[3].dim_value = 2**40
    prop = property_of(model, NETWORK)
    norm = {"id": "norm", "type": "batch_norm", "affine": False}
    prop.value = json.dumps({"layers": [norm, {"id": "pool", "type": "max_pool2d"}]})
    assert "at most 1,000,000" in refuse(model, LimitError)


@pytest.mark.parametrize("name", ["letters.embeddings", "next.bias"])
def test_a_missing_or_misshapen_array_is_named(model, name):
    (tensor,) = [t for t in model.graph.initializer if t.name == name]
    values = onnx.numpy_helper.to_array(tensor)
    tensor.CopyFrom(onnx.numpy_helper.from_array(values[:-1], name))
    assert name in refuse(model)
    model.graph.initializer.remove(tensor)
    assert name in refuse(model)


def test_numbers_that_are_not_finite_are_refused(model):
    (tensor,) = [t for t in model.graph.initializer if t.name == "next.bias"]
    values = np.full_like(onnx.numpy_helper.to_array(tensor), np.nan)
    tensor.CopyFrom(onnx.numpy_helper.from_array(values, "next.bias"))
    assert "finite" in refuse(model)


@pytest.mark.parametrize("dims", [[2**40], [-1], [2**62, 2**62], [3, 0]])
def test_an_array_that_claims_to_be_larger_than_its_bytes_is_refused(model, dims):
    tensor = model.graph.initializer[0]
    del tensor.dims[:]
    tensor.dims.extend(dims)
    refuse(model)


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"PK\x03\x04" + b"x" * 100, b"\xff" * 1000, b"\x80\x04K\x01."])
def test_other_bytes_are_refused(data):
    with pytest.raises(DataError):
        read_onnx(data)


def test_a_large_file_is_refused_unread():
    with pytest.raises(LimitError, match="at most 10"):
        read_onnx(b"x" * 11, max_bytes=10)
