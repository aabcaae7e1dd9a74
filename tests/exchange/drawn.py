"""Networks drawn from the catalogue, for property tests: any layers whose shapes fit, with any parameters they declare.

A parameter that a setting makes meaningless is left at its default (a border where there is none, an offset's start
where there is no offset), since no other tool could say it: `plain` does the same to a network.
"""

import math
from typing import Any

from hypothesis import strategies as st

import engine.experiment  # noqa: F401  fills the catalogue
from engine.errors import PlaygroundError
from engine.network import Network
from engine.spec import CATALOGUE, Param, make, params, to_json

SHAPES = st.one_of(
    st.tuples(st.integers(1, 6)),
    st.tuples(st.integers(1, 6), st.integers(1, 4)),
    st.tuples(st.integers(2, 7), st.integers(2, 7), st.integers(1, 3)),
)
MOST = 6  # as the largest drawn number of units, filters, places …
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


@st.composite
def values(draw: Any, p: Param) -> Any:
    """Any value that a parameter declares, small where it is a size."""
    if p.widget == "part":
        name = draw(st.sampled_from(sorted(CATALOGUE[p.kind])))
        return {"type": name, **draw(parameters(CATALOGUE[p.kind][name]))}
    if p.optional and draw(st.booleans()):
        return None
    if p.widget == "flag":
        return draw(st.booleans())
    if p.widget == "choice":
        return draw(st.sampled_from(p.options))
    if p.widget == "real":
        return _real(draw, p)
    assert p.lo is not None and p.hi is not None
    whole = st.integers(int(p.lo), int(min(p.hi, max(p.lo, MOST))))
    if p.widget == "pair":
        return draw(st.tuples(whole, whole).map(list))
    return draw(whole)


def _real(draw: Any, p: Param) -> float:
    assert p.lo is not None and p.hi is not None
    number = draw(st.decimals(p.lo, min(p.hi, 10.0), places=3, allow_nan=False, allow_infinity=False))
    value = float(number)
    return p.default if (p.open_lo and value == p.lo) or (p.open_hi and value >= p.hi) else value


@st.composite
def parameters(draw: Any, cls: type) -> dict[str, Any]:
    """All parameters of a part, but for those that are lists of sizes."""
    return {p.name: draw(values(p)) for p in params(cls) if p.widget not in ("shape", "numbers", "points")}


@st.composite
def layers(draw: Any, shape: tuple[int, ...]) -> dict[str, Any]:
    """A layer that takes this shape, if the draw is lucky; Reshape gets sizes that fit."""
    name = draw(st.sampled_from(sorted(name for name, cls in CATALOGUE["layer"].items() if not cls.merges)))
    spec = {"type": name, **draw(parameters(CATALOGUE["layer"][name]))}
    if name == "reshape":
        size = math.prod(shape)
        divisor = draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))
        spec["shape"] = draw(st.sampled_from([[size], [-1], [divisor, -1], [divisor, size // divisor]]))
    return spec


@st.composite
def networks(draw: Any, names: Any = NAMES, most: int = 7) -> Network:
    """A network of up to that many layers, some of which read earlier ones again and join them."""
    shape = draw(SHAPES)
    entries: list[dict[str, Any]] = []
    shapes: dict[str, tuple[int, ...]] = {"input": shape}
    before = "input"
    for id in draw(st.lists(names.filter(lambda n: n != "input"), min_size=1, max_size=most, unique=True)):
        entry = {"id": id, **draw(_join(before, shapes) if draw(st.integers(0, 3)) == 0 else layers(shapes[before]))}
        sources = entry.get("inputs", [before])
        try:
            layer = make("layer", entry, extra=("id", "inputs"))
            out = tuple(layer.out_shape(*(shapes[i] for i in sources)))
        except PlaygroundError:
            continue
        if math.prod(out) > 2000:
            continue
        entries.append(entry)
        shapes[id], before = out, id
    if not entries:
        entries, before = [{"id": "only", "type": "flatten"}], "only"
    return Network.from_json(_read(entries), shape)


@st.composite
def _join(draw: Any, before: str, shapes: dict[str, tuple[int, ...]]) -> dict[str, Any]:
    """A layer that joins the last one with an earlier one that fits, or itself."""
    kind = draw(st.sampled_from(sorted(name for name, cls in CATALOGUE["layer"].items() if cls.merges)))
    fitting = [
        i for i, s in shapes.items() if s[:-1] == shapes[before][:-1] and (kind == "concatenate" or s == shapes[before])
    ]
    return {
        "type": kind,
        "inputs": [before, draw(st.sampled_from(fitting)), *draw(st.lists(st.sampled_from(fitting), max_size=1))],
    }


def _read(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without layers that the last one does not follow from."""
    needed, before = {entries[-1]["id"]}, {}
    for k, entry in enumerate(entries):
        before[entry["id"]] = entry.get("inputs") or [entries[k - 1]["id"] if k else "input"]
    for entry in reversed(entries):
        if entry["id"] in needed:
            needed |= set(before[entry["id"]])
    return [{**e, "inputs": before[e["id"]]} for e in entries if e["id"] in needed]


def plain(network: Network) -> dict[str, Any]:
    """A network's JSON in which parameters that mean nothing are at their defaults."""
    out = network.to_json()
    for entry in out["layers"]:
        default = to_json(type(make("layer", entry, extra=("id", "inputs")))())
        if entry.get("strides") == entry.get("pool_size", 0):
            entry["strides"] = None
        if "border" in entry:
            if entry["padding"] == "explicit" and not _any(entry["border"]):
                entry["padding"] = "valid"
            if entry["padding"] != "explicit":
                entry["border"] = default["border"]
        if entry.get("bias") is False:
            entry["bias_initializer"] = default["bias_initializer"]
            if "unit_forget_bias" in entry:
                entry["unit_forget_bias"] = default["unit_forget_bias"]
    return out


def _any(value: Any) -> bool:
    return any(value) if isinstance(value, list) else bool(value)
