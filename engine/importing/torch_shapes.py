"""Rows, images and sequences: how a PyTorch program lays the same values out anew, and what that is here."""

import ast
import math
from dataclasses import dataclass
from typing import Any

from engine.importing.arguments import whole
from engine.importing.source import Call, at_line
from engine.importing.torch_graph import Graph
from engine.importing.torch_values import FIRST, LAST, Batch, Tensor, Unknown


@dataclass(frozen=True)
class Place:
    """Where a module stands: the layer's name (None: choose one), its path in the state dict, and the call."""

    name: str | None
    prefix: str
    node: ast.AST
    starts: dict[str, Any]  # our initializers by parameter, as far as nn.init set them
    folds: bool = False
    border: Call | None = None  # an nn.ZeroPad before it


def slip(graph: Graph, given: int, x: Tensor, line: int) -> None:
    """Note that the number which was written is not the number that arrives, and why; once for a Flatten."""
    graph.slips.append(line)
    made = graph.layers.get(x.layer)
    shape = made.flattens if made else None
    meant, arriving, way = f"{given:,} values", f"{x.size:,}", ""
    if shape is not None and len(shape) == 3:
        side = math.isqrt(given // shape[2])
        if side * side * shape[2] == given:
            meant += f" ({shape[2]} maps of {side}×{side})"
        arriving = f"{shape[2]} maps of {shape[0]}×{shape[1]}, that is {x.size:,} values,"
        way = " (" + " → ".join(map(str, _heights(graph, x.layer))) + ")"
    note = f"{meant} are spoken of here, but {arriving} arrive{way}. The network here reads {x.size:,}."
    if not any(note in n for n in graph.notes):
        graph.notes.append(f"Line {line}: {note}")


def _heights(graph: Graph, id: str) -> list[int]:
    """How tall the image is after each layer that changes it, from the input to this layer."""
    out: list[int] = []
    while id in graph.layers:
        made = graph.layers[id]
        out += [made.read[0]] if len(made.read) == 3 and (not out or out[-1] != made.read[0]) else []
        id = made.inputs[0]
    return out[::-1]


def flatten(graph: Graph, x: Tensor, place: Place) -> Tensor:
    """A row of all values. Where the program has channels first, their order is another than here."""
    before = graph.layers.get(x.layer)
    if before is not None and before.maps:
        before.maps = False
        return x  # it is a row already
    out = graph.add({"type": "flatten"}, [x], place.node, name=place.name, prefix=place.prefix, layout=LAST)
    made = graph.layers[out.layer]
    made.flattens = x.shape
    made.rows_from = x.shape if x.order_matters else None
    return Tensor(out.layer, out.shape, LAST, place.node, flat=len(x.shape) > 1)


def view(graph: Graph, x: Tensor, sizes: tuple[Any, ...], place: Place, line: int) -> Tensor:
    """`x.view(-1, …)`: a Flatten, or a Reshape; nothing where the shape stays as it is."""
    if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        sizes = tuple(sizes[0])
    rest = sizes[1:]
    if not sizes or not (sizes[0] == -1 or isinstance(sizes[0], Batch | Unknown | int)) or not rest:
        raise at_line(line, "This reshaping is not understood.", "Begin with -1 or x.size(0), for the samples.")
    if len(rest) == 1 and len(x.shape) == 1 and (rest[0] in (-1, x.size) or isinstance(rest[0], Unknown)):
        return x
    if len(rest) == 1:
        out = flatten(graph, x, place)
        if isinstance(rest[0], int) and rest[0] not in (-1, out.size):
            slip(graph, rest[0], out, line)
        return out
    numbers = [whole(n, "a size", line) for n in rest]
    if -1 in numbers:
        known = 1
        for n in numbers:
            known *= n if n != -1 else 1
        numbers[numbers.index(-1)] = x.size // max(1, known)
    if tuple(numbers) == x.theirs:
        return x
    if len(x.shape) == len(numbers) == 3 and tuple(numbers) == (x.shape[2], *x.shape[:2]) and x.shape[2] == 1:
        return Tensor(x.layer, x.shape, FIRST, place.node)  # one channel: the axis alone moves
    if len(x.shape) > 1 and x.order_matters:
        raise at_line(line, "Values of several channels, channels first, are laid out anew here, which is not read.")
    return graph.add({"type": "reshape", "shape": numbers}, [x], place.node, name=place.name, layout=LAST)
