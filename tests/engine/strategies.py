"""Random JSON made from the declarations: whole valid parts, and values that are none.

part_json("optimizer")   any optimizer with any parameters that its declaration allows
wrong_values(p)          values that parameter p must refuse
"""

import math
from functools import cache
from typing import Any

from hypothesis import strategies as st

from engine.spec import CATALOGUE, Param, params

SMALL = 6  # sizes stay small, so that many can be tried
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.just(10**400)
    | st.just(-(10**30)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@cache
def value_of(p: Param, largest: int = SMALL) -> st.SearchStrategy:
    """Any value that a parameter allows; whole numbers up to `largest` above the smallest allowed."""
    lo, hi = p.lo, p.hi
    if p.widget in ("integer", "pair", "shape"):
        whole = st.integers(int(lo), int(min(hi, max(lo, 0) + largest)))
        if p.widget == "integer":
            out: st.SearchStrategy = whole
        else:
            sizes = (2, 2) if p.widget == "pair" else p.length
            out = whole | st.lists(whole, min_size=sizes[0], max_size=sizes[1])
    elif p.widget in ("real", "numbers"):
        out = st.floats(lo, hi, exclude_min=p.open_lo, exclude_max=p.open_hi)
        if p.widget == "numbers":
            out = st.lists(out, min_size=p.length[0], max_size=p.length[1])
            out = out | st.sampled_from(p.options) if p.options else out
    elif p.widget == "part":
        out = part_json(p.kind)
    elif p.widget == "points":
        third = st.integers(0, 1) if p.options[2] == "class" else st.floats(lo, hi)
        out = st.lists(st.tuples(st.floats(lo, hi), st.floats(lo, hi), third).map(list), min_size=20, max_size=40)
    else:
        out = {"flag": st.booleans(), "choice": st.sampled_from(p.options or ("",)), "text": st.text(max_size=9)}[
            p.widget
        ]
    return out | st.none() if p.optional else out


@cache
def part_json(kind: str, *names: str, largest: int = SMALL) -> st.SearchStrategy:
    """The JSON of any part of a kind: its name alone, or with some of its parameters."""
    return st.sampled_from(names or tuple(CATALOGUE[kind])).flatmap(lambda name: named_json(kind, name, largest))


@cache
def named_json(kind: str, name: str, largest: int = SMALL) -> st.SearchStrategy:
    """The JSON of the part of this name."""
    fields = {p.name: value_of(p, largest) for p in params(CATALOGUE[kind][name])}
    with_parameters = st.fixed_dictionaries({"type": st.just(name)}, optional=fields)
    return with_parameters if kind in ("layer", "dataset") else st.just(name) | with_parameters


def wrong_values(p: Param) -> list[Any]:
    """Values that a parameter must refuse: beyond each bound by the least there is, and of other types."""
    wrong: list[Any] = [] if p.optional else [None]
    if p.widget in ("integer", "real", "pair", "shape", "numbers"):
        assert p.lo is not None
        assert p.hi is not None
        lo, hi = float(p.lo), float(p.hi)
        whole = p.widget in ("integer", "pair", "shape")
        below = p.lo - 1 if whole else lo if p.open_lo else math.nextafter(lo, -math.inf)
        above = p.hi + 1 if whole else hi if p.open_hi else math.nextafter(hi, math.inf)
        numbers = [below, above, math.nan, math.inf, -math.inf, 10**400, -(10**400), 1e300, True, False, "1", "", {}]
        numbers += [lo + 0.5, str(p.default)] if whole else []
        wrong += [*numbers, [], ["1"]]
        if p.widget in ("integer", "real"):
            wrong += [[p.hi]]
        if p.widget == "pair":
            wrong += [[p.lo], [p.lo] * 3, [p.lo, above], [below, p.lo], [p.lo, None], [[p.lo, p.lo], p.lo]]
        if p.widget in ("shape", "numbers"):
            wrong += [[p.hi] * (p.length[1] + 1), [above], [[p.hi]]]
    elif p.widget == "points":
        good = [0, 0, 0]
        wrong += [7, "points", {}, [], [good], [good] * (p.length[1] + 1), [good, 7], [good, [0, 0]], [good, [0] * 4]]
        wrong += [[good, [entry, 0, 0]] for entry in (p.lo - 1, p.hi + 1, math.nan, math.inf, None, "1", True, [0])]
        wrong += [[good, [0, 0, entry]] for entry in (-11, 11, math.nan, None, "blue", True)]
    elif p.widget == "flag":
        wrong += [0, 1, "true", "", [], {}, 1.0]
    elif p.widget == "choice":
        wrong += ["nothing of this name", 7, 1.5, True, [], {}, [p.default]]
    elif p.widget == "part":
        wrong += ["nothing of this name", 7, True, [], {}, {"type": []}, {"type": None}, {"type": {}}, [p.default]]
    elif p.widget == "text":
        wrong += [7, True, [], {}]
    return wrong
