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
    text = f"{count} layers" if count > 1 else "1 layer"
    if found.input_shape is not None:
        nodes, errors = resolve(found.network, found.input_shape)
        if not errors:
            text = f"{text} with {sum(node.count() for node in nodes):,} weights"
    said = f"{text}."
    if lines:
        said = f"Lines {lines[0]} to {lines[-1]}: {said}" if lines[0] < lines[-1] else f"Line {lines[0]}: {said}"
    found.notes[:0] = [said, *_trained(found.training)]


def _trained(training: dict[str, Any]) -> list[str]:
    if "optimizer" not in training:
        return []
    how = f"by {training['optimizer']['type']}"
    if loss := training.get("loss"):
        how = f"{how}, on {loss if isinstance(loss, str) else loss['type']}"
    if "batch_size" in training:
        how = f"{how}, in batches of {training['batch_size']}"
    if epochs := training.get("epochs"):
        how = f"{how}, for {epochs} epochs" if epochs > 1 else f"{how}, for 1 epoch"
    said = f"Trained {how}."
    return [said]


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
