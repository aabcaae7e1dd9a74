"""ONNX models come back: the network they were made from, with its weights, if nobody has changed the graph.

Nothing in a file is believed: its size is bounded, arrays must lie inside it, and the graph must be the very one that
the network written in its metadata has. Nothing is run.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.exchange.onnx_graph import library
from app.exchange.onnx_out import NETWORK, onnx_model
from engine.builder import Array
from engine.errors import DataError, LimitError, PlaygroundError
from engine.importing.inverse import Named, write_back
from engine.network import INPUT, Network, size
from engine.parameters import Parameters

MAX_BYTES = 64 * 2**20


@dataclass(frozen=True)
class Model:
    """What a file holds: the network, its weights, and the facts that were kept beside it."""

    network: Network
    parameters: Parameters
    facts: dict[str, Any]


def read_onnx(data: bytes, *, max_bytes: int = MAX_BYTES, max_parameters: int = 1_000_000) -> Model:
    """Read a model that this program has written.

    Raises DataError where it is none, was changed, or points outside itself; LimitError where it is too large.
    """
    if len(data) > max_bytes:
        raise LimitError(f"The file has {len(data):,} bytes, at most {max_bytes:,} are read.", where="file")
    model = _parse(data)
    for tensor in _tensors(model.graph):
        if tensor.external_data or tensor.data_location:
            raise DataError(
                f"The array {tensor.name[:60]!r} lies in another file, which is not read.",
                where="file",
                fix="Save the model with its weights inside: onnx.save(model, path, save_as_external_data=False).",
            )
    facts = _facts(model)
    shape = _input_shape(model)
    try:
        network = Network.from_json(facts.pop(NETWORK), shape)
    except PlaygroundError as error:
        raise error.at("network") from None
    if (count := network.count() + _statistics(network)) > max_parameters:
        raise LimitError(f"The network has {count:,} weights, at most {max_parameters:,} are allowed.", where="network")
    parameters = Parameters(network)
    write_back(parameters, lambda weights: _arrays(onnx_model(network, weights)), _arrays(model))
    _same_graph(model, onnx_model(network, _named(parameters)))
    return Model(network, parameters, {name.removeprefix("playground."): fact for name, fact in facts.items()})


def _statistics(network: Network) -> int:
    return sum(
        size(shape) for node in network.nodes for shape, _ in node.layer.state(*node.in_shapes).values()
    )  # running means, which are kept beside the weights


def _named(parameters: Parameters) -> Named:
    return {id: {**arrays, **parameters.states[id]} for id, arrays in parameters.named.items()}


def _parse(data: bytes) -> Any:
    onnx = library()
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)  # unlike onnx.load, this never opens another file
    except Exception:
        raise DataError("This is no ONNX model.", where="file", fix="Choose a file that ends in .onnx.") from None
    if not model.graph.node:
        raise DataError("This ONNX model has no graph.", where="file")
    if model.functions:
        raise DataError("This ONNX model defines functions of its own, which are not read.", where="file")
    return model


def _facts(model: Any) -> dict[str, Any]:
    kept = {prop.key: prop.value for prop in model.metadata_props if prop.key.startswith("playground.")}
    if NETWORK not in kept:
        made = f" It was made by {model.producer_name[:40]!r}." if model.producer_name else ""
        raise DataError(
            "This ONNX model does not say which network it is." + made,
            where="file",
            fix="Only models that were exported here come back; from other tools, bring the code and the weights.",
        )
    try:
        return {name: json.loads(value) for name, value in kept.items()}
    except (ValueError, RecursionError):
        raise DataError("The notes in this ONNX model are damaged.", where="file") from None


def _input_shape(model: Any) -> tuple[int, ...]:
    names = [given.name for given in model.graph.input]
    if names != [INPUT]:
        raise DataError(f"Expected one input called {INPUT!r}, got {', '.join(names)[:60] or 'none'}.", where="file")
    shape = tuple(dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim)[1:]
    if not shape or min(shape) < 1 or len(shape) > 4:
        raise DataError(f"The model's input has the shape {shape}, which no network here reads.", where="file")
    return shape


def _tensors(graph: Any) -> Iterator[Any]:
    """Every array anywhere in a graph, those in attributes and inner graphs too."""
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (*([attribute.t] if attribute.HasField("t") else []), *attribute.tensors)
            for inner in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                yield from _tensors(inner)


def _arrays(model: Any) -> dict[str, Array]:
    onnx = library()
    wanted = (onnx.TensorProto.FLOAT, onnx.TensorProto.INT64)
    out = {}
    for tensor in model.graph.initializer:
        count = int(np.prod([max(0, int(n)) for n in tensor.dims], dtype=object))
        size = len(tensor.raw_data) // (4 if tensor.data_type == wanted[0] else 8) if tensor.raw_data else None
        if tensor.data_type not in wanted or size != count:
            raise DataError(f"The array {tensor.name[:60]!r} is damaged or of an unknown type.", where="file")
        out[tensor.name] = onnx.numpy_helper.to_array(tensor)
    return out


def _same_graph(model: Any, expected: Any) -> None:
    """Raises DataError unless the graph is that of the network, down to every constant."""
    shown = [_shown(m) for m in (model, expected)]
    if shown[0] != shown[1]:
        raise DataError(
            "The graph of this ONNX model is not that of the network it names: it was changed after its export.",
            where="file",
            fix="Export it again, or bring the code and the weights.",
        )


def _shown(model: Any) -> tuple[Any, ...]:
    nodes = [
        (n.op_type, n.domain, list(n.input), list(n.output), sorted(a.SerializeToString() for a in n.attribute))
        for n in model.graph.node
    ]
    return nodes, {name: (a.dtype.str, a.shape, a.tobytes()) for name, a in _arrays(model).items()}
