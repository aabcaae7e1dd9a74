"""The layers that a PyTorch program's `forward` makes, in the order in which it makes them.

Activations are layers of their own at first; `finish` gives them to the layer before where that has an activation
and nothing else reads its sums.
"""

import ast
from dataclasses import dataclass, field
from typing import Any

from engine.errors import PlaygroundError
from engine.importing.naming import Ids
from engine.importing.source import at_line
from engine.importing.torch_values import FIRST, LAST, Tensor
from engine.layer import Shape
from engine.network import INPUT
from engine.spec import make


@dataclass
class Made:
    """One layer: its JSON without id, what it reads, where it stands, and where its weights are in the state dict."""

    spec: dict[str, Any]
    inputs: list[str]
    line: int
    prefix: str = ""
    folds: bool = False  # an activation that may become that of the layer before
    flattens: Shape | None = None  # Flatten: the shape it lays in a row
    read: Shape = ()  # the shape that reaches it
    maps: bool = False  # PyTorch still has maps of 1×1 here, which a Flatten lays in the row that this is already
    rows_from: Shape | None = None  # Dense after a Flatten of channels first: the shape whose values its rows are


@dataclass
class Graph:
    """Layers by id, and sentences about them."""

    notes: list[str]
    ids: Ids = field(default_factory=Ids)
    layers: dict[str, Made] = field(default_factory=dict)
    slips: list[int] = field(default_factory=list)  # lines with a number that is not the number that arrives

    def add(
        self,
        spec: dict[str, Any],
        inputs: list[Tensor],
        node: ast.AST,
        *,
        name: str | None = None,
        prefix: str = "",
        layout: str | None = None,
        folds: bool = False,
    ) -> Tensor:
        """Put a layer in. layout: how its output lies in the program; None: as its first input does.

        Raises SpecError or ShapeError with the line where it does not fit.
        """
        line = getattr(node, "lineno", 0)
        try:
            layer = make("layer", spec)
            shape = tuple(layer.out_shape(*(x.shape for x in inputs)))
        except PlaygroundError as error:
            raise type(error)(f"Line {line}: {error.message}", where=f"code.line{line}", fix=error.fix) from None
        id = self.ids.take(name, spec["type"], line, self.notes)
        self.layers[id] = Made(spec, [x.layer for x in inputs], line, prefix, folds, read=inputs[0].shape)
        out = layout if layout is not None else inputs[0].layout
        return Tensor(id, shape, out if len(shape) > 1 else LAST, node)

    def lie(self, x: Tensor, layout: str, what: str, line: int) -> Tensor:
        """The tensor in that layout, or a SpecError: a layer reads it otherwise than the program has it."""
        if len(x.shape) < 2 or x.layout == layout:
            return x
        before = self.layers.get(x.layer)
        if layout == FIRST and before is not None and before.spec["type"] == "reshape":
            return self._reshaped(x, line)
        where = "first" if layout == FIRST else "last"
        raise at_line(line, f"{what} wants the channels {where}, but here they are not.", "Use permute before it.")

    def _reshaped(self, x: Tensor, line: int) -> Tensor:
        """`view(-1, C, H, W)`: PyTorch reads the axes as channels first, here the same image has them last."""
        channels, *places = x.shape
        shape = (*places, channels)
        made = self.layers[x.layer]
        made.spec["shape"] = list(shape)
        if channels > 1 and any(n > 1 for n in places):
            self.notes.append(
                f"Line {made.line}: values reach the image in another order here (channels last), so weights trained"
                " elsewhere do not fit; training anew gives as good a network."
            )
        return Tensor(x.layer, shape, FIRST, x.node)

    def finish(self, output: Tensor) -> list[dict[str, Any]]:
        """The layers as a network has them, those that the output does not follow from left out."""
        needed, todo = set(), [output.layer]
        while todo:
            id = todo.pop()
            if id in self.layers and id not in needed:
                needed.add(id)
                todo += self.layers[id].inputs
        readers: dict[str, int] = {}
        for id in needed:
            for read in self.layers[id].inputs:
                readers[read] = readers.get(read, 0) + 1
        called: dict[str, str] = {}  # an activation that was folded → the layer it now belongs to
        for id in [i for i in self.layers if i in needed]:
            made = self.layers[id]
            made.inputs = [called.get(i, i) for i in made.inputs]
            source = self.layers.get(made.inputs[0])
            if made.folds and source is not None and readers.get(made.inputs[0]) == 1 and _takes(source.spec):
                source.spec["activation"] = made.spec["activation"]
                called[id] = made.inputs[0]
                readers[made.inputs[0]] = readers.get(id, 0)
                needed.discard(id)
        self.layers = {id: made for id, made in self.layers.items() if id in needed}
        return self._entries()

    def _entries(self) -> list[dict[str, Any]]:
        out, before = [], INPUT
        for id, made in self.layers.items():
            entry = {"id": id, **made.spec}
            if made.inputs != [before]:
                entry["inputs"] = made.inputs
            out.append(entry)
            before = id
        return out


def _takes(spec: dict[str, Any]) -> bool:
    """Whether a layer has an activation that nobody has set."""
    if spec["type"] == "activation":
        return False
    return getattr(make("layer", spec), "activation", None) is not None and spec.get("activation", "linear") == "linear"
