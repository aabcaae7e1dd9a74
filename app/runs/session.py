"""One run inside its worker: a trainer, where it stands, and what it has to report. No clock, no I/O."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

import engine.checkpoint  # noqa: F401  loaded before the first checkpoint, which should be as quick as the others
from app.runs import commands
from app.runs.limits import Limits
from app.runs.past import Past
from engine.errors import PlaygroundError, SpecError
from engine.events import Diverged, Epoch, Finished, Judged, Step
from engine.experiment import Experiment, Training, change
from engine.spec import params
from engine.surface import Surface
from engine.train import Trainer

log = logging.getLogger(__name__)

# States: created → running ⇄ paused → finished | diverged | failed. After the last three only a reset (or, for
# finished, more epochs) lets a run go on.
ENDED = ("finished", "diverged", "failed")
FAST_EPOCH = 0.003  # seconds; below this an epoch is done in one piece, above it update by update
LIVE = tuple(p.name for p in params(Training) if p.live)  # the settings of training that may change meanwhile


class Session:
    """A trainer with a state, a speed and a goal; `advance` trains for a while, `obey` does what a command asks."""

    def __init__(
        self,
        run: str,
        spec: dict[str, Any],
        blob: bytes | None,
        meta: dict[str, Any],
        limits: Limits,
        moments: Sequence[bytes] = (),
    ) -> None:
        self.run = run
        limits.check_spec(spec)
        experiment = Experiment.from_json(spec)
        limits.check(experiment)
        self.trainer = Trainer(experiment) if blob is None else Trainer.restore(experiment, blob)
        self.limits = limits
        self.state: str = meta.get("state", "created")
        self.message: str = meta.get("message", "")
        self.fix: str = meta.get("fix", "")
        self.speed: float | None = meta.get("speed")  # epochs a second; None: as fast as it goes
        self.unit: str | None = meta.get("unit")  # what is counted on the way to a goal
        self.goal: int = meta.get("goal", 0)  # so many of them since the start: then the run pauses by itself
        self.start: int = meta.get("start", 1)  # counts resets: history belongs to one start
        self.seq: int = meta.get("seq", 0)  # history rows made since this start
        self.rows: list[np.ndarray] = []  # those not yet reported
        self.changed = True  # something to report
        self.hurry = True  # and not to wait with
        self.retold = False  # spec or settings to report
        self.moved = blob is None  # weights to report
        self.unsaved = False  # something a checkpoint should hold; a new run is all in its spec
        self.watched = False
        self.visitor: str = meta.get("visitor") or ""  # whose run it is, as far as fair turns care
        self.group: str = meta.get("group") or ""
        self.weight = 1.0  # its share of the time: see `app.runs.turns`
        self.used = 0.0  # seconds of training by that weight
        self.due = 0.0  # not before this time (a run slowed down by `speed`)
        self.reported = self.weighed = self.saved = 0.0  # when rows, weights and a checkpoint were last sent
        self.save_cost = 0.0  # seconds the last checkpoint took
        self.urgent = False  # a checkpoint should not wait for its usual time
        self._events: Iterator[Any] | None = None
        self._each = ""
        self._epoch_cost: float | None = None  # seconds the last epoch took; None: not known yet
        self._spent = 0.0  # seconds since the last epoch ended
        self.past = Past(self.trainer, limits, moments)
        self.slices: dict[int, Surface] = {}  # of the loss, that somebody is asking about
        self._slice = 0
        if blob is None:
            self._add_row(self.trainer.row())
        elif not moments:
            self.past.line.offer(self.trainer, self.seq)
        if self.state == "running" and self._arrived():
            self._to("paused")
        if meta.get("measure"):  # a fork of another experiment: how that does with these weights
            self._add_row(self.trainer.row())
            self.unsaved = self.urgent = True

    # ---- training ----

    def advance(self, until: float, clock: Callable[[], float]) -> None:
        """Train until the clock says `until`, the goal is reached or the run ends; stops between two updates only."""
        began = clock()
        self.due = self.due or began
        try:
            while self.state == "running":
                event = next(self._iterator())
                now = clock()
                if not isinstance(event, Judged):
                    self.changed = self.moved = self.unsaved = True
                self._take(event, now, began)
                if now >= until or self.due > now:
                    break
        except Exception as error:  # a mistake of ours must end this run, not the others in this process
            log.exception("run %s failed", self.run)
            self._end("failed", f"Training stopped with an error inside the program: {type(error).__name__}.", "Reset.")
        spent = clock() - began
        self.used += spent / self.weight
        self._spent += spent

    def _iterator(self) -> Iterator[Any]:
        heavy = self._epoch_cost is None or self._epoch_cost > FAST_EPOCH
        each = {"batch": "update", "sample": "sample"}.get(self.unit or "", "update" if heavy else "epoch")
        if self._events is None or each != self._each:
            self._events, self._each = self.trainer.events(each=each), each
        return self._events

    def _take(self, event: Any, now: float, began: float) -> None:
        match event:
            case Step():
                # After an epoch's last update its row comes next; the run stops after that.
                if self._arrived() and self.trainer.position < self.trainer.samples:
                    self._add_row(self.trainer.row())
                    self._to("paused")
            case Epoch(row=row):
                self._add_row(row)
                self._epoch_cost, self._spent = self._spent + now - began, began - now
                if self.speed:
                    self.due = max(self.due + 1 / self.speed, now)
                if self.trainer.epoch >= self.limits.max_epochs:
                    limit = f"This server trains a run for {self.limits.max_epochs:,} epochs at most."
                    self._end("finished", limit, "Reset to start again.")
                elif self._arrived():
                    self._to("paused")
            case Finished(message=message):
                self._end("finished", message)
            case Diverged(message=message, fix=fix):
                self._end("diverged", message, fix)

    # ---- commands ----

    def obey(self, command: commands.Command) -> None:
        """Do what a command asks. Raises PlaygroundError and changes nothing where it cannot be done."""
        match command:
            case commands.Play(unit=unit, count=count):
                self._play(unit, count)
            case commands.Pause():
                if self.state == "running":
                    self._to("paused")
            case commands.Reset(seed=seed):
                self._reset(seed)
            case commands.Change(settings=settings):
                self._change(settings)
            case commands.Edit(edits=edits):
                self._edit(edits)
            case commands.Load(weights=weights):
                self.trainer.load(np.frombuffer(weights, "<f4"))
                if self.state == "diverged":
                    self._to("paused")
                self._edited()
            case commands.Watch(on=on):
                self.moved = self.changed = on or self.changed
                self.watched = on
        if not isinstance(command, commands.Watch):
            self._events = None
            self.unsaved = self.changed = self.hurry = True
            self.urgent = self.urgent or command.steers

    def _play(self, unit: str | None, count: int) -> None:
        if self.state in ENDED:
            fix = (
                "Raise the number of epochs or reset."
                if self.state == "finished"
                else "Reset, then change what went wrong."
            )
            raise SpecError(f"The run is {self.state} and cannot go on.", where="state", fix=fix)
        self.unit, self.goal, self.due = unit, self._count(unit) + count if unit else 0, 0.0
        self._to("running")

    def _count(self, unit: str) -> int:
        """How many epochs, batches or samples were trained since the start."""
        t = self.trainer
        return {"epoch": t.epoch, "batch": t.update}.get(unit, t.epoch * t.samples + t.position + t.taken)

    def _arrived(self) -> bool:
        return self.unit is not None and self._count(self.unit) >= self.goal

    def _reset(self, seed: int | None) -> None:
        self.trainer.reset(seed)
        self.retold = True
        self.start, self.seq, self.rows, self.due = self.start + 1, 0, [], 0.0
        self.past.clear()
        self._to("created")
        self.moved = True
        self._add_row(self.trainer.row())

    def _change(self, settings: dict[str, Any]) -> None:
        own = {k: v for k, v in settings.items() if k in (*LIVE, "learning_rate", "frozen")}
        if own:
            planned = change(self.trainer.training, **{k: v for k, v in own.items() if k != "frozen"})
            self.limits.check_training(self.trainer.experiment, planned)
            self.trainer.set(**own)
        if "speed" in settings:
            self.speed, self.due = settings["speed"], 0.0
        self._epoch_cost = None
        self.retold = True
        most = self.limits.max_epochs
        further = self.trainer.epoch < min(self.trainer.training.epochs or most, most)
        if self.state == "finished" and further and {"epochs", "patience"} & set(settings):
            self._to("paused")

    def _edit(self, edits: list[dict[str, Any]]) -> None:
        weights, done = self.trainer.weights(), []
        try:
            for i, edit in enumerate(edits):
                where = f"edits.{i}"
                array = weights.get(edit["layer"], {}).get(edit["name"])
                index = tuple(edit["index"])
                old = None if array is None or len(index) != array.ndim else self._at(array, index)
                self.trainer.edit(layer=edit["layer"], name=edit["name"], index=list(index), value=edit["value"])
                done.append((edit, old))
        except PlaygroundError as error:
            for edit, old in reversed(done):
                self.trainer.edit(layer=edit["layer"], name=edit["name"], index=list(edit["index"]), value=old)
            raise error.at(where) from None
        self._edited()

    def _edited(self) -> None:
        """Other weights than training made: a row says how they do, unless one comes soon anyway."""
        self.moved = True
        if self.state != "running":
            self._add_row(self.trainer.row())

    @staticmethod
    def _at(array: np.ndarray, index: tuple[int, ...]) -> float | None:
        inside = all(0 <= i < n for i, n in zip(index, array.shape, strict=True))
        return float(array[index]) if inside else None

    def next_slice(self) -> int:
        """A number for another slice of the loss."""
        self._slice += 1
        return self._slice

    # ---- facts ----

    def settings(self) -> dict[str, Any]:
        """What PATCH …/settings may change, as it is now."""
        training = self.trainer.training.to_json()
        own = {"frozen": list(self.trainer.frozen), "speed": self.speed}
        return {"learning_rate": training["optimizer"]["learning_rate"], **{n: training[n] for n in LIVE}, **own}

    def spec(self) -> dict[str, Any]:
        """The experiment with everything that was changed since: what a link or a fork should hold."""
        now = replace(self.trainer.experiment, seed=self.trainer.seed, training=self.trainer.training)
        return now.to_json()

    def facts(self) -> dict[str, Any]:
        """Where the run stands, without its arrays."""
        return {
            "state": self.state,
            "message": self.message,
            "fix": self.fix,
            "start": self.start,
            "seq": self.seq,
            "epoch": int(self.trainer.epoch),
            "update": int(self.trainer.update),
            "unit": self.unit,
            "goal": self.goal,
        }

    def meta(self) -> dict[str, Any]:
        """What a checkpoint must hold beside the trainer's own state, so that the run goes on as it was."""
        return {**self.facts(), "speed": self.speed}

    def _add_row(self, row: np.ndarray) -> None:
        self.rows.append(np.array(row, np.float64))
        self.seq += 1
        self.past.line.offer(self.trainer, self.seq)

    def _to(self, state: str) -> None:
        self.state, self.message, self.fix = state, "", ""
        self.changed = self.hurry = self.unsaved = True
        if state != "running":
            self.urgent = True
            self.unit, self.goal, self._events = None, 0, None

    def _end(self, state: str, message: str, fix: str = "") -> None:
        self._to(state)
        self.message, self.fix = message, fix
        self.moved = True
