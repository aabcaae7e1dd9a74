"""Many runs in one place, trained in fair turns: the part of a worker that is pure computation.

Synchronous, without I/O, threads or a clock of its own (`clock` is given), so that the same object serves a worker
process, a thread or an actor on another machine. Turns take a few milliseconds and end between two updates; whose is
next, `app.runs.turns` says. A run that starts joins where the others are, so nobody can save up time by pausing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.runs import asking, commands, queries, turns
from app.runs.limits import Limits
from app.runs.session import Session
from app.store.records import Moments
from engine.events import COLUMNS

TURN = 0.004  # seconds a run may train before the next gets its turn; shorter when many run
QUICK = 0.005  # seconds that a checkpoint may take without being put off
UNWATCHED = 0.5  # seconds between reports of a run whose weights nobody looks at
WEIGHTS_PER_SECOND = 20_000_000  # bytes of weights a run may send in a second


class NotHere(Exception):
    """The host has no such run."""


@dataclass(frozen=True)
class Update:
    """What is new about a run since its last update."""

    run: str
    facts: dict[str, Any]  # state, message, fix, start, seq (rows so far), epoch, update
    rows: np.ndarray  # (k, len(COLUMNS)) float64: the last k of the seq rows
    weights: bytes | None  # packed float32, None: not changed or nobody looks
    about: dict[str, Any] | None = None  # spec and settings, where they changed
    at: float = 0.0  # when it was told, in seconds since 1970; 0: just now


@dataclass(frozen=True)
class Checkpoint:
    """All that is needed to go on with a run elsewhere."""

    run: str
    meta: dict[str, Any]  # the facts, and speed
    spec: dict[str, Any]
    settings: dict[str, Any]
    blob: bytes  # Trainer.state()
    moments: Moments = field(default_factory=Moments)  # of the time line: those new since the last checkpoint


@dataclass
class Host:
    """`create`, `command`, `tick`, `query`, `snapshot`, `drop`: all that a worker can do."""

    clock: Callable[[], float]
    checkpoint_seconds: float = 2.0
    limits: Limits = field(default_factory=Limits)
    sessions: dict[str, Session] = field(default_factory=dict)
    doing: Callable[[str], None] = lambda run: None  # told which run is worked on next, "" for none
    _floor: float = 0.0  # the furthest that the clock of whoever was last has got (see `turns`)

    def create(
        self,
        run: str,
        spec: dict[str, Any],
        blob: bytes | None = None,
        meta: dict[str, Any] | None = None,
        moments: Sequence[bytes] = (),
    ) -> dict:
        """Take a run in, new or from a checkpoint and its time line; answers what `facts` says.

        Raises PlaygroundError.
        """
        session = Session(run, spec, blob, meta or {}, self.limits, moments)
        session.used = self._least()
        session.saved = self.clock()
        self.sessions[run] = session
        return self.facts(run)

    def command(self, run: str, command: commands.Command) -> dict[str, Any]:
        """Do it, answer what `facts` says. Raises PlaygroundError, NotHere."""
        session = self._session(run)
        was = session.state
        session.obey(command)
        if session.state == "running" and was != "running":
            session.used = max(session.used, self._least(besides=session))
        return self.facts(run)

    def facts(self, run: str) -> dict[str, Any]:
        """State, settings, spec and manifest of a run."""
        session = self._session(run)
        trainer, settings = session.trainer, session.settings()
        about = {"spec": session.spec(), "settings": settings, "manifest": trainer.manifest()}
        return {**session.facts(), **about, "check": trainer.experiment.check()}

    def query(self, run: str | None, name: str, args: dict[str, Any]) -> bytes:
        """The answer to a question that changes nothing: JSON text, or packed floats. Raises PlaygroundError.

        With `at` among the arguments, as the run was at the moment of its time line nearest to that update.
        """
        if run is None:
            return queries.GENERAL[name](self.limits, **args)
        session, others = self._session(run), {k: v for k, v in args.items() if k != "at"}
        if name in asking.SESSION:
            return asking.SESSION[name](session, **args)
        return asking.TRAINER[name](session.past.at(session.trainer, args.get("at")), **others)

    def snapshot(self, run: str) -> Checkpoint:
        """A checkpoint of this moment. The rows up to it are in the next `reports`, to be passed on before it."""
        session = self._session(run)
        self.doing(run)
        began = self.clock()
        blob = session.trainer.state()
        session.saved, session.unsaved, session.urgent = self.clock(), False, False
        session.changed = session.hurry = session.changed or bool(session.rows)
        session.save_cost = session.saved - began
        moments = session.past.unsaved()
        return Checkpoint(run, session.meta(), session.spec(), session.settings(), blob, moments)

    def drop(self, run: str) -> None:
        """Forget a run (its owner has a checkpoint)."""
        self.sessions.pop(run, None)

    def tick(self, budget: float) -> list[Update]:
        """Train for about `budget` seconds, then report."""
        self.train(budget)
        return self.reports()

    def train(self, budget: float, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Train for about `budget` seconds; less when nothing runs or somebody knocks."""
        now = self.clock()
        end = now + budget
        running = self._running()
        turns.weigh(running, self._least())
        queue = turns.Queue(s for s in running if s.due <= now)
        turn = min(TURN, budget / max(1, len(queue)))
        while queue and (now := self.clock()) < end:
            session = queue.pop()
            self.doing(session.run)
            session.advance(min(now + turn, end), self.clock)
            if session.state == "running" and session.due <= now:
                queue.push(session)
            if interrupted():
                break

    def reports(self) -> list[Update]:
        """What is new of every run whose time to report has come."""
        now = self.clock()
        return [self._report(s, now) for s in self.sessions.values() if self._report_due(s) <= now]

    def checkpoints(self) -> list[Checkpoint]:
        """Snapshots of the runs whose time to be saved has come."""
        now = self.clock()
        return [self.snapshot(s.run) for s in list(self.sessions.values()) if self._save_due(s) <= now]

    def idle_for(self) -> float | None:
        """Seconds until there is something to do; None: not before a command comes."""
        now = self.clock()
        times = [
            min(self._report_due(s), self._save_due(s), s.due if s.state == "running" else np.inf)
            for s in self.sessions.values()
        ]
        soonest = min(times, default=np.inf)
        return None if soonest == np.inf else max(0.0, soonest - now)

    def _session(self, run: str) -> Session:
        if run not in self.sessions:
            raise NotHere(run)
        return self.sessions[run]

    def _least(self, besides: Session | None = None) -> float:
        """The clock of whoever is last; it never goes back, not even when nobody runs."""
        self._floor = max(self._floor, min((s.used for s in self._running() if s is not besides), default=0.0))
        return self._floor

    def _running(self) -> list[Session]:
        return [s for s in self.sessions.values() if s.state == "running"]

    def _report_due(self, session: Session) -> float:
        if not session.changed:
            return np.inf
        if session.hurry or session.state != "running":
            return 0.0
        if not session.watched:
            return session.reported + UNWATCHED
        return 0.0 if session.rows else session.weighed

    def _save_due(self, session: Session) -> float:
        if not session.unsaved:
            return np.inf
        # What an owner did is saved before it is answered, where that is quick. A tenth of the time may go into saving.
        wait = 0.0 if session.urgent else self.checkpoint_seconds
        return session.saved + max(wait, 10 * session.save_cost if session.save_cost > QUICK else 0.0)

    def _report(self, session: Session, now: float) -> Update:
        self.doing(session.run)
        rows = np.stack(session.rows) if session.rows else np.empty((0, len(COLUMNS)))
        weights = None
        if session.moved and session.watched and (session.state != "running" or session.weighed <= now):
            weights = session.trainer.packed().tobytes()
            session.moved = False
            session.weighed = now + len(weights) / WEIGHTS_PER_SECOND
        session.rows, session.reported, session.hurry = [], now, False
        session.changed = session.moved and session.watched
        about = {"spec": session.spec(), "settings": session.settings()} if session.retold else None
        session.retold = False
        return Update(session.run, session.facts(), rows, weights, about)
