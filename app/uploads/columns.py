"""Columns of a table: which hold numbers, which categories, which nothing to learn from, and what is wrong in them."""

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from app.uploads.dialect import THOUSANDS, is_missing
from app.uploads.problems import Problem

NUMBER, CATEGORY, OUT = "number", "category", "out"
CATEGORIES = 50  # different values that a column may have to be taken as categories without being asked
CLASSES = 200  # classes of a target
LARGEST = 1e30  # its square must still be a number
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
COUNTERS = re.compile(r"(|#|id|index|idx|nr|no|row|row ?number|unnamed: \d+|column 1|.*[_ ]?id)", re.IGNORECASE)
BINS = 12


def number(cell: str, decimal: str) -> float | None:
    """The number that a cell holds, written with this decimal sign; None where it holds none."""
    if THOUSANDS.fullmatch(cell.split(decimal)[0]):
        whole, sign, part = cell.partition(decimal)
        if decimal not in whole or not sign:
            cell = re.sub(r"[.,' \u00a0\u202f]" if decimal not in whole else r"[' ]", "", whole) + sign + part
    if decimal == ",":
        if "." in cell:
            return None
        cell = cell.replace(",", ".")
    if not PLAIN.fullmatch(cell):
        return None
    value = float(cell)
    return value if abs(value) <= LARGEST else None


@dataclass
class Column:
    """One column: its cells as text, and what was made of them."""

    name: str
    cells: list[str]
    decimal: str
    chosen: str = ""  # what its owner said it is
    numbers: list[float | None] = field(init=False)
    missing: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        read: dict[str, float | None] = {}  # many cells are alike
        lost: dict[str, bool] = {}
        for cell in self.cells:
            if cell not in read:
                lost[cell] = is_missing(cell)
                read[cell] = None if lost[cell] else number(cell, self.decimal)
        self.numbers = [read[cell] for cell in self.cells]
        self.missing = [lost[cell] for cell in self.cells]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value is there, missing ones aside."""
        return Counter(cell for cell, lost in zip(self.cells, self.missing, strict=True) if not lost)

    @cached_property
    def bad(self) -> list[int]:
        """Rows whose cell is neither a number nor missing."""
        return [k for k, (n, lost) in enumerate(zip(self.numbers, self.missing, strict=True)) if n is None and not lost]

    @property
    def known(self) -> int:
        """Cells that are not missing."""
        return len(self.cells) - sum(self.missing)

    @property
    def mostly_numbers(self) -> bool:
        good = self.known - len(self.bad)
        return good > 0 and (not self.bad or (good >= 3 and len(self.bad) <= max(1, self.known // 10)))

    @property
    def kind(self) -> str:
        """number, category, or out: what it is taken for."""
        return self.chosen or self._guess[0]

    @property
    def note(self) -> str:
        """Why it is left out, where it was not its owner who said so."""
        return "" if self.chosen else self._guess[1]

    @cached_property
    def _guess(self) -> tuple[str, str]:
        if not self.known:
            return OUT, "empty"
        if len(self.counts) == 1:
            return OUT, "always the same"
        if self.mostly_numbers:
            return (OUT, "counts the rows") if self._counts_rows() else (NUMBER, "")
        if len(self.counts) > CATEGORIES or (len(self.counts) > self.known / 2 and self.known >= 10):
            return OUT, f"{len(self.counts):,} different texts"
        return CATEGORY, ""

    def _counts_rows(self) -> bool:
        """A number for each row, one by one, under a name that promises nothing else."""
        values = [n for n in self.numbers if n is not None]
        steps = all(b - a == 1 for a, b in pairwise(values))
        return bool(COUNTERS.fullmatch(self.name)) and len(values) == len(self.cells) > 2 and steps

    @cached_property
    def values(self) -> list[str]:
        """The categories: numbers by size, words by the alphabet."""
        if self.bad:
            return sorted(self.counts, key=lambda cell: (cell.casefold(), cell))
        size = dict(zip(self.cells, self.numbers, strict=True))
        return sorted(self.counts, key=lambda cell: (size[cell] or 0.0, cell))

    def problems(self, rows: list[int], most: int) -> list[Problem]:
        """Cells that are no numbers where numbers are expected."""
        fix = "Correct the cell, or take the column as categories, or leave it out."
        return [Problem(self._said(k), fix, rows[k], self.name) for k in self.bad[:most]]

    def _said(self, k: int) -> str:
        cell = self.cells[k] if len(self.cells[k]) <= 40 else f"{self.cells[k][:39]}…"
        other = "," if self.decimal == "." else "."
        if re.fullmatch(r"(?i)[+-]?(inf(inity)?|\d[\d.]*e\+?\d{2,})", cell):
            return f"{cell!r} is too large a number"
        if number(self.cells[k], other) is not None:
            word = "point" if self.decimal == "." else "comma"
            return f"{cell!r} is not a number; the others are written with a decimal {word}"
        return f"{cell!r} is not a number"

    def array(self) -> np.ndarray:
        """The numbers, NaN where there is none."""
        return np.array([np.nan if n is None else n for n in self.numbers], np.float64)

    def codes(self, values: list[str]) -> np.ndarray:
        """Which of the categories each cell is, −1 where it is missing."""
        place = {value: k for k, value in enumerate(values)}
        return np.array(
            [-1 if lost else place[cell] for cell, lost in zip(self.cells, self.missing, strict=True)], np.int64
        )

    def describe(self, role: str) -> dict[str, Any]:
        """What a preview shows of it."""
        about: dict[str, Any] = {
            "name": self.name,
            "role": role,
            "kind": self.kind,
            "note": self.note,
            "missing": len(self.cells) - self.known,
            "different": len(self.counts),
            "numeric": self.mostly_numbers,
        }
        if self.kind != CATEGORY and self.mostly_numbers:
            values = self.array()
            values = values[np.isfinite(values)]
            bins, edges = np.histogram(values, BINS)
            numbers = {"lo": float(edges[0]), "hi": float(edges[-1]), "mean": float(values.mean())}
            return {**about, **numbers, "bins": bins.tolist(), "top": []}
        top = [[value[:40], n] for value, n in self.counts.most_common(8)]
        return {**about, "lo": None, "hi": None, "mean": None, "bins": [], "top": top}
