"""Networks with their weights as ONNX models, which other tools open, draw and run.

The model reads what the network reads, channels last, and gives the output layer's values as the page shows them.
Each layer's output is called as the layer. The declaration goes along as metadata, so that a model comes back as the
very network it was; `onnx_in` checks that nobody has changed the graph meanwhile.
"""

import json
from collections.abc import Mapping
from typing import Any

from app.exchange.onnx_activations import ACTIVATIONS
from app.exchange.onnx_graph import Graph, library
from app.exchange.onnx_layers import LAYERS, Arrays
from engine.errors import SpecError
from engine.export.layout import FIRST, LAST, Place, plan, turn
from engine.network import INPUT, Network

OPSET = 28
PRODUCER = "neuron-playground"
NETWORK = "playground.network"


def onnx_model(network: Network, weights: Mapping[str, Arrays], facts: Mapping[str, Any] | None = None) -> Any:
    """The model of a network with these arrays (by layer and name, running statistics included).

    facts: what else to keep as metadata, by name; each is written as JSON. Raises SpecError naming a layer or an
    activation that has no ONNX form, PlaygroundError without the `onnx` package.
    """
    onnx = library()
    g, helper = Graph(), onnx.helper
    turned: dict[tuple[str, str], str] = {}
    for place in plan(network):
        _add(g, place, weights.get(place.node.id, {}), turned)
    last, output = place.node, place.node.id
    if place.out == FIRST:
        output = g.node("Transpose", output, perm=turn(len(last.out_shape), LAST))
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        g.nodes,
        "network",
        [helper.make_tensor_value_info(INPUT, kind, ["N", *network.input_shape])],
        [helper.make_tensor_value_info(output, kind, ["N", *last.out_shape])],
        list(g.arrays.values()),
    )
    opset = [helper.make_opsetid("", min(OPSET, onnx.defs.onnx_opset_version()))]
    model = helper.make_model(
        graph,
        opset_imports=opset,
        ir_version=helper.find_min_ir_version_for(opset),
        producer_name=PRODUCER,
    )
    kept = {NETWORK: network.to_json(), **{f"playground.{name}": fact for name, fact in (facts or {}).items()}}
    helper.set_model_props(model, {name: json.dumps(fact) for name, fact in kept.items()})
    return model


def _add(g: Graph, place: Place, w: Arrays, turned: dict[tuple[str, str], str]) -> None:
    """Add one layer with its activation; transpose those of its inputs that lie otherwise than it needs."""
    node = place.node
    row = LAYERS.get(node.layer.name)
    if row is None:
        raise SpecError(
            f"{node.layer.label} has no ONNX form.",
            where=f"network.layers.{node.id}",
            fix="Add a row to app/exchange/onnx_layers.py.",
        )
    g.open(node.id)
    inputs = []
    for source, order, want in zip(node.inputs, place.turns(), place.wanted, strict=True):
        if order is not None and (source, want) not in turned:
            turned[source, want] = g.node("Transpose", source, perm=order)
        inputs.append(source if order is None else turned[source, want])
    out = row(g, place, w, *inputs)
    activation = getattr(node.layer, "activation", None)
    if activation is not None:
        if activation.name not in ACTIVATIONS:
            raise SpecError(
                f"The activation {activation.label} has no ONNX form.",
                where=f"network.layers.{node.id}.activation",
                fix="Add a row to app/exchange/onnx_activations.py.",
            )
        out = ACTIVATIONS[activation.name](g, activation, out, 1 if place.out == FIRST else -1)
    g.close(out)
