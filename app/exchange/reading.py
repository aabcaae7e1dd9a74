"""Sources of every kind, read into one answer: the experiment, notes, shapes, and weights where there are some."""

import base64
import binascii
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from engine.errors import DataError, LimitError, PlaygroundError
from engine.experiment import Experiment, check_network
from engine.importing.inverse import named
from engine.importing.keras_code import from_keras
from engine.importing.keras_json import from_keras_json
from engine.importing.playground_link import from_link
from engine.importing.result import Imported
from engine.importing.torch_code import from_torch
from engine.layer import Shape

MOST_TEXT = 2_000_000  # characters of code or JSON


@dataclass(frozen=True)
class Limits:
    """How large what is brought in may be: a file's bytes, a network's weights."""

    bytes: int
    parameters: int


Reader = Callable[[str, Shape | None, Limits], tuple[Imported, dict[str, Any] | None]]


def read(source: str, text: str, shape: Shape | None, limits: Limits) -> dict[str, Any]:
    """What was found, as JSON. Raises PlaygroundError for what cannot be read, LimitError for what is too large."""
    if source != "onnx" and len(text) > MOST_TEXT:
        raise LimitError(f"The text has {len(text):,} characters, at most {MOST_TEXT:,} are read.", where="text")
    found, weights = READERS[source](text, shape, limits)
    check = None if found.input_shape is None else check_network(found.network, found.input_shape)
    return {**found.to_json(), "check": check, "weights": weights, "weighted": weights is not None}


def _onnx(text: str, shape: Shape | None, limits: Limits) -> tuple[Imported, dict[str, Any]]:
    from app.exchange.onnx_in import read_onnx  # the library is optional

    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise DataError("This is no base64.", where="text", fix="Send the file's bytes as base64.") from None
    model = read_onnx(data, max_bytes=limits.bytes, max_parameters=limits.parameters)
    layers = model.network.to_json()["layers"]
    weights = {id: {n: a.tolist() for n, a in arrays.items()} for id, arrays in named(model.parameters).items()}
    found = Imported({"layers": layers}, model.network.input_shape)
    told = {name: model.facts.get(name) for name in ("data", "training", "seed")}
    with suppress(PlaygroundError):  # what it was trained on may be no more, or never have been: then the network alone
        made = Experiment.from_json({**told, "network": {"layers": layers}})
        if made.network.input_shape == model.network.input_shape:
            spec = made.to_json()
            found.data, found.training, found.seed = spec["data"], spec["training"], spec["seed"]
    return found, weights


def _spec(text: str, shape: Shape | None, limits: Limits) -> tuple[Imported, None]:
    """An experiment as it was saved here: completed, and wrong only where its maker can see it."""
    try:
        given = json.loads(text)
    except ValueError as error:
        raise DataError(f"This is no JSON: {error}.", where="text", fix="Paste the whole file.") from None
    made = Experiment.from_json(given)
    spec = made.to_json()
    network = {"layers": spec["network"]["layers"]}
    return Imported(network, made.network.input_shape, spec["training"], spec["data"], spec["seed"]), None


READERS: dict[str, Reader] = {
    "keras": lambda text, shape, limits: (from_keras(text), None),
    "torch": lambda text, shape, limits: (from_torch(text, shape), None),
    "keras-json": lambda text, shape, limits: (from_keras_json(text), None),
    "tf-playground": lambda text, shape, limits: (from_link(text), None),
    "onnx": _onnx,
    "spec": _spec,
}
