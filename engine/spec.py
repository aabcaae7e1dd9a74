"""The catalogue: each part of a network is declared once, and everything else is derived from that.

A part is a class with annotated fields:

    @part("layer", "dense", label="Dense", formula=r"y = xW + b")
    class Dense:
        \"\"\"Every output is a weighted sum of all inputs, plus a learned offset.\"\"\"
        units: int = integer(16, lo=1, hi=4096, help="How many outputs the layer has.")

`@part` freezes it, gives it a constructor and enters it in `CATALOGUE[kind][name]`. `make` turns JSON into a
part and refuses what the declaration does not allow; `to_json` is its inverse; `describe` is what forms,
schemas and the manual are made from.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform, get_type_hints

from engine.errors import SpecError

KINDS = (
    "layer", "activation", "loss", "optimizer", "schedule", "initializer",
    "regularizer", "metric", "dataset", "feature", "settings",
)  # fmt: skip
T = TypeVar("T")
CATALOGUE: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
PARAMS: dict[type, tuple["Param", ...]] = {}  # of the classes that `params` was asked about

# Widgets whose values are read by the file that declares their field: {widget: f(param, value)}.
OWN_RULES: dict[str, Callable[["Param", Any], Any]] = {}

# Names that saved files may still use for a part that has another name today: {(kind, old): new}.
ALIASES: dict[tuple[str, str], str] = {}


@dataclass(frozen=True)
class Param:
    """What a form, a schema and a manual need to know about one parameter of a part."""

    name: str
    widget: str  # integer | real | flag | choice | pair | shape | numbers | points | part | text
    default: Any
    help: str
    label: str = ""
    lo: float | None = None
    hi: float | None = None
    open_lo: bool = False  # lo itself is not allowed
    open_hi: bool = False
    options: tuple[Any, ...] = ()  # choice: the values allowed; numbers: words for the list; points: their numbers
    length: tuple[int, int] = (1, 1)  # shape, numbers, points: the fewest and the most entries
    kind: str = ""  # part: which kind of the catalogue
    optional: bool = False  # None is a value too
    live: bool = False  # may be changed while a run goes on
    scale: str = "linear"  # how a slider should move: linear | log
    presets: tuple[float, ...] = ()  # values that a menu should offer


def _param(default: Any, widget: str, help: str, **meta: Any) -> Any:
    return field(default=default, metadata={"widget": widget, "help": help, **meta})


def integer(default: int | None, *, lo: int, hi: int, help: str, **meta: Any) -> Any:
    """A whole number from lo to hi, both included."""
    return _param(default, "integer", help, lo=lo, hi=hi, **meta)


def real(default: float | None, *, lo: float, hi: float, help: str, **meta: Any) -> Any:
    """A finite number from lo to hi, ends included unless `open_lo` / `open_hi`."""
    return _param(default, "real", help, lo=lo, hi=hi, **meta)


def flag(default: bool, *, help: str, **meta: Any) -> Any:
    """Yes or no."""
    return _param(default, "flag", help, **meta)


def choice(default: Any, options: Iterable[Any], *, help: str, **meta: Any) -> Any:
    """One of a few named values."""
    return _param(default, "choice", help, options=tuple(options), **meta)


def pair(default: tuple[int, int], *, lo: int, hi: int, help: str, **meta: Any) -> Any:
    """Two whole numbers (height, width); JSON may give one number for both."""
    return _param(default, "pair", help, lo=lo, hi=hi, **meta)


def sizes(default: tuple[int, ...], *, lo: int, hi: int, help: str, **meta: Any) -> Any:
    """One to four whole numbers, the sizes of an array's axes; JSON may give one number for a single axis."""
    return _param(default, "shape", help, lo=lo, hi=hi, **{"length": (1, 4), **meta})


def numbers(default: Any, *, lo: float, hi: float, length: tuple[int, int], help: str, **meta: Any) -> Any:
    """A list of numbers, or one of the words in `options` that stands for such a list."""
    return _param(default, "numbers", help, lo=lo, hi=hi, length=length, **meta)


def sub(kind: str, default: str, *, help: str, **meta: Any) -> Any:
    """Another part of the catalogue: JSON gives its name, or an object with `type` and its parameters.

    The field holds the made part. `default` is a name.
    """
    return field(
        default_factory=lambda: CATALOGUE[kind][default](),
        metadata={"widget": "part", "help": help, "kind": kind, "default": default, **meta},
    )


@dataclass_transform(frozen_default=True)
def part(kind: str, name: str, *, label: str, formula: str = "", **facts: Any) -> Callable[[type[T]], type[T]]:
    """Enter a class in the catalogue under `CATALOGUE[kind][name]`.

    `facts` become class attributes: `keras` and `torch` (code, with {parameters} filled in), `examples`
    (parameters to test and show it with), `source` (where the formula comes from) and whatever a kind needs.
    Raises ValueError where the docstring is missing or the name is taken.
    """

    def enter(cls: type[T]) -> type[T]:
        if not (cls.__doc__ or "").strip():
            raise ValueError(f"{kind} {name!r} has no docstring: its first sentence is its explanation")
        if name in CATALOGUE[kind]:
            raise ValueError(f"{kind} {name!r} is declared twice")
        made = dataclass(frozen=True)(cls)
        made.kind, made.name, made.label, made.formula = kind, name, label, formula  # type: ignore[attr-defined]
        for key, value in ({"keras": "", "torch": "", "examples": ({},), "source": ""} | facts).items():
            if key not in made.__dict__:
                setattr(made, key, value)
        CATALOGUE[kind][name] = made
        return made

    return enter


def explanation(cls: type) -> str:
    """The first paragraph of a part's docstring, on one line."""
    return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())


def params(cls: type) -> tuple[Param, ...]:
    """The declared parameters of a part, in the order of declaration."""
    if cls not in PARAMS:
        PARAMS[cls] = tuple(_declared(cls))
    return PARAMS[cls]


def _declared(cls: type) -> Iterator[Param]:
    hints = get_type_hints(cls)
    for f in (f for f in fields(cls) if "widget" in f.metadata):
        meta = dict(f.metadata)
        default = meta.pop("default", None) if f.default is MISSING else f.default
        label = meta.pop("label", "") or f.name.replace("_", " ").capitalize()
        optional = type(None) in getattr(hints[f.name], "__args__", ())
        yield Param(name=f.name, default=default, label=label, optional=optional, **meta)


def lookup(kind: str, name: Any, where: str = "type") -> Any:
    """The class declared under this name. Raises SpecError naming the nearest names where there is none."""
    known = CATALOGUE[kind]
    key = ALIASES.get((kind, name), name) if isinstance(name, str) else name
    if not isinstance(key, str) or key not in known:
        raise SpecError(
            f"There is no {kind} called {show(name)}.", where=where, fix=f"Choose one of: {', '.join(sorted(known))}."
        )
    return known[key]


def make(kind: str, spec: Any, *, extra: Iterable[str] = ()) -> Any:
    """Turn JSON (`{"type": name, …parameters}`, or just the name) into a part.

    Parameters left out take their defaults. Keys in `extra` are passed over: they belong to the caller
    (a layer's `id` and `inputs`). Raises SpecError with the field's path in `where`.
    """
    if isinstance(spec, str):
        spec = {"type": spec}
    if not isinstance(spec, dict):
        raise SpecError(
            f"Expected a name or an object with a type, got {show(spec)}.", fix=f'Give the {kind} as {{"type": …}}.'
        )
    if "type" not in spec:
        raise SpecError(
            f"This {kind} has no type.", where="type", fix=f"Choose one of: {', '.join(sorted(CATALOGUE[kind]))}."
        )
    cls = lookup(kind, spec["type"])
    declared = {p.name: p for p in params(cls)}
    values = {}
    for key, value in spec.items():
        if key == "type" or key in extra:
            continue
        if key not in declared:
            has = ", ".join(declared) or "none"
            raise SpecError(
                f"{cls.label} has no parameter {show(key)}.", where=str(key)[:60], fix=f"Its parameters: {has}."
            )
        values[key] = coerce(declared[key], value)
    return cls(**values)


def coerce(p: Param, value: Any) -> Any:
    """The value as the declaration wants it. Raises SpecError where it is of another type or out of range."""
    if value is None and p.optional:
        return None
    if p.widget in OWN_RULES:
        return OWN_RULES[p.widget](p, value)
    if p.widget == "part":
        try:
            return make(p.kind, value)
        except SpecError as error:
            raise error.at(p.name) from None
    if p.widget == "pair":
        two = value if isinstance(value, list | tuple) else [value, value]
        if len(two) != 2:
            raise SpecError(f"Expected one whole number or two, got {show(value)}.", where=p.name)
        return tuple(_number(p, v, whole=True) for v in two)
    if p.widget in ("shape", "numbers"):
        return _list(p, value)
    if p.widget == "flag":
        if not isinstance(value, bool):
            raise SpecError(f"Expected true or false, got {show(value)}.", where=p.name)
        return value
    if p.widget == "choice":
        if value not in p.options or isinstance(value, bool) != any(isinstance(o, bool) for o in p.options):
            raise SpecError(
                f"Got {show(value)}.", where=p.name, fix=f"Choose one of: {', '.join(map(str, p.options))}."
            )
        return value
    if p.widget == "text":
        if not isinstance(value, str):
            raise SpecError(f"Expected text, got {show(value)}.", where=p.name)
        return value
    return _number(p, value, whole=p.widget == "integer")


def _list(p: Param, value: Any) -> Any:
    if isinstance(value, str) and value in p.options:
        return value
    kind, (fewest, most) = "whole numbers" if p.widget == "shape" else "numbers", p.length
    entries = [value] if isinstance(value, int | float) else value
    if not isinstance(entries, list | tuple) or not fewest <= len(entries) <= most:
        words = "".join(f"{word!r} or " for word in p.options)
        raise SpecError(f"Expected {words}a list of {fewest} to {most} {kind}, got {show(value)}.", where=p.name)
    return tuple(_number(p, entry, whole=p.widget == "shape") for entry in entries)


def _number(p: Param, value: Any, *, whole: bool) -> int | float:
    kind = "a whole number" if whole else "a number"
    assert p.lo is not None and p.hi is not None, f"{p.name} is declared without limits"
    limits = f"from {p.lo:g} to {p.hi:g}" if not p.open_lo else f"above {p.lo:g}, up to {p.hi:g}"
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise SpecError(f"Expected {kind} {limits}, got {show(value)}.", where=p.name)
    inside = p.lo <= value <= p.hi and not (p.open_lo and value == p.lo) and not (p.open_hi and value == p.hi)
    if not inside or (whole and value != int(value)):
        raise SpecError(f"Expected {kind} {limits}, got {show(value)}.", where=p.name)
    return int(value) if whole else float(value)


def show(value: Any) -> str:
    """A value that came from outside, short enough for a message."""
    if isinstance(value, int) and abs(value) > 10**50:
        return "a number of more than 50 digits"  # Python refuses to print very long ones
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def to_json(made: Any) -> dict[str, Any]:
    """The JSON that `make` turns into this part again, every parameter written out."""
    out: dict[str, Any] = {"type": made.name}
    for p in params(type(made)):
        value = getattr(made, p.name)
        out[p.name] = to_json(value) if p.widget == "part" else _lists(value)
    return out


def _lists(value: Any) -> Any:
    return [_lists(entry) for entry in value] if isinstance(value, tuple) else value


def describe(cls: type) -> dict[str, Any]:
    """All that is declared about a part, as JSON: for forms, schemas, the manual and the page."""
    return {
        "kind": cls.kind,  # type: ignore[attr-defined]
        "type": cls.name,  # type: ignore[attr-defined]
        "label": cls.label,  # type: ignore[attr-defined]
        "help": explanation(cls),
        "formula": cls.formula,  # type: ignore[attr-defined]
        "source": cls.source,  # type: ignore[attr-defined]
        "params": [asdict(p) for p in params(cls)],
        "facts": dict(cls.facts) if hasattr(cls, "facts") else {},
    }


def catalogue() -> dict[str, list[dict[str, Any]]]:
    """Every part of every kind, described."""
    return {kind: [describe(cls) for cls in parts.values()] for kind, parts in CATALOGUE.items()}


def load_modules(package: str, path: Iterable[str]) -> None:
    """Import every module of a package, so that the parts declared in it are in the catalogue."""
    for module in pkgutil.iter_modules(path):
        importlib.import_module(f"{package}.{module.name}")
