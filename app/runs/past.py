"""A run's past inside its worker: the time line, and a second trainer that shows the run at a moment of it."""

import logging
from collections.abc import Sequence
from typing import Any

from app.runs.limits import Limits
from app.store.records import Moments
from engine.errors import DataError
from engine.fork import Fork, fork, planned
from engine.timeline import Moment, Timeline, capture, twin
from engine.train import Trainer

log = logging.getLogger(__name__)


class Past:
    """`line` is the time line, `at` shows a moment of it, `fork` goes on from one elsewhere.

    moments: those kept before, as bytes, in order; damaged ones are left out.
    """

    def __init__(self, trainer: Trainer, limits: Limits, moments: Sequence[bytes] = ()) -> None:
        self._limits = limits
        self.line = Timeline(limits.max_moments, limits.max_timeline_bytes, filter(None, map(_read, moments)))
        self._saved = max((m.seq for m in self.line.moments), default=0)  # the last row whose moment is in a checkpoint
        self._other: Trainer | None = None  # the one that shows other moments

    def clear(self) -> None:
        """The run starts anew."""
        self.line.clear()
        self._saved, self._other = 0, None

    def unsaved(self) -> Moments:
        """The moments that no checkpoint has held yet; they count as held from now on."""
        new = {m.seq: m.to_bytes() for m in self.line.after(self._saved)}
        self._saved = max(new, default=self._saved)
        return Moments(self.line.first, self.line.stride, new)

    def at(self, trainer: Trainer, update: int | None) -> Trainer:
        """The run as it was at the moment nearest to an update, for looking only; as it is now where that is nearer."""
        moment = None if update is None else self._nearest(trainer, update)
        return trainer if moment is None else self._shown(trainer, moment)

    def fork(self, trainer: Trainer, seq: int, update: int | None, changes: dict[str, Any]) -> tuple[Moment, Fork]:
        """Another trainer that goes on from there with changes. Raises PlaygroundError, LimitError among them."""
        moment = None if update is None else self._nearest(trainer, update)
        moment = moment or capture(trainer, seq)
        past = self._shown(trainer, moment)
        experiment = planned(past, changes)
        self._limits.check_spec(experiment.to_json())
        self._limits.check(experiment)
        self._other = None  # it goes away as the fork
        return moment, fork(past, experiment, changes)

    def _nearest(self, trainer: Trainer, update: int) -> Moment | None:
        """The kept moment that is nearer than the present."""
        moment = self.line.nearest(update)
        return moment if moment and abs(moment.update - update) < abs(trainer.update - update) else None

    def _shown(self, trainer: Trainer, moment: Moment) -> Trainer:
        self._other = self._other or twin(trainer)
        moment.restore(self._other)
        return self._other


def _read(stored: bytes) -> Moment | None:
    try:
        return Moment.from_bytes(stored)
    except DataError as error:
        log.error("a moment of a time line is left out: %s", error)
        return None
