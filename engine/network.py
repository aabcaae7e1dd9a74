"""Networks: from JSON to layers with shapes, and every mistake named at its layer.

`resolve` reads the whole list and keeps going after a mistake, so that a page can mark all of them at once;
`Network.from_json` raises the first. A layer reads the layer before it unless `inputs` names others.
"""

import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.errors import LimitError, PlaygroundError, ShapeError, SpecError
from engine.layer import Layer, Shape, show_shape
from engine.spec import make, to_json

VERSION = 1
MAX_LAYERS = 200
INPUT = "input"
ID = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,39}")


@dataclass(frozen=True)
class Node:
    """A layer in its place: what it reads and the shapes around it."""

    id: str
    layer: Layer
    inputs: tuple[str, ...]
    in_shapes: tuple[Shape, ...]
    out_shape: Shape

    def storage(self) -> dict[str, Shape]:
        """The stored arrays this layer trains."""
        return self.layer.storage(*self.in_shapes)

    def count(self) -> int:
        """How many numbers it trains."""
        return sum(size(shape) for shape in self.storage().values())


@dataclass(frozen=True)
class Network:
    """Layers in the order in which they are computed; the last one is the output."""

    input_shape: Shape
    nodes: tuple[Node, ...]

    @classmethod
    def from_json(cls, spec: Any, input_shape: Shape) -> "Network":
        """Raises the first SpecError, ShapeError or LimitError; `where` is `layers.<id>.<field>`."""
        nodes, errors = resolve(spec, input_shape)
        if errors:
            raise errors[0]
        return cls(tuple(input_shape), tuple(nodes))

    def to_json(self) -> dict[str, Any]:
        """The JSON this network can be made from again, with every default written out."""
        layers = []
        before = INPUT
        for node in self.nodes:
            entry = {"id": node.id, **to_json(node.layer)}
            if node.inputs != (before,):
                entry["inputs"] = list(node.inputs)
            layers.append(entry)
            before = node.id
        return {"version": VERSION, "input": list(self.input_shape), "layers": layers}

    @property
    def read_shape(self) -> Shape:
        """The shape in which layers read the input: a plain row where all that read it begin by flattening it."""
        readers = [node.layer for node in self.nodes if INPUT in node.inputs]
        return (size(self.input_shape),) if all(layer.flattens for layer in readers) else self.input_shape

    @property
    def output(self) -> Node:
        return self.nodes[-1]

    @property
    def output_activation(self) -> str:
        """The name of the activation that makes the network's outputs."""
        activation = getattr(self.output.layer, "activation", None)
        return activation.name if activation is not None else "linear"

    @cached_property
    def draws_noise(self) -> bool:
        """Whether training draws random numbers in any layer."""
        return any(node.layer.draws_noise for node in self.nodes)

    def count(self) -> int:
        """How many numbers the network trains."""
        return sum(node.count() for node in self.nodes)


def size(shape: Shape) -> int:
    """How many numbers an array of that shape holds; exact for shapes of any size."""
    return math.prod(shape)


def resolve(spec: Any, input_shape: Shape) -> tuple[list[Node], list[PlaygroundError]]:
    """The nodes that could be made and everything that is wrong, in the order of the layers."""
    try:
        entries = _entries(spec, input_shape)
    except PlaygroundError as error:
        return [], [error]
    shapes: dict[str, Shape | None] = {INPUT: tuple(input_shape)}  # None: a layer that is itself wrong
    nodes: list[Node] = []
    errors: list[PlaygroundError] = []
    before = INPUT
    for position, entry in enumerate(entries):
        name = f"layer{position + 1}"
        try:
            name = _id(entry, position, shapes)
            layer = make("layer", entry, extra=("id", "inputs"))
            inputs = _inputs(entry, layer, before, shapes)
            in_shapes = [shapes[i] for i in inputs]
            shapes[name] = None
            known = tuple(s for s in in_shapes if s is not None)
            if len(known) == len(inputs):
                out = _out_shape(layer, inputs, known)
                nodes.append(Node(name, layer, inputs, known, out))
                shapes[name] = out
        except PlaygroundError as error:
            errors.append(error.at(f"layers.{name}"))
            shapes.setdefault(name, None)
        before = name
    errors += _unread(nodes) if not errors else []
    return nodes, errors


def _out_shape(layer: Layer, inputs: tuple[str, ...], shapes: tuple[Shape, ...]) -> Shape:
    """The shape that comes out; where layers to be joined do not fit, the error names them with their shapes."""
    try:
        return layer.out_shape(*shapes)
    except ShapeError as error:
        if not layer.merges:
            raise
        named = ", ".join(f"{name} gives {show_shape(shape)}" for name, shape in zip(inputs, shapes, strict=True))
        said = f"Here {named}."
        raise ShapeError(f"{error.message} {said}", where=error.where, fix=error.fix) from None


def _entries(spec: Any, input_shape: Shape) -> list[Any]:
    if isinstance(spec, list):
        spec = {"layers": spec}
    if not isinstance(spec, dict):
        raise SpecError("A network is an object with a list of layers.", where="layers")
    unknown = set(spec) - {"version", "input", "layers"}
    if unknown:
        raise SpecError(
            f"A network has no field {sorted(unknown)[0]!r}.",
            where=str(sorted(unknown)[0]),
            fix="Its fields: version, input, layers.",
        )
    if spec.get("version", VERSION) != VERSION:
        raise SpecError(f"This server reads version {VERSION} of the format, got {spec['version']!r}.", where="version")
    given = spec.get("input")
    if given is not None and (not isinstance(given, list | tuple) or tuple(given) != tuple(input_shape)):
        raise ShapeError(
            f"The network says its input is {given!r}, but the data has the shape {show_shape(tuple(input_shape))}.",
            where="input",
            fix="Leave input out: it follows from the data.",
        )
    layers = spec.get("layers")
    if not isinstance(layers, list) or not layers:
        raise SpecError("A network needs a list of at least one layer.", where="layers", fix="Add a Dense layer.")
    if len(layers) > MAX_LAYERS:
        raise LimitError(f"At most {MAX_LAYERS} layers are allowed, got {len(layers)}.", where="layers")
    return layers


def _id(entry: Any, position: int, taken: dict[str, Any]) -> str:
    if not isinstance(entry, dict):
        raise SpecError(f"A layer is an object with a type, got {str(entry)[:40]!r}.")
    name = entry.get("id")
    if name is None:
        return next(n for k in range(position, position + 2 + len(taken)) if (n := f"layer{k + 1}") not in taken)
    if not isinstance(name, str) or not ID.fullmatch(name) or name == INPUT:
        raise SpecError(
            f"{str(name)[:60]!r} can not be a layer's id.",
            where="id",
            fix="Use a letter first, then up to 39 letters, digits, _ or -; not 'input'.",
        )
    if name in taken:
        raise SpecError(f"Two layers have the id {name!r}.", where="id", fix="Give each layer an id of its own.")
    return name


def _inputs(entry: dict, layer: Layer, before: str, known: dict[str, Any]) -> tuple[str, ...]:
    given = entry.get("inputs")
    inputs = (before,) if given is None else given
    if not isinstance(inputs, list | tuple) or not inputs or not all(isinstance(i, str) for i in inputs):
        raise SpecError("`inputs` is a list of the ids of layers.", where="inputs")
    for i in inputs:
        if i not in known:
            raise SpecError(
                f"It reads {i[:60]!r}, which is no layer before it.",
                where="inputs",
                fix=f"Choose from: {', '.join(known)}.",
            )
    if len(inputs) > MAX_LAYERS:
        raise LimitError(f"A layer reads at most {MAX_LAYERS} others, got {len(inputs)}.", where="inputs")
    if layer.merges and len(inputs) < 2:
        raise SpecError(
            f"{layer.label} joins two or more layers, but reads one.", where="inputs", fix="Name the layers to join."
        )
    if not layer.merges and len(inputs) != 1:
        raise SpecError(
            f"{layer.label} reads one layer, got {len(inputs)}.",
            where="inputs",
            fix="Join them with Add or Concatenate first.",
        )
    return tuple(inputs)


def _unread(nodes: list[Node]) -> list[PlaygroundError]:
    read = {i for node in nodes for i in node.inputs}
    return [
        SpecError("Nothing reads this layer.", where=f"layers.{node.id}", fix="Connect it, or remove it.")
        for node in nodes[:-1]
        if node.id not in read
    ]
