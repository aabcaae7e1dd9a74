"""What a server answers, as frozen dataclasses with NumPy arrays where there are many numbers."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

ENDED = ("finished", "diverged", "failed")


@dataclass(frozen=True)
class RunInfo:
    """How a run stands. state: created, running, paused; or finished, diverged, failed, and then message says why."""

    id: str
    name: str
    state: str
    message: str
    fix: str
    epoch: int
    update: int
    start: int
    seq: int
    seed: int
    spec: dict[str, Any]
    settings: dict[str, Any]
    parent: str | None
    created_at: str
    changed_at: str

    @classmethod
    def of(cls, answer: dict[str, Any]) -> "RunInfo":
        """From the JSON of a run; what is not known here is passed over."""
        return cls(**{field.name: answer[field.name] for field in fields(cls)})

    @property
    def ended(self) -> bool:
        """It does not go on by itself or by `play`."""
        return self.state in ENDED


@dataclass(frozen=True)
class Row:
    """One row of a run's history; None where a number is not defined."""

    seq: int
    epoch: float
    update: float
    train_loss: float | None
    test_loss: float | None
    train_metric: float | None
    test_metric: float | None
    penalty: float | None
    learning_rate: float | None
    gradient_norm: float | None

    @classmethod
    def of(cls, seq: int, columns: list[str], values: list[float | None]) -> "Row":
        known = dict(zip(columns, values, strict=True))
        return cls(seq, **{field.name: known.get(field.name) for field in fields(cls)[1:]})  # type: ignore[arg-type]


@dataclass(frozen=True)
class History:
    """Rows of a start, as one array: `history["test_loss"]` is a column, `len(history)` the number of rows."""

    columns: tuple[str, ...]
    rows: np.ndarray  # (k, columns) float64, NaN where a number is not defined
    start: int
    first: int  # number of the first row

    def __getitem__(self, column: str) -> np.ndarray:
        return self.rows[:, self.columns.index(column)]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Event:
    """Something that happened to a run: hello, frame, state, note, reset, end; data as the stream has it."""

    kind: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Prediction:
    """What a network says. outputs: (n, …). predicted: class numbers. values: in the data set's units."""

    outputs: np.ndarray
    epoch: int
    update: int
    classes: tuple[str, ...] | None
    predicted: np.ndarray | None
    values: np.ndarray | None


@dataclass(frozen=True)
class Examples:
    """Examples of a run's data. raw: as the data set has them; inputs: as the network reads them."""

    index: np.ndarray
    raw: Any
    inputs: np.ndarray
    targets: np.ndarray
    total: int
    classes: tuple[str, ...] | None


@dataclass(frozen=True)
class Evaluation:
    """How well a run does on one part of its data. metric: accuracy or R²; confusion: rows are the true classes."""

    split: str
    loss: float | None
    metric: float | None
    confusion: np.ndarray | None
    classes: tuple[str, ...] | None
    epoch: int
    update: int


def array(values: Any, dtype: Any = np.float32) -> Any:
    """Nested lists as an array, null as NaN; None stays None."""
    return None if values is None else np.array(values, dtype)


def names(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)
