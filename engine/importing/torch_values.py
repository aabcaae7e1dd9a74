"""What a value in a PyTorch program can be: a module, a class of the program's own, or a tensor on its way.

A tensor has the shape that it has here, channels last, and says whether the program has its channels first.
"""

import ast
import math
from dataclasses import dataclass, field
from typing import Any

from engine.export.layout import FIRST, LAST, laid
from engine.importing.source import Call, Node, Ref, Unknown
from engine.layer import Shape


@dataclass(frozen=True, eq=False)
class ModuleClass(Node):
    """A class that the program derives from nn.Module."""

    node: ast.ClassDef

    def method(self, name: str) -> ast.FunctionDef | None:
        found = [m for m in self.node.body if isinstance(m, ast.FunctionDef) and m.name == name]
        return found[-1] if found else None


@dataclass(eq=False)
class Instance(Node):
    """An object of such a class: what `__init__` put into it, in that order."""

    cls: ModuleClass
    node: ast.AST
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Chain(Node):
    """An nn.Sequential: modules with their names in it."""

    modules: dict[str, Any]
    node: ast.AST


@dataclass(frozen=True, eq=False)
class Array(Node):
    """A module's array of weights: `self.fc1.weight`, or a part of it."""

    module: Call
    name: str
    part: bool
    node: ast.AST


@dataclass(frozen=True, eq=False)
class Bound(Node):
    """A method of a tensor or of the program's own class, about to be called."""

    owner: Any
    name: str
    node: ast.AST


class Batch(Node):
    """How many samples there are: `x.size(0)`."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node


@dataclass(frozen=True, eq=False)
class Tensor(Node):
    """What flows: the id of the layer that gives it, its shape here, and how it lies in the program."""

    layer: str
    shape: Shape
    layout: str
    node: ast.AST
    flat: bool = False  # it comes from a Flatten, so its size follows from the image's

    @property
    def theirs(self) -> Shape:
        """Its shape in the program, without the batch."""
        return laid(self.shape, self.layout)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def order_matters(self) -> bool:
        """Whether laying its values in a row gives another order in the program than here."""
        return self.layout == FIRST and self.shape[-1] > 1 and math.prod(self.shape[:-1]) > 1


@dataclass(frozen=True, eq=False)
class Steps(Node):
    """What a recurrent module gives: (every step's output, its memory)."""

    every: Tensor
    kind: str
    node: ast.AST


@dataclass(frozen=True, eq=False)
class Memory(Node):
    """The second thing that a recurrent module gives; the last entry of its outputs is the last step's output."""

    steps: Steps
    node: ast.AST


def is_module(value: Any) -> bool:
    """Whether it can be called with a tensor as a part of a network."""
    return isinstance(value, Instance | Chain) or (isinstance(value, Call) and _of_nn(value.path))


def _of_nn(path: str) -> bool:
    return path.startswith(("torch.nn.", "nn.")) and ".init." not in path and ".functional." not in path


__all__ = [
    "FIRST", "LAST", "Array", "Batch", "Bound", "Call", "Chain", "Instance", "Memory", "ModuleClass", "Ref", "Steps",
    "Tensor", "Unknown", "is_module",
]  # fmt: skip
