"""A parameter that is a list of points of the plane, each with a class or a value: data placed by hand.

A mistake is named by the number of its point: `data.points.17`.
"""

from typing import Any

from engine.errors import SpecError
from engine.spec import OWN_RULES, Param, _param, show

Points = tuple[tuple[float, float, float], ...]


def points(default: Points, *, lo: float, hi: float, length: tuple[int, int], third: str, help: str) -> Any:
    """A list of [x, y, third]; x and y from lo to hi. third: 'class' (a whole number from 0) or 'value' (lo to hi)."""
    return _param(default, "points", help, lo=lo, hi=hi, length=length, options=("x", "y", third))


def read(p: Param, value: Any) -> Points:
    """The points as tuples. Raises SpecError, its `where` the number of the first point that is wrong."""
    fewest, most = p.length
    if not isinstance(value, list | tuple) or not fewest <= len(value) <= most:
        got = f"{len(value)} of them" if isinstance(value, list | tuple) else show(value)
        form = f"[{', '.join(p.options)}]"
        raise SpecError(f"Expected a list of {fewest} to {most:,} points {form}, got {got}.", where=p.name)
    return tuple(read_one(p, point, number) for number, point in enumerate(value))


def read_one(p: Param, point: Any, number: int | None = None) -> tuple[float, float, float]:
    """One point. number: its place in the list, where that is known."""
    where = p.name if number is None else f"{p.name}.{number}"
    form = f"[{', '.join(p.options)}]"
    if not isinstance(point, list | tuple) or len(point) != 3:
        raise SpecError(f"Expected a point {form}, got {show(point)}.", where=where)
    out = []
    for name, entry in zip(p.options, point, strict=True):
        whole = name == "class"
        lo, hi = (0, MOST_CLASSES - 1) if whole else (p.lo, p.hi)
        kind = "a whole number" if whole else "a number"
        good = isinstance(entry, int | float) and not isinstance(entry, bool)
        if not good or not lo <= entry <= hi or (whole and entry != int(entry)):
            raise SpecError(f"Expected {name} to be {kind} from {lo:g} to {hi:g}, got {show(entry)}.", where=where)
        out.append(int(entry) if whole else float(entry))
    return (out[0], out[1], out[2])


MOST_CLASSES = 8
OWN_RULES["points"] = read
