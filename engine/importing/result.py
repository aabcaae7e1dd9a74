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
    lines: dict[str, int] = field(default_factory=dict)  # where each layer stands in the code
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


def understood(found: Imported) -> None:
    """Put in front of the notes what was read: the layers with their lines, and how they are trained."""
    lines = sorted(line for line in found.lines.values() if line)
    count = len(found.network["layers"])
    text = f"{count} layer{'s' * (count > 1)}"
    if found.input_shape is not None:
        nodes, errors = resolve(found.network, found.input_shape)
        text += "" if errors else f" with {sum(node.count() for node in nodes):,} weights"
    where = (
        f"Lines {lines[0]} to {lines[-1]}" if lines and lines[0] < lines[-1] else f"Line {lines[0]}" if lines else ""
    )
    said = [f"{where}: {text}." if where else f"{text}."]
    t = found.training
    if "optimizer" in t:
        loss = t.get("loss", "")
        loss = loss if isinstance(loss, str) else loss["type"]
        pieces = [f"by {t['optimizer']['type']}", *([f"on {loss}"] if loss else [])]
        pieces += [f"in batches of {t['batch_size']}"] if "batch_size" in t else []
        epochs = t.get("epochs")
        pieces += [f"for {epochs} epoch{'s' * (epochs > 1)}"] if epochs else []
        said.append(f"Trained {', '.join(pieces)}.")
    found.notes[:0] = said


def check_shapes(found: Imported) -> None:
    """Resolve the network where its input is known. Raises its first error, with the line of the layer's code."""
    lines = found.lines
    if found.input_shape is None:
        return
    _, errors = resolve(found.network, found.input_shape)
    for error in errors:
        layer = error.where.split(".")[1] if error.where.startswith("layers.") else ""
        where = f"code.line{lines[layer]}" if layer in lines else "code"
        message = f"Line {lines[layer]}: {error.message}" if layer in lines else error.message
        raise type(error)(message, where=where, fix=error.fix)
