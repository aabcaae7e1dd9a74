"""Checkpoints: a trainer as bytes, and back, exactly.

An .npz of plain arrays (never pickled) with one JSON text for the rest. Going on from a checkpoint gives the same
numbers, bit for bit, as never having stopped.
"""

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array
from engine.errors import DataError, PlaygroundError
from engine.experiment import training_from_json
from engine.optimizer_state import OptimizerState

if TYPE_CHECKING:
    from engine.train import Trainer

VERSION = 1
PLAIN = ("seed", "epoch", "update", "position", "taken", "gradient_norm")


def dump(trainer: "Trainer") -> bytes:
    """The trainer's state."""
    facts: dict[str, Any] = {name: getattr(trainer, name) for name in PLAIN}
    facts |= {
        "version": VERSION,
        "training": trainer.training.to_json(),
        "frozen": list(trainer.frozen),
        "optimizer_since": trainer.optimizer.since,
        "order_rng": trainer._order_rng.bit_generator.state,
        "noise_rng": trainer._noise_rng.bit_generator.state,
    }
    arrays = {
        "flat": trainer.parameters.flat,
        "state": trainer.parameters.state,
        "order": trainer.order.astype(np.int32),
        "sum": trainer._sum if trainer.taken else np.zeros(0, trainer.dtype),
        "facts": np.frombuffer(json.dumps(facts).encode(), np.uint8),
    }
    arrays |= {f"slot.{name}": slot for name, slot in trainer.optimizer.slots.items()}
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **arrays)
    return out.getvalue()


def load(trainer: "Trainer", state: bytes) -> "Trainer":
    """Put a new trainer of the same experiment into that state. Raises DataError where the bytes do not fit."""
    try:
        with np.load(io.BytesIO(state), allow_pickle=False) as file:
            arrays = dict(file)
        facts = json.loads(arrays["facts"].tobytes())
        if facts["version"] != VERSION:
            raise DataError(
                f"The checkpoint has version {facts['version']}, this engine reads {VERSION}.", fix="Reset the run."
            )
        _fill(trainer, facts, arrays)
    except PlaygroundError:
        raise
    except Exception as error:  # damaged bytes fail in more ways than can be listed
        reason = f"{type(error).__name__}: {error}"
        raise DataError(f"The checkpoint can not be read ({reason:.200}).", fix="Reset the run.") from None
    return trainer


def _fill(trainer: "Trainer", facts: dict[str, Any], arrays: dict[str, Array]) -> None:
    for name in PLAIN:
        setattr(trainer, name, facts[name])
    trainer.training = training_from_json(facts["training"])
    trainer.frozen = tuple(facts["frozen"])
    slots = {name: arrays[f"slot.{name}"] for name in trainer.training.optimizer.slots()}
    flat, state, order = trainer.parameters.flat, trainer.parameters.state, arrays["order"]
    fits = (
        arrays["flat"].shape == flat.shape
        and arrays["state"].shape == state.shape
        and np.array_equal(np.sort(order), np.arange(trainer.samples))
        and all(slot.shape == flat.shape for slot in slots.values())
    )
    if not fits:
        raise DataError("The checkpoint is of another experiment.", fix="Restore it with its own, or reset the run.")
    flat[:], state[:], trainer.order[:] = arrays["flat"], arrays["state"], order
    if trainer.taken:
        trainer._sum[:] = arrays["sum"]
    trainer._order_rng.bit_generator.state = facts["order_rng"]
    trainer._noise_rng.bit_generator.state = facts["noise_rng"]
    trainer.optimizer = OptimizerState(trainer, slots, facts["optimizer_since"])
