"""What reading somebody's code, file or link gives: an experiment as far as it says one, and notes for its reader."""

from dataclasses import dataclass, field
from typing import Any

from engine.layer import Shape
from engine.network import resolve


@dataclass
class Imported:
    """A network and what else was found. Notes are sentences; those about code begin with its line.

    network: {"layers": […]}. input_shape: None where nothing says it. training, data: as far as they are said.
    """

    network: dict[str, Any]
    input_shape: Shape | None = None
    training: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] | None = None
    seed: int | None = None
    notes: list[str] = field(default_factory=list)
    page: dict[str, Any] = field(default_factory=dict)  # what is for the page alone: controls to hide
    prefixes: dict[str, str] = field(default_factory=dict)  # PyTorch: each layer's path in the state dict
    rows: dict[str, Shape] = field(default_factory=dict)  # Dense layers that read an image, channels first: its shape

    def spec(self) -> dict[str, Any]:
        """The experiment, as POST /runs takes it; what was not said is left out."""
        out: dict[str, Any] = {} if self.seed is None else {"seed": self.seed}
        out |= {} if self.data is None else {"data": self.data}
        return out | {"network": self.network, "training": self.training}

    def to_json(self) -> dict[str, Any]:
        """What a reader of it needs."""
        shape = None if self.input_shape is None else list(self.input_shape)
        return {"spec": self.spec(), "input_shape": shape, "notes": self.notes, "page": self.page}


def check_shapes(found: Imported, lines: dict[str, int]) -> None:
    """Resolve the network where its input is known. Raises its first error, with the line of the layer's code."""
    if found.input_shape is None:
        return
    _, errors = resolve(found.network, found.input_shape)
    for error in errors:
        layer = error.where.split(".")[1] if error.where.startswith("layers.") else ""
        where = f"code.line{lines[layer]}" if layer in lines else "code"
        message = f"Line {lines[layer]}: {error.message}" if layer in lines else error.message
        raise type(error)(message, where=where, fix=error.fix)
