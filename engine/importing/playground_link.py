"""TensorFlow Playground's links: everything that one says, as an experiment here.

    from_link("https://playground.tensorflow.org/#activation=relu&networkShape=4,2&dataset=spiral&seed=0.3")

Its rules are kept: `#key=value&…` without any decoding, the last of two equal keys counts, a blank value is none,
whatever is not `false` is true, an unknown name is the default. What cannot be used is put right, and said.
"""

import math
import re
import zlib
from typing import Any

from engine.data import TRAIN_FRACTION
from engine.errors import LimitError, SpecError
from engine.importing.result import Imported
from engine.network import MAX_LAYERS
from engine.spec import CATALOGUE, Param, params

MAX_CHARACTERS = 20_000
DATASETS = {"circle": "circle", "xor": "xor", "gauss": "gauss", "spiral": "spiral"}
REGRESSION = {"reg-plane": "reg_plane", "reg-gauss": "reg_gauss"}
ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear")
REGULARIZERS = {"none": "none", "L1": "l1", "L2": "l2"}
FEATURES = {
    "x": "x",
    "y": "y",
    "xSquared": "x_squared",
    "ySquared": "y_squared",
    "xTimesY": "x_times_y",
    "sinX": "sin_x",
    "sinY": "sin_y",
}
SHOWN = ("x", "y")  # those that are on unless the link says otherwise
DEAD = {"cosX": "it has no such input", "cosY": "it has no such input", "collectStats": "it does nothing"}
NUMBERS = ("learningRate", "regularizationRate", "batchSize", "noise", "percTrainData")
KEYS = {
    *NUMBERS, *FEATURES, *DEAD, "activation", "regularization", "dataset", "regDataset", "problem", "networkShape",
    "seed", "showTestData", "discretize", "initZero", "hideText", "tutorial",
}  # fmt: skip
SAMPLES = {"classification": 500, "regression": 1200}
HIDE = "_hide"


class Link:
    """The keys of one link, read as TensorFlow Playground reads them."""

    def __init__(self, pairs: dict[str, str | None], notes: list[str]) -> None:
        self.pairs, self.notes = pairs, notes

    def text(self, name: str) -> str | None:
        """The value; None where the key is missing or blank."""
        value = self.pairs.get(name)
        return None if value is None or not value.strip() else value

    def one_of(self, name: str, known: Any, default: str) -> str:
        """A name, or the default where it is not known."""
        value = self.text(name)
        if value is None or value in known:
            return value or default
        self.notes.append(f"{name}: {value[:40]!r} is not known, so it is {default}, as there.")
        return default

    def flag(self, name: str, default: bool = False) -> bool:
        """Anything but the text false is true."""
        value = self.text(name)
        return default if value is None else value != "false"

    def number(self, name: str, default: float) -> float:
        """A number as JavaScript reads it; the default, with a note, where it is none."""
        value = self.text(name)
        if value is None:
            return default
        number = _number(value)
        if number is None:
            self.notes.append(f"{name}: {value[:40]!r} is no number, so it is {default:g}.")
            return default
        return number

    def within(self, name: str, default: float, lo: float, hi: float) -> float:
        """A number brought between two limits; a change is noted."""
        number = self.number(name, default)
        kept = min(max(number, lo), hi)
        if kept != number:
            self.notes.append(f"{name}: {number:g} is brought to {kept:g}; {lo:g} to {hi:g} is possible here.")
        return kept


def from_link(link: str) -> Imported:
    """Read a link, or its part after the #. Raises SpecError where there is none, LimitError for one too long."""
    if len(link) > MAX_CHARACTERS:
        raise LimitError(f"The link has {len(link):,} characters, at most {MAX_CHARACTERS:,} are read.", where="link")
    text = link.strip()
    _, mark, after = text.partition("#")
    text = after if mark else text
    pairs: dict[str, str | None] = {}
    for piece in text.split("&"):
        name, equals, rest = piece.partition("=")
        pairs[name] = rest.split("=")[0] if equals else None
    if not mark and not any(name in KEYS or name.endswith(HIDE) for name in pairs):
        raise SpecError(
            "This is no link of TensorFlow Playground.",
            where="link",
            fix="Copy its whole address, with all after the #.",
        )
    notes: list[str] = []
    return _experiment(Link(pairs, notes), notes)


def _experiment(link: Link, notes: list[str]) -> Imported:
    problem = link.one_of("problem", SAMPLES, "classification")
    hidden = _hidden(link)
    seed = _seed(link)
    data = _data(link, problem, hidden)
    data["seed"] = seed
    found = Imported({"layers": _layers(link, problem)}, (len(data["features"]),), _training(link, data), data, seed)
    found.notes = notes
    found.page = {
        "hide": hidden,
        "show_test_data": link.flag("showTestData"),
        "discretize": link.flag("discretize"),
        "hide_text": link.flag("hideText"),
    }
    _leave_out(link, notes)
    notes.append(
        "TensorFlow Playground halves the squared error: its losses are half of those here, and its steps half as long"
        " at the same learning rate."
    )
    return found


def _data(link: Link, problem: str, hidden: list[str]) -> dict[str, Any]:
    if problem == "classification":
        kind = DATASETS[link.one_of("dataset", DATASETS, "circle")]
    else:
        kind = REGRESSION[link.one_of("regDataset", REGRESSION, "reg-plane")]
    share = link.within("percTrainData", 50, 100 * _limit(TRAIN_FRACTION.lo), 100 * _limit(TRAIN_FRACTION.hi))
    return {
        "type": kind,
        "samples": SAMPLES[problem],
        "noise": _noise(link),
        "train_fraction": share / 100,
        "features": _features(link, hidden),
    }


def _limit(value: float | None) -> float:
    assert value is not None
    return value


def _noise(link: Link) -> float:
    """Below 0 it is 0; from 51 to 80 its own slider grows, above that it falls back to 50. Here 50 is the most."""
    noise = link.number("noise", 0)
    kept = 0.0 if noise < 0 else min(noise, 50.0)
    if kept != noise:
        link.notes.append(f"noise: {noise:g} is brought to {kept:g}; 0 to 50 is possible here.")
    return kept


def _features(link: Link, hidden: list[str]) -> list[str]:
    """An input that is hidden is not there at all."""
    on = [name for name in FEATURES if link.flag(name, name in SHOWN)]
    gone = [name for name in on if name in hidden]
    if gone:
        link.notes.append(f"Hiding {', '.join(gone)} takes the input away, as there.")
    kept = [FEATURES[name] for name in on if name not in hidden]
    if not kept:
        link.notes.append("The link has no input at all, so the network is shown x and y.")
        return list(SHOWN)
    return kept


def _layers(link: Link, problem: str) -> list[dict[str, Any]]:
    activation = link.one_of("activation", ACTIVATIONS, "tanh")
    start = (
        {"kernel_initializer": "zeros", "bias_initializer": "zeros"}
        if link.flag("initZero")
        else {
            "kernel_initializer": {"type": "uniform", "scale": 0.5},
            "bias_initializer": {"type": "constant", "value": 0.1},
        }
    )
    if link.flag("initZero"):
        link.notes.append("initZero: all weights start at zero, so all neurons of a layer learn the same.")
    sizes = _shape(link)
    layers = [
        {"id": f"hidden{k}", "type": "dense", "units": units, "activation": activation, **start}
        for k, units in enumerate(sizes, start=1)
    ]
    last = "tanh" if problem == "classification" else "linear"
    return [*layers, {"id": "output", "type": "dense", "units": 1, "activation": last, **start}]


def _shape(link: Link) -> list[int]:
    """Sizes of the hidden layers. A blank value is none at all; there are no limits there, and wide ones here."""
    if "networkShape" not in link.pairs or link.pairs["networkShape"] is None:
        return [4, 2]
    text = link.pairs["networkShape"]
    assert text is not None
    if not text.strip():
        return []
    units = _param("layer", "dense", "units")
    sizes, most = [], int(_limit(units.hi))
    for piece in text.split(","):
        number = 0.0 if not piece.strip() else _number(piece)
        if number is None:
            link.notes.append(f"networkShape: {piece[:20]!r} is no number, so that layer is left out.")
            continue
        size = min(max(int(min(number, 1e9)), 1), most)
        if size != number:
            link.notes.append(f"networkShape: {number:g} neurons are brought to {size}; 1 to {most} are possible here.")
        sizes.append(size)
    if len(sizes) > MAX_LAYERS - 1:
        link.notes.append(f"networkShape: {len(sizes)} layers are brought to {MAX_LAYERS - 1}.")
    return sizes[: MAX_LAYERS - 1]


def _training(link: Link, data: dict[str, Any]) -> dict[str, Any]:
    rates = _param("optimizer", "sgd", "learning_rate")
    rate = link.within("learningRate", 0.03, _limit(rates.lo), _limit(rates.hi))
    training: dict[str, Any] = {"loss": "mse", "optimizer": {"type": "sgd", "learning_rate": rate}}
    kind = REGULARIZERS[link.one_of("regularization", REGULARIZERS, "none")]
    most = _limit(_param("regularizer", "l2", "rate").hi)
    strength = link.within("regularizationRate", 0, 0, most)
    training["regularizer"] = kind if kind == "none" else {"type": kind, "rate": strength}
    return training | {"batch_size": _batch(link, data), "epochs": None, "shuffle": False}


def _batch(link: Link, data: dict[str, Any]) -> int:
    """A batch that is larger than the training part never fills there, so nothing is learned."""
    most = math.floor(data["samples"] * data["train_fraction"] + 1e-9)
    number = link.number("batchSize", 10)
    size = min(max(int(min(number, 1e9)), 1), most)
    if number > most:
        link.notes.append(
            f"batchSize: {number:g} is more than the {most} examples that train, with which nothing is ever learned"
            f" there; it is brought to {most}."
        )
    elif size != number:
        link.notes.append(f"batchSize: {number:g} is brought to {size}.")
    if most % size:
        link.notes.append(
            f"batchSize: {size} does not divide the {most} examples that train; the last batch of an epoch is smaller"
            " here, while there what is left goes into the next epoch."
        )
    return size


def _seed(link: Link) -> int:
    """A whole number from theirs, which is any text; the points drawn from it are others."""
    text = link.text("seed")
    if text is None:
        link.notes.append("The link has no seed, so a fixed one is used; there every visit starts differently.")
        return 1
    decimals = re.fullmatch(r"0?\.(\d{1,15})", text)
    whole = re.fullmatch(r"\d{1,15}", text)
    link.notes.append("The same rules draw other points and first weights from a seed here than there.")
    if decimals:
        return int(decimals[1])
    return int(text) if whole else zlib.crc32(text.encode())


def _hidden(link: Link) -> list[str]:
    """The controls to hide: those whose key is the text true, no other."""
    return [name.removesuffix(HIDE) for name, v in link.pairs.items() if name.endswith(HIDE) and v == "true"]


def _leave_out(link: Link, notes: list[str]) -> None:
    for name, reason in DEAD.items():
        if link.flag(name):
            notes.append(f"{name} has no effect there either: {reason}.")
    if (tutorial := link.text("tutorial")) is not None:
        notes.append(f"tutorial: the page {tutorial[:40]!r} of TensorFlow Playground is not here.")
    for name in link.pairs:
        if name and name not in KEYS and not name.endswith(HIDE):
            notes.append(f"{name[:40]} is no key of TensorFlow Playground and was left out.")


def _param(kind: str, name: str, parameter: str) -> Param:
    return next(p for p in params(CATALOGUE[kind][name]) if p.name == parameter)


def _number(text: str) -> float | None:
    """JavaScript's Number(text), where it is finite."""
    text = text.strip()
    if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", text):
        value = float(text)
        return value if math.isfinite(value) else None
    prefixed = re.fullmatch(r"0([xXoObB])([0-9a-fA-F]{1,12})", text)
    try:
        return float(int(prefixed[2], {"x": 16, "o": 8, "b": 2}[prefixed[1].lower()])) if prefixed else None
    except ValueError:
        return None
