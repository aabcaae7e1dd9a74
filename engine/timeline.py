"""The time line of a run: how the network was at many moments, thinned so that it never grows beyond its bounds.

A moment is kept for the start and for every row of history, until there are too many of them; then every second one
goes, and from there on only every second row is kept, and so on: the longer a run, the wider the steps, always even.
What is kept of a moment is all that training goes on from (weights, the optimizer's memory, order, random numbers,
settings), as one string of bytes: taking one costs microseconds.
"""

import copy
import json
import math
import struct
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from engine.checkpoint import FACTS, Arrays, Facts, fill, gather_arrays, gather_facts, pack
from engine.errors import DataError
from engine.experiment import Training, training_from_json
from engine.probe import Probe

if TYPE_CHECKING:
    from engine.train import Trainer

OBJECTS = 600  # bytes that a moment takes beside its arrays, about
Layout = tuple[tuple[str, str, tuple[int, ...]], ...]


class Moment(NamedTuple):
    """A trainer as it was when row `seq` of its history was made."""

    seq: int
    epoch: int
    update: int
    keys: tuple[str, ...]  # of the facts
    facts: tuple[Any, ...]
    layout: Layout  # name, type and shape of each array
    data: bytes

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return len(self.data) + OBJECTS

    def place(self) -> dict[str, int]:
        """Where it lies in the run's history."""
        return {"seq": self.seq, "epoch": self.epoch, "update": self.update}

    def open(self) -> tuple[Facts, Arrays]:
        """What `engine.checkpoint.fill` reads."""
        arrays, at = {}, 0
        for name, dtype, shape in self.layout:
            arrays[name] = np.frombuffer(self.data, dtype, int(np.prod(shape)), at).reshape(shape)
            at += arrays[name].nbytes
        return dict(zip(self.keys, self.facts, strict=True)), arrays

    def restore(self, trainer: "Trainer") -> None:
        """Put a trainer of the same experiment into this state. Raises DataError where it does not fit."""
        try:
            fill(trainer, *self.open())
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"A moment of the time line is damaged ({type(error).__name__}).") from None

    def checkpoint(self) -> bytes:
        """The same as a checkpoint, for `Trainer.restore`."""
        return pack(*self.open())

    def to_bytes(self) -> bytes:
        """For keeping: u32 length of a JSON text, the text, the arrays."""
        facts = dict(zip(self.keys, self.facts, strict=True))
        facts["training"] = _training_json(facts["training"])
        head = {**self.place(), "facts": facts, "layout": self.layout}
        text = json.dumps(head, separators=(",", ":")).encode()
        return struct.pack("<I", len(text)) + text + self.data

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Moment":
        """The inverse of `to_bytes`. Raises DataError where the bytes are damaged."""
        try:
            end = 4 + struct.unpack_from("<I", stored)[0]
            head = json.loads(stored[4:end])
            facts = head["facts"] | {"training": _training(json.dumps(head["facts"]["training"]))}
            layout = tuple((name, dtype, tuple(shape)) for name, dtype, shape in head["layout"])
            place = (int(head["seq"]), int(head["epoch"]), int(head["update"]))
            made = cls(*place, _shared(tuple(facts)), tuple(facts.values()), _shared(layout), stored[end:])
            made.open()
        except Exception as error:  # damaged bytes fail in more ways than can be listed
            raise DataError(f"A moment of the time line can not be read ({type(error).__name__}).") from None
        return made


def capture(trainer: "Trainer", seq: int, layouts: dict[Any, Layout] | None = None) -> Moment:
    """The trainer as it is now. layouts: those of this trainer found before, by the names of the arrays."""
    arrays = gather_arrays(trainer)
    arrays["order"] = arrays["order"].astype(_whole(trainer.samples))
    names = tuple(arrays)
    layout = None if layouts is None else layouts.get(names)
    if layout is None:
        layout = _shared(tuple((name, a.dtype.str, a.shape) for name, a in arrays.items()))
        if layouts is not None:
            layouts[names] = layout
    data = b"".join([a.tobytes() for a in arrays.values()])
    return Moment(seq, trainer.epoch, trainer.update, FACTS, gather_facts(trainer), layout, data)


def twin(trainer: "Trainer") -> "Trainer":
    """Another trainer on the very same data, with weights of its own: for looking at other moments."""
    other = copy.copy(trainer)
    other.parameters, other.gradients = trainer.parameters.like(), trainer.parameters.like()
    other._evaluator, other.probe = None, Probe(other)
    other.reset(trainer.seed)
    return other


class Timeline:
    """The moments kept of one run: the first, and those whose row's number is `stride`, 2 `stride` … further.

    entries, size: the most moments and the most bytes; the first is kept even where it alone is larger. moments: those
    kept before, of the same run.
    """

    def __init__(self, entries: int = 256, size: int = 8 * 2**20, moments: Iterable[Moment] = ()) -> None:
        self.entries, self.most = entries, size
        self.moments: list[Moment] = []
        self.stride, self.size = 1, 0
        self._layouts: dict[Any, Layout] = {}
        kept = list(moments)
        for moment in kept:
            self._add(moment)
        if len(kept) > 1:
            self.stride = max(self.stride, math.gcd(*(m.seq - kept[0].seq for m in kept[1:])))

    def offer(self, trainer: "Trainer", seq: int) -> None:
        """Row `seq` was made: keep the moment if it is one to keep."""
        if self.keeps(seq):
            self._add(capture(trainer, seq, self._layouts))

    def keeps(self, seq: int) -> bool:
        """Whether the moment of this row is one to keep."""
        return (seq - self.first) % self.stride == 0

    @property
    def first(self) -> int:
        """The row of the first moment; 1 where there is none yet."""
        return self.moments[0].seq if self.moments else 1

    def clear(self) -> None:
        """The run starts anew."""
        self.moments, self.stride, self.size = [], 1, 0

    def nearest(self, update: int) -> Moment | None:
        """The moment nearest to this update; of two the earlier."""
        return min(self.moments, key=lambda m: abs(m.update - update), default=None)

    def after(self, seq: int) -> list[Moment]:
        """Moments of later rows."""
        return [m for m in self.moments if m.seq > seq]

    def _add(self, moment: Moment) -> None:
        self.moments.append(moment)
        self.size += moment.size
        while len(self.moments) > 1 and (len(self.moments) > self.entries or self.size > self.most):
            self.stride *= 2
            self.moments = [m for m in self.moments if self.keeps(m.seq)]
            self.size = sum(m.size for m in self.moments)


_SHARED: dict[Any, Any] = {}


def _shared(value: Any) -> Any:
    """One object for equal values: thousands of moments have the same names and shapes."""
    if len(_SHARED) > 1000:
        _SHARED.clear()
    return _SHARED.setdefault(value, value)


@lru_cache(maxsize=256)
def _whole(most: int) -> np.dtype:
    """The smallest type for whole numbers up to this."""
    return np.dtype(np.min_scalar_type(most))


@lru_cache(maxsize=64)
def _training_json(training: Training) -> dict[str, Any]:
    return training.to_json()


@lru_cache(maxsize=64)
def _training(text: str) -> Training:
    return training_from_json(json.loads(text))
