"""A run as it is kept: one row of the table `runs`, and what a checkpoint adds to it."""

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

import numpy as np


@dataclass
class Record:
    """Everything about a run but its arrays."""

    id: str
    key_hash: str
    name: str
    spec: dict[str, Any]
    settings: dict[str, Any]
    created_at: float
    changed_at: float
    state: str = "created"
    message: str = ""
    fix: str = ""
    start: int = 1
    seq: int = 0
    epoch: int = 0
    update: int = 0
    unit: str | None = None
    goal: int = 0
    parent: str | None = None
    fork_seq: int | None = None
    fork_update: int | None = None
    group_id: str | None = None
    member: int | None = None

    @property
    def seed(self) -> int:
        return self.spec["seed"]

    def values(self) -> dict[str, Any]:
        return asdict(self)

    def meta(self) -> dict[str, Any]:
        """What a worker must know to go on with the run beside spec and checkpoint."""
        kept = ("state", "message", "fix", "start", "seq", "unit", "goal")
        return {name: getattr(self, name) for name in kept} | {"speed": self.settings.get("speed")}


COLUMNS_OF_RUN = frozenset(f.name for f in fields(Record))


@dataclass
class GroupRecord:
    """Runs made together: one experiment, and the changes that make each run's own of it."""

    id: str
    key_hash: str
    name: str
    spec: dict[str, Any]
    changes: list[dict[str, Any]]
    criterion: dict[str, Any] | None
    created_at: float


@dataclass
class Moments:
    """Moments of a time line that are new, as bytes by row, and how it is thinned: rows `first` + k · `stride`."""

    first: int = 1
    stride: int = 1
    new: dict[int, bytes] = field(default_factory=dict)

    def keep(self, seq: int) -> bool:
        return (seq - self.first) % self.stride == 0

    def then(self, later: "Moments") -> "Moments":
        """Both in one, thinned as the later one is."""
        return Moments(later.first, later.stride, {s: m for s, m in self.new.items() if later.keep(s)} | later.new)


@dataclass
class Save:
    """A checkpoint, with the history rows and moments up to it that the store does not have yet: one transaction."""

    run: str
    changes: dict[str, Any]  # columns of `runs`; "start" and "seq" among them
    blob: bytes
    first: int  # number of the first row
    rows: np.ndarray  # (k, width) float64
    moments: Moments = field(default_factory=Moments)

    def __post_init__(self) -> None:
        if unknown := self.changes.keys() - COLUMNS_OF_RUN:
            raise ValueError(f"Not columns of a run: {sorted(unknown)}")

    def then(self, later: "Save") -> "Save":
        """Both in one: the later checkpoint, and the rows of both where they belong to the same start."""
        if later.changes["start"] != self.changes["start"]:
            return later
        moments = self.moments.then(later.moments)
        if later.first <= self.first:
            return replace(later, moments=moments)
        rows = np.concatenate([self.rows[: later.first - self.first], later.rows])
        return Save(self.run, {**self.changes, **later.changes}, later.blob, self.first, rows, moments)
