"""The newest part of a run's history, shared by everyone who watches: rows in the order made, numbered 1, 2, 3 …

Rows stay until they are in the store and older than what watchers usually miss; the rest is read from there.
"""

import numpy as np

from engine.events import COLUMNS

KEEP = 4096  # rows kept in memory although the store has them


def no_rows() -> np.ndarray:
    return np.empty((0, len(COLUMNS)))


class History:
    """Rows (k, len(COLUMNS)) float64. `first` and `last` are the numbers of the oldest and newest row in memory."""

    def __init__(self, last: int = 0) -> None:
        self.first = last + 1
        self.last = last
        self._rows = no_rows()  # those in memory, and room for more behind them

    def append(self, first: int, rows: np.ndarray) -> bool:
        """Add rows of which the first has number `first`; those that are there already are passed over.

        False when such a row differs from the one there (a run went on from a checkpoint, and differently): then
        nothing was added. Raises ValueError where rows are missing in between.
        """
        if first > self.last + 1:
            raise ValueError(f"Expected row {self.last + 1}, got {first}.")
        if first <= self.last:
            both = max(first, self.first)
            known = self.read(both - 1, len(rows) - (both - first))
            if not np.array_equal(known, rows[both - first :][: len(known)], equal_nan=True):
                return False
        new = rows[self.last + 1 - first :]
        used = self.last + 1 - self.first
        if used + len(new) > len(self._rows):
            room = len(new) + 32 + used // 4  # in proportion, so that a row is copied a few times, not for ever
            self._rows = np.concatenate([self._rows[:used], np.empty((room, len(COLUMNS)))])
        self._rows[used : used + len(new)] = new
        self.last += len(new)
        return True

    def read(self, after: int, limit: int) -> np.ndarray:
        """Rows after + 1, after + 2 …, `limit` at most. Raises LookupError where those are not in memory any more."""
        if after + 1 < self.first:
            raise LookupError(f"Row {after + 1} is not in memory any more.")
        begin = after + 1 - self.first
        return self._rows[begin : max(begin, min(begin + limit, self.last + 1 - self.first))].copy()

    def cut(self, last: int) -> None:
        """Forget what came after row `last`."""
        self.last = last
        self.first = min(self.first, last + 1)

    def trim(self, stored: int) -> None:
        """Let go of old rows that the store has up to number `stored`."""
        spare = min(stored, self.last - KEEP) + 1 - self.first
        if spare > KEEP // 4:  # not for every row: the others have to be copied
            self._rows = self._rows[spare : self.last + 1 - self.first].copy()
            self.first += spare
