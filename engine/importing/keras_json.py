"""Keras's own JSON of a model (`model.to_json()`, or config.json in a .keras file) becomes an experiment."""

import ast
import json
import re
from typing import Any

import numpy as np

from engine.errors import DataError, LimitError, PlaygroundError
from engine.export.signatures import KERAS
from engine.importing import keras_training
from engine.importing.keras_code import model_to_network
from engine.importing.keras_graph import KerasWalker, Model, Tensor
from engine.importing.result import Imported, understood
from engine.importing.source import Call

MAX_CHARACTERS = 2_000_000
MAX_LAYERS = 1000
INPUTS = ("InputLayer", "Input")
# What a layer's config says beside what matters here: how it is kept, not what it computes.
QUIET = (
    "dtype",
    "seed",
    "implementation",
    "use_cudnn",
    "stateful",
    "unroll",
    "sparse",
    "ragged",
    "optional",
    "noise_shape",
)


def from_keras_json(text: str) -> Imported:
    """Read a model. Raises DataError for what is no such JSON, SpecError with the number of a layer that is unknown."""
    if len(text) > MAX_CHARACTERS:
        raise LimitError(f"The file has {len(text):,} characters, at most {MAX_CHARACTERS:,} are read.", where="file")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise DataError("This is no JSON.", where="file", fix="Write it with model.to_json().") from None
    kind = whole.get("class_name") if isinstance(whole, dict) else None
    config = whole.get("config") if isinstance(whole, dict) else None
    layers = config.get("layers") if isinstance(config, dict) else config
    if kind not in ("Sequential", "Functional", "Model") or not isinstance(layers, list) or not layers:
        raise DataError(
            "This is no Keras model: expected a Sequential or Functional with a list of layers.",
            where="file",
            fix="Write it with model.to_json().",
        )
    if len(layers) > MAX_LAYERS or not all(isinstance(layer, dict) for layer in layers):
        raise LimitError(f"At most {MAX_LAYERS} layers are read, each an object.", where="file")
    try:
        found = _network(kind, config, layers)
        _training(whole, found)
        understood(found)
    except PlaygroundError as error:
        where = error.where.replace("code.line", "file.layer")
        raise type(error)(_counted(error.message), where=where, fix=error.fix) from None
    except (KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise DataError(
            "This Keras model is damaged.", where="file", fix="Write it again with model.to_json()."
        ) from None
    found.notes = [_counted(note) for note in found.notes]
    return found


def _counted(sentence: str) -> str:
    return re.sub(r"^Line(s?) (\d+)", r"Layer\1 \2", sentence)


def _network(kind: str, config: Any, entries: list[dict[str, Any]]) -> Imported:
    calls = [_call(entry, k) for k, entry in enumerate(entries, start=1)]
    node = calls[0].node
    if kind == "Sequential":
        shape = config.get("build_input_shape") if isinstance(config, dict) else None
        layers = [inner for call in calls for inner in _inner(call)]
        return model_to_network(Model(node, layers, shape=shape[1:] if shape else None))
    made: dict[str, Tensor] = {}
    for entry, call in zip(entries, calls, strict=True):
        name = entry.get("name") or call.keywords.get("name")
        sources = tuple(made[source] for source in _sources(entry.get("inbound_nodes") or []))
        if call.name in INPUTS:
            made[str(name)] = Tensor(call.node, shape=call)
            continue
        for inner in _inner(call):
            sources = (Tensor(call.node, inner, sources),)
        made[str(name)] = sources[0]
    return model_to_network(Model(node, output=made[_one(config["output_layers"])]))


def _inner(call: Call) -> list[Call]:
    """A layer; or those of a Sequential inside the model, without its input."""
    if call.name != "Sequential":
        return [call]
    layers = [c for c in call.keywords.get("layers", []) if isinstance(c, Call) and c.name not in INPUTS]
    return Model(call.node, layers, name=call.keywords.get("name")).inner()


def _one(outputs: Any) -> str:
    """The name of the one output: ["dense", 0, 0], or a list of one such."""
    first = outputs[0]
    if isinstance(first, list):
        if len(outputs) > 1:
            raise DataError("The model has several outputs, but a network here has one.", where="file")
        return first[0]
    return first


def _sources(nodes: list[Any]) -> list[str]:
    """Names of the layers that a layer reads, in both ways in which Keras has written them."""
    if len(nodes) > 1:
        raise DataError("A layer is used in several places, which no network here can do.", where="file")
    out: list[str] = []
    todo: list[Any] = [nodes]
    while todo:
        entry = todo.pop(0)
        if isinstance(entry, dict):
            history = entry.get("config", {}).get("keras_history") if "class_name" in entry else None
            out += [history[0]] if history else []
            todo = ([] if history else [entry.get("args", [])]) + todo
        elif isinstance(entry, list) and len(entry) in (3, 4) and isinstance(entry[0], str):
            out.append(entry[0])  # Keras 2: ["dense", 0, 0, {}]
        elif isinstance(entry, list):
            todo = entry + todo
    return out


def _call(layer: dict[str, Any], number: int) -> Call:
    """A layer as if it stood in line `number` of some code."""
    made = _value(layer, number)
    if not isinstance(made, Call):
        raise DataError(f"Layer {number} is no layer.", where=f"file.layer{number}")
    return made


def _value(value: Any, number: int) -> Any:
    if isinstance(value, list):
        return [_value(entry, number) for entry in value]
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        return value
    name, config = value["class_name"], value.get("config") or {}
    known = KERAS[name].defaults if name in KERAS else {}
    kept = {k: _value(v, number) for k, v in config.items() if _matters(k, v, known)}
    node = ast.Call(ast.Name(name), [], [], lineno=number, col_offset=0)
    return Call(f"keras.{name}", (), kept, node)


def _matters(key: str, value: Any, known: Any) -> bool:
    if value is None or key in QUIET:
        return False
    if key in known or key in ("name", "batch_shape", "batch_input_shape", "layers"):
        return True
    return bool(value) and key != "trainable" and not key.endswith(("_initializer", "_config", "_policy"))


def _training(whole: dict[str, Any], found: Imported) -> None:
    """What `compile` was given, where the file keeps it."""
    compiled = whole.get("compile_config")
    if not isinstance(compiled, dict) or not compiled.get("optimizer"):
        return
    number = len(found.network["layers"])
    given = {name: _value(_short(compiled[name]), number) for name in ("optimizer", "loss") if compiled.get(name)}
    node = ast.Call(ast.Name("compile"), [], [], lineno=number, col_offset=0)
    keras_training.take(Model(node, compiled=Call("compile", (), given, node)), KerasWalker(), found)


def _short(value: Any) -> Any:
    """Numbers that were kept in single precision, as they were written: 0.01 for 0.009999999776482582."""
    if isinstance(value, dict):
        return {k: _short(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_short(v) for v in value]
    if isinstance(value, float) and abs(value) < 3e38 and float(np.float32(value)) == value:
        return float(str(np.float32(value)))
    return value
