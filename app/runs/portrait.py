"""What a picture of a run needs to know: its layers, its strongest wires, its answer at each point of the plane."""

from typing import Any

import numpy as np

from app.runs.queries import listed
from engine.train import Trainer

PLANE = 6.0  # the page draws −6 to 6 both ways
SIDE = 56  # cells of the plane's picture on each side
POINTS = 160  # examples drawn over it
SHOWN = 8  # neurons drawn of a layer


def portrait(trainer: Trainer) -> dict[str, Any]:
    """JSON: `layers` from the input on, and `plane`, which is None where the data is no plane."""
    return {"layers": _layers(trainer), "plane": _plane(trainer) if trainer.data.view == "plane" else None}


def _layers(trainer: Trainer) -> list[dict[str, Any]]:
    """Each with its name, its size, and the weights from the layer before where it is dense on a row of numbers."""
    shape = trainer.network.input_shape
    made: list[dict[str, Any]] = [{"type": "input", "shape": list(shape), "wires": None}]
    weights = trainer.weights()
    for node in trainer.network.nodes:
        kernel = weights.get(node.id, {}).get("kernel") if node.layer.name == "dense" else None
        plain = kernel is not None and kernel.ndim == 2 and len(node.inputs) == 1
        wires = listed(np.round(kernel[:SHOWN, :SHOWN].astype(np.float64), 4)) if kernel is not None and plain else None
        made.append({"type": node.layer.name, "shape": list(node.out_shape), "wires": wires})
    return made


def _plane(trainer: Trainer) -> dict[str, Any]:
    """Answers from −1 to 1 row by row from the top, or class numbers; and some examples with theirs."""
    data, coding = trainer.data, trainer.coding
    ticks = (np.arange(SIDE) + 0.5) / SIDE * 2 * PLANE - PLANE
    points = np.stack([np.tile(ticks, SIDE), np.repeat(ticks[::-1], SIDE)], axis=1)
    outputs = trainer.predict(data.transform(points))
    some = data.train[:POINTS]
    targets = data.raw_targets[some].astype(np.float64)
    if coding.classes > 2 or coding.outputs > 1:
        values = coding.decide(outputs).astype(np.float64)
    elif coding.classes:
        values = (outputs[:, 0] - coding.low) / (coding.high - coding.low) * 2 - 1
        targets = targets * 2 - 1
    else:
        most = max(float(np.abs(data.raw_targets).max()), 1e-9)
        values, targets = data.restore(outputs).reshape(-1) / most, targets / most
    examples = np.column_stack([data.raw[some], targets])
    return {
        "reach": PLANE,
        "classes": coding.classes if coding.classes > 2 or coding.outputs > 1 else 0,
        "values": listed(np.round(values, 3)),
        "points": listed(np.round(examples, 3)),
    }
