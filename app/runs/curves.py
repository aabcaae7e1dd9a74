"""A run's history in a few hundred rows, kept up to date: enough for a chart, a band of many runs, a diagnosis."""

import numpy as np

from app.runs.feed import Feed
from app.runs.history import no_rows
from app.runs.manager import Manager

MOST = 400  # rows; half as many after thinning
RECENT = 64  # of the last rows, for a diagnosis
PAGE = 10_000  # rows read at a time


class Curve:
    """Rows 1, 1 + stride, 1 + 2 stride …, and the newest."""

    def __init__(self) -> None:
        self.stride, self.last = 1, 0
        self._rows, self._newest = no_rows(), no_rows()

    def extend(self, rows: np.ndarray) -> None:
        """The rows after the last one known, all of them."""
        if not len(rows):
            return
        skip = -self.last % self.stride
        self._rows = np.concatenate([self._rows, rows[skip :: self.stride]])
        self.last += len(rows)
        self._newest = rows[-1:].copy()
        while len(self._rows) > MOST:
            self.stride *= 2
            self._rows = self._rows[::2]

    def shown(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of the rows, and the rows (k, columns)."""
        seqs = 1 + self.stride * np.arange(len(self._rows))
        if not len(seqs) or seqs[-1] == self.last:
            return seqs, self._rows
        return np.append(seqs, self.last), np.concatenate([self._rows, self._newest])


async def of(runs: Manager, feed: Feed) -> Curve:
    """The curve of a run: made when first asked for, then only what is new is added."""
    if feed.curve is None or feed.curve[0] != feed.generation:
        feed.curve = (feed.generation, Curve())
    generation, curve = feed.curve
    while curve.last < feed.record.seq:
        before = curve.last
        rows = await runs.history(feed, before, PAGE)
        if not len(rows) or feed.generation != generation:
            break
        if curve.last == before:  # nobody else added them meanwhile
            curve.extend(rows)
    return curve


async def course(runs: Manager, feed: Feed) -> tuple[np.ndarray, np.ndarray]:
    """Rows from the start to now, thinned, and the last ones, each epoch's."""
    _, rows = (await of(runs, feed)).shown()
    recent = await runs.history(feed, max(0, feed.record.seq - RECENT), RECENT)
    return rows, recent
