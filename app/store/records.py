"""A run as it is kept: one row of the table `runs`, and what a checkpoint adds to it."""

from dataclasses import asdict, dataclass, fields
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
    left: int = 0

    @property
    def seed(self) -> int:
        return self.spec["seed"]

    def values(self) -> dict[str, Any]:
        return asdict(self)

    def meta(self) -> dict[str, Any]:
        """What a worker must know to go on with the run beside spec and checkpoint."""
        kept = ("state", "message", "fix", "start", "seq", "unit", "left")
        return {name: getattr(self, name) for name in kept} | {"speed": self.settings.get("speed")}


@dataclass
class Save:
    """A checkpoint and the history rows up to it that the store does not have yet: written in one transaction."""

    run: str
    changes: dict[str, Any]  # columns of `runs`; "start" and "seq" among them
    blob: bytes
    first: int  # number of the first row
    rows: np.ndarray  # (k, width) float64

    def __post_init__(self) -> None:
        unknown = set(self.changes) - {f.name for f in fields(Record)}
        if unknown:
            raise ValueError(f"Not columns of a run: {sorted(unknown)}")

    def then(self, later: "Save") -> "Save":
        """Both in one: the later checkpoint, and the rows of both where they belong to the same start."""
        if later.changes["start"] != self.changes["start"] or later.first <= self.first:
            return later
        rows = np.concatenate([self.rows[: later.first - self.first], later.rows])
        return Save(self.run, {**self.changes, **later.changes}, later.blob, self.first, rows)
