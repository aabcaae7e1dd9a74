"""Many runs of one experiment as one picture: median and quartiles over the epochs, and how many have solved it."""

from typing import Any

import numpy as np

from engine.events import COLUMNS

MOST = 200  # epochs shown


def band(curves: list[np.ndarray], column: str) -> dict[str, list[Any]]:
    """Over whole epochs: lower quartile, median and upper quartile of the runs that have got so far, and how many.

    curves: rows (k, columns) of each run, perhaps thinned. Between two rows of a run its value is the earlier one's. A
    run that has ended no longer counts; one whose loss is beyond all bounds counts as infinite.
    """
    place = COLUMNS.index(column)
    parts = [c[np.isfinite(c[:, 0])] for c in curves if len(c)]
    last = max((float(c[-1, 0]) for c in parts), default=0.0)
    step = max(1, int(np.ceil((int(last) + 1) / MOST)))
    epochs = np.arange(0, int(last) + 1, step)
    out: dict[str, list[Any]] = {"epochs": epochs.tolist(), "lower": [], "median": [], "upper": [], "count": []}
    values = np.full((len(parts), len(epochs)), np.nan)
    for k, c in enumerate(parts):
        at = np.searchsorted(c[:, 0], epochs, side="right") - 1
        there = (at >= 0) & (epochs <= c[-1, 0])
        values[k, there] = c[at[there], place]
    for column_of_epoch in values.T:
        present = column_of_epoch[~np.isnan(column_of_epoch)]
        lower, median, upper = (
            np.quantile(present, (0.25, 0.5, 0.75), method="nearest") if len(present) else [np.nan] * 3
        )
        for name, value in (("lower", lower), ("median", median), ("upper", upper)):
            out[name].append(float(value) if np.isfinite(value) else None)
        out["count"].append(len(present))
    return out


def meets(rows: np.ndarray, criterion: dict[str, Any]) -> np.ndarray:
    """Whether each row (k, columns) meets the criterion {"column", "below" or "at_least"}."""
    values = rows[:, COLUMNS.index(criterion["column"])]
    below = criterion.get("below")
    return values < below if below is not None else values >= criterion["at_least"]


def solved(curve: np.ndarray, criterion: dict[str, Any]) -> tuple[bool, float | None]:
    """Whether the newest row meets the criterion, and the first epoch shown that did."""
    if not len(curve):
        return False, None
    met = meets(curve, criterion)
    return bool(met[-1]), float(curve[np.argmax(met), 0]) if met.any() else None
