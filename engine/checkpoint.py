"""Checkpoints: a trainer as bytes, and back, exactly.

An .npz of plain arrays (never pickled) with one JSON text for the rest. Going on from a checkpoint gives the same
numbers, bit for bit, as never having stopped. `gather` says what belongs to a trainer's state; the time line keeps
the same, in a form that costs microseconds.
"""

import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array
from engine.early_stopping import Best
from engine.errors import DataError, PlaygroundError
from engine.experiment import training_from_json
from engine.optimizer_state import OptimizerState

if TYPE_CHECKING:
    from engine.train import Trainer

VERSION = 3
ORDER, NOISE = 2, 3  # streams of random numbers
PLAIN = ("seed", "epoch", "update", "position", "taken", "gradient_norm")
FACTS = (
    *PLAIN,
    "training",
    "frozen",
    "optimizer_since",
    "gradient_norms",
    "schedule_memory",
    "best",
    "order_rng",
    "noise_rng",
)
Facts = dict[str, Any]
Arrays = dict[str, Array]


def gather(trainer: "Trainer") -> tuple[Facts, Arrays]:
    """Everything that changes while a trainer works: small immutable facts, and arrays that are still its own."""
    return dict(zip(FACTS, gather_facts(trainer), strict=True)), gather_arrays(trainer)


def gather_facts(trainer: "Trainer") -> tuple[Any, ...]:
    """The facts alone, in the order of FACTS. Written out, since the time line asks for them after every epoch."""
    return (
        trainer.seed,
        trainer.epoch,
        trainer.update,
        trainer.position,
        trainer.taken,
        trainer.gradient_norm,
        trainer.training,
        trainer.frozen,
        trainer.optimizer.since,
        tuple(trainer.gradient_norms),
        tuple(trainer.schedule_memory.items()),
        trainer.best.facts(),
        _words(trainer._order_rng),
        _words(trainer._noise_rng) if trainer.network.draws_noise else None,  # None: it is where it began
    )


def gather_arrays(trainer: "Trainer") -> Arrays:
    """The arrays alone, by name."""
    arrays = {"flat": trainer.parameters.flat, "state": trainer.parameters.state, "order": trainer.order}
    if trainer.best.flat is not None and trainer.best.state is not None:
        arrays["best.flat"], arrays["best.state"] = trainer.best.flat, trainer.best.state
    if trainer.taken:
        arrays["sum"] = trainer._sum
    for name, slot in trainer.optimizer.slots.items():
        arrays[f"slot.{name}"] = slot
    return arrays


def fill(trainer: "Trainer", facts: Facts, arrays: Arrays) -> None:
    """Put a trainer of the same experiment into a state that `gather` gave. Raises DataError where it does not fit."""
    slots = {name: arrays[f"slot.{name}"] for name in facts["training"].optimizer.slots()}
    flat, state, order = trainer.parameters.flat, trainer.parameters.state, arrays["order"]
    fits = (
        arrays["flat"].shape == flat.shape
        and arrays["state"].shape == state.shape
        and np.array_equal(np.sort(order), np.arange(trainer.samples))
        and all(slot.shape == flat.shape for slot in slots.values())
    )
    if not fits:
        raise DataError("The checkpoint is of another experiment.", fix="Restore it with its own, or reset the run.")
    for name in PLAIN:
        setattr(trainer, name, facts[name])
    same_loss = facts["training"].class_weights == trainer.training.class_weights
    trainer.training, trainer.frozen = facts["training"], tuple(facts["frozen"])
    trainer.gradient_norms = list(facts["gradient_norms"])
    trainer.schedule_memory = dict(facts["schedule_memory"])
    trainer.best = Best.from_facts(facts["best"], arrays)
    flat[:], state[:], trainer.order[:] = arrays["flat"], arrays["state"], order
    if trainer.taken:
        trainer._sum[:] = arrays["sum"]
    _speak(trainer._order_rng, facts["order_rng"])
    _speak(trainer._noise_rng, facts["noise_rng"] or _words(stream(facts["seed"], NOISE)))
    trainer.use_optimizer(OptimizerState(trainer, slots, facts["optimizer_since"]))
    if same_loss:
        trainer.forget_programs()
    else:
        trainer.use_loss()


def dump(trainer: "Trainer") -> bytes:
    """The trainer's state."""
    return pack(*gather(trainer))


def pack(facts: Facts, arrays: Arrays) -> bytes:
    """A state as bytes."""
    text = json.dumps({**facts_to_json(facts), "version": VERSION}).encode()
    kept = {**arrays, "order": arrays["order"].astype(np.int32), "facts": np.frombuffer(text, np.uint8)}
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **kept)
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
        fill(trainer, facts_from_json(facts), arrays)
    except PlaygroundError:
        raise
    except Exception as error:  # damaged bytes fail in more ways than can be listed
        reason = f"{type(error).__name__}: {error}"
        raise DataError(f"The checkpoint can not be read ({reason:.200}).", fix="Reset the run.") from None
    return trainer


def facts_to_json(facts: Facts) -> Facts:
    """Facts as JSON has them."""
    return {**facts, "training": facts["training"].to_json()}


def facts_from_json(facts: Facts) -> Facts:
    """The inverse of `facts_to_json`. Raises SpecError."""
    return {**facts, "training": training_from_json(facts["training"])}


def stream(seed: int, number: int) -> np.random.Generator:
    """An independent stream of random numbers: 1 is weights, 2 the order of samples, 3 dropout."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))


def _words(generator: np.random.Generator) -> tuple[int, int, int, int]:
    """Where a stream of random numbers is, in little memory."""
    state: Any = generator.bit_generator.state
    return state["state"]["state"], state["state"]["inc"], state["has_uint32"], state["uinteger"]


def _speak(generator: np.random.Generator, words: Any) -> None:
    """Put a stream of random numbers where `_words` found it."""
    state, inc, has_uint32, uinteger = words
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": inc},
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }
