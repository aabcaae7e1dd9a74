"""What a diagnosis is made from: rows of history, statistics of the layers, and the settings, with simple readings."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array, norm
from engine.diagnosis.sentences import say
from engine.events import COLUMNS
from engine.network import Node

if TYPE_CHECKING:
    from engine.train import Trainer

# Whoever is this good is not stuck: what follows would only be the quiet of a network that has arrived.
SOLVED_ACCURACY, SOLVED_R2 = 0.97, 0.95
# Rows are noisy at first: fewer epochs than this say nothing about a course.
ENOUGH = 10
COLUMN = {name: i for i, name in enumerate(COLUMNS)}


@dataclass(frozen=True)
class Experiment:
    """What to try, as a fork: from update `at` (None: from now) with these changes. label: the id of a sentence."""

    label: str
    values: dict[str, Any]
    changes: dict[str, Any]
    at: int | None = 0

    def to_json(self) -> dict[str, Any]:
        label = {"id": self.label, "values": self.values, "text": say(self.label, self.values)}
        return {"label": label, "changes": self.changes, "at": self.at}


@dataclass(frozen=True)
class Finding:
    """Something that may be why a run is stuck. severity: problem (it can not learn so), warning, hint."""

    kind: str
    severity: str
    sentence: str
    values: dict[str, Any]
    layer: str | None = None
    experiment: Experiment | None = None

    def to_json(self) -> dict[str, Any]:
        said = {"id": self.sentence, "values": self.values, "text": say(self.sentence, self.values)}
        found = {"kind": self.kind, "severity": self.severity, "layer": self.layer, "sentence": said}
        return found | {"experiment": self.experiment.to_json() if self.experiment else None}


@dataclass(frozen=True)
class Evidence:
    """course: rows from the start to now, thinned, (k, columns). recent: the last rows, each one. Epochs only."""

    trainer: "Trainer"
    course: Array
    recent: Array

    @cached_property
    def statistics(self) -> list[dict[str, Any]]:
        return self.trainer.statistics()

    @property
    def now(self) -> dict[str, float]:
        """The newest row by name."""
        return dict(zip(COLUMNS, map(float, self.recent[-1]), strict=True))

    def column(self, name: str, rows: Array | None = None) -> Array:
        return (self.recent if rows is None else rows)[:, COLUMN[name]]

    @property
    def classes(self) -> int:
        """0 for regression."""
        return self.trainer.coding.classes

    @property
    def enough(self) -> bool:
        """Whether there is a course to speak of."""
        return len(self.recent) > ENOUGH and bool(np.isfinite(self.recent[:, 2:4]).all())

    @property
    def solved(self) -> bool:
        """Whether the training examples are learned."""
        metric = self.now["train_metric"]
        return metric >= (SOLVED_ACCURACY if self.classes else SOLVED_R2)

    def another_optimizer(self) -> Experiment:
        """Adam where it is not tried yet, else another start."""
        if self.trainer.training.optimizer.name not in ("adam", "adamw"):
            return Experiment("try_adam", {}, {"optimizer": {"type": "adam"}})
        return Experiment("try_seed", {}, {"seed": self.trainer.seed + 1})

    @property
    def hidden(self) -> list[Node]:
        return list(self.trainer.network.nodes[:-1])

    @property
    def rate(self) -> float:
        return self.trainer.training.optimizer.learning_rate

    @cached_property
    def jumps(self) -> tuple[float, float, float]:
        """Of the training loss, row by row: share of rises beyond 2 %, mean relative change, fall per epoch."""
        loss, epochs = self.column("train_loss"), self.column("epoch")
        before, after = loss[:-1], loss[1:]
        middle = np.maximum((before + after) / 2, 1e-12)
        change = (after - before) / middle
        span = max(float(epochs[-1] - epochs[0]), 1e-9)
        fall = (math.log(max(loss[0], 1e-12)) - math.log(max(loss[-1], 1e-12))) / span
        return float((change > 0.02).mean()), float(np.abs(change).mean()), fall

    @cached_property
    def step(self) -> float:
        """About how far one update moves the weights, relative to their length."""
        trainer = self.trainer
        length = max(norm(trainer.parameters.flat), 1e-12)
        adaptive = trainer.training.optimizer.name != "sgd"
        move = math.sqrt(trainer.parameters.flat.size) if adaptive else self.now["gradient_norm"]
        momentum = getattr(trainer.training.optimizer, "momentum", 0.0)
        return trainer.learning_rate() * move / max(1e-3, 1 - momentum) / length
