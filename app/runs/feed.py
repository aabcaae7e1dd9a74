"""One run as the web side knows it: the record, the newest weights, the newest history, and who watches."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from app.runs.blame import Blame
from app.runs.history import History
from app.runs.host import Checkpoint, Update
from app.store.records import Record
from app.wire import Shared

if TYPE_CHECKING:
    from app.runs.mailbox import Watcher

NOTES = 20  # the newest notes, kept for watchers that are slow
FACTS = ("state", "message", "fix", "epoch", "update", "unit", "goal")


@dataclass
class Feed:
    """Shared by all watchers of a run; nothing here grows with their number or slowness.

    `version` counts changes of weights, rows or place, `weights_version` says which of them brought the weights,
    `news` counts changes of state or settings, `generation` new beginnings of the history.
    """

    record: Record
    manifest: list[dict[str, Any]] = field(default_factory=list)
    loaded: bool = False  # whether a worker has the run
    shown: bool = False  # whether that worker tells the weights too
    leaving: bool = False  # whether the last watcher has just gone
    stored: bool = True  # whether the store knows of the run; until then checkpoints wait
    deleted: bool = False  # or about to be: nobody finds it any more
    pending: Checkpoint | None = None  # a checkpoint that is not yet written
    unstored: dict[int, bytes] = field(default_factory=dict)  # moments of the time line that are not yet written
    weights: np.ndarray | None = None  # (n,) float32
    weights_version: int = 0
    at: float = 0.0  # when the worker told what is newest here, in seconds since 1970; 0: before anybody listened
    version: int = 1
    news: int = 1
    generation: int = 1
    noted: int = 0
    notes: deque[tuple[int, float, str]] = field(default_factory=lambda: deque(maxlen=NOTES))  # number, when, what
    watchers: set["Watcher"] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # one request to the worker at a time
    touched: float = field(default_factory=time.monotonic)  # when somebody last asked
    blame: Blame = field(default_factory=Blame)  # workers lost over this run
    lost: int | None = None  # the epoch at which its worker was lost, until it goes on
    curve: tuple[int, Any] | None = None  # the history thinned (`app.runs.curves`), and its generation

    def __post_init__(self) -> None:
        self.history = History(self.record.seq)
        self._given = self.record.seq  # the newest row given to the store
        self._waiting: list[asyncio.Future[None]] = []
        self._frames: dict[tuple[int, int, bool], Shared] = {}  # those of this very moment

    # ---- news from the worker ----

    def update(self, update: Update) -> None:
        """Take in what a worker reports; what belongs to an older start comes too late."""
        facts, record = update.facts, self.record
        if facts["start"] < record.start:
            return
        if update.about:
            self._describe(update.about)
        if facts["start"] > record.start:
            self._begin(facts["start"])
        if len(update.rows):
            first = facts["seq"] - len(update.rows) + 1
            if not self.history.append(first, update.rows):
                self.history.cut(first - 1)  # it went on differently: watchers get all rows again
                self._given = min(self._given, first - 1)
                self.generation += 1
                self.history.append(first, update.rows)
        if update.weights is not None:
            self.weights = np.frombuffer(update.weights, np.float32)
            self.weights_version = self.version + 1
        self.version += 1
        if (facts["state"], facts["message"]) != (record.state, record.message):
            self.news += 1
        for name in FACTS:
            setattr(record, name, facts[name])
        record.seq = self.history.last
        record.changed_at = time.time()
        self.at = update.at or record.changed_at
        self.wake()

    def describe(self, facts: dict[str, Any]) -> None:
        """Take in what a worker answers to a command: spec, settings, manifest."""
        self.manifest = facts["manifest"]
        self._describe(facts)
        self.wake()

    def go_back(self, start: int, seq: int) -> None:
        """The worker will go on after row `seq` of `start`. Rows known beyond it are kept: they come again the same."""
        if start != self.record.start:
            self._begin(start)
            self.history = History(seq)
        self._given = seq

    def fail(self, message: str, fix: str = "Reset the run.") -> None:
        """The run cannot go on, through no fault of its owner's."""
        self.record.state, self.record.message, self.record.fix = "failed", message, fix
        self.news += 1
        self.wake()

    def unsaved_rows(self, seq: int) -> tuple[int, np.ndarray]:
        """The number of the first row the store was not given, and the rows from there up to `seq`.

        Raises ValueError where some are not here: a gap in the store could never be filled.
        """
        first, rows = self._given + 1, self.history.read(self._given, max(0, seq - self._given))
        if first + len(rows) <= seq:
            raise ValueError(f"Expected rows {first} to {seq}, got {len(rows)}.")
        self._given = max(self._given, seq)
        return first, rows

    def _describe(self, about: dict[str, Any]) -> None:
        if (about["spec"], about["settings"]) != (self.record.spec, self.record.settings):
            self.record.spec, self.record.settings = about["spec"], about["settings"]
            self.news += 1

    def _begin(self, start: int) -> None:
        self.record.start, self.record.seq = start, 0
        self.history, self._given = History(), 0
        self.unstored.clear()
        self._frames.clear()
        self.generation += 1

    # ---- frames ----

    def frame(self, after: int, most: int, weights: bool) -> Shared:
        """What who knows rows up to `after` gets next, made once for all who do. Raises LookupError as the history."""
        key = after, most, weights
        if key not in self._frames:
            rows = self.history.read(after, most)
            self._frames[key] = self.framed(rows, self.place(after), self.weights if weights else None)
        return self._frames[key]

    def place(self, after: int) -> dict[str, Any]:
        """The header of a frame."""
        record = self.record
        head = {"epoch": record.epoch, "update": record.update, "state": record.state, "start": record.start}
        return {**head, "at": round(self.at * 1000), "first": after + 1}

    @staticmethod
    def framed(rows: np.ndarray, place: dict[str, Any], weights: np.ndarray | None) -> Shared:
        return Shared(place, {"history": rows} if weights is None else {"history": rows, "weights": weights})

    # ---- news for others ----

    def note(self, message: str) -> None:
        """A sentence for everyone who watches."""
        self.noted += 1
        self.notes.append((self.noted, time.monotonic(), message))
        self.wake()

    def wake(self) -> None:
        """Something changed."""
        self._frames.clear()
        for watcher in self.watchers:
            watcher.wake()
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until this is so."""
        while not condition():
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
