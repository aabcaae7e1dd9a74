"""Sources of every kind, read into one answer: the experiment, notes, shapes, and weights where there are some."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

from engine.errors import DataError
from engine.experiment import check_network
from engine.importing.inverse import named
from engine.importing.keras_code import from_keras
from engine.importing.keras_json import from_keras_json
from engine.importing.playground_link import from_link
from engine.importing.result import Imported
from engine.importing.torch_code import from_torch
from engine.layer import Shape

Reader = Callable[[str, Shape | None, int], tuple[Imported, dict[str, Any] | None]]


def read(source: str, text: str, shape: Shape | None, max_parameters: int) -> dict[str, Any]:
    """What was found, as JSON. Raises PlaygroundError for what cannot be read, LimitError for what is too large."""
    found, weights = READERS[source](text, shape, max_parameters)
    check = None if found.input_shape is None else check_network(found.network, found.input_shape)
    return {**found.to_json(), "check": check, "weights": weights}


def _onnx(text: str, shape: Shape | None, max_parameters: int) -> tuple[Imported, dict[str, Any]]:
    from app.exchange.onnx_in import read_onnx  # the library is optional

    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise DataError("This is no base64.", where="text", fix="Send the file's bytes as base64.") from None
    model = read_onnx(data, max_parameters=max_parameters)
    layers = model.network.to_json()["layers"]
    weights = {id: {n: a.tolist() for n, a in arrays.items()} for id, arrays in named(model.parameters).items()}
    return Imported({"layers": layers}, model.network.input_shape), weights


READERS: dict[str, Reader] = {
    "keras": lambda text, shape, most: (from_keras(text), None),
    "torch": lambda text, shape, most: (from_torch(text, shape), None),
    "keras-json": lambda text, shape, most: (from_keras_json(text), None),
    "tf-playground": lambda text, shape, most: (from_link(text), None),
    "onnx": _onnx,
}
