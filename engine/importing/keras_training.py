"""How Keras code trains its model: `compile`, `fit` and the penalties of layers, as training settings here."""

import ast
from typing import Any

from engine.export.keras import COSINE, COURSES
from engine.export.signatures import Signature
from engine.importing import keras_parts
from engine.importing.arguments import Arguments, real, shown, whole
from engine.importing.keras_graph import KerasWalker, Model
from engine.importing.result import Imported
from engine.importing.source import Call, Names, Ref, match
from engine.importing.walk import Function
from engine.schedules import WARM_START

FOREVER = 10**7
COMPILE = Signature("compile", {"optimizer": "rmsprop", "loss": None, "metrics": None})
FIT = Signature(
    "fit",
    {
        "x": None,
        "y": None,
        "batch_size": 32,
        "epochs": 1,
        "callbacks": None,
        "validation_split": 0.0,
        "validation_data": None,
        "shuffle": True,
        "sample_weight": None,
        "class_weight": None,
    },
)
QUIET = ("metrics", "validation_data", "x", "y", "workers", "use_multiprocessing", "max_queue_size")


def take(model: Model, walker: KerasWalker, found: Imported) -> None:
    """Put what the code says about training into `found`. Raises SpecError with the line for what is not here."""
    if model.compiled is not None:
        _compile(model.compiled, found)
    if model.fitted is not None:
        _fit(model.fitted, walker, found)


def _compile(call: Call, found: Imported) -> None:
    a, t = Arguments(call, COMPILE), found.training
    t |= keras_parts.optimizer(a.take("optimizer"), call.line, found.notes)
    if a.take("loss") is None:
        return
    made, logits = keras_parts.loss(a.take("loss"), call.line)
    t["loss"] = made if len(made) > 1 else made["type"]
    last = found.network["layers"][-1].get("activation", "linear")
    if logits is False and last == "linear":
        found.notes.append(
            f"Line {call.line}: the loss wants probabilities, but the output layer is linear; its outputs are read as"
            " sums here, as with from_logits=True."
        )
    elif logits and last != "linear":
        found.notes.append(
            f"Line {call.line}: the loss wants sums (from_logits=True), but the output layer has {last}; here the loss"
            " is computed from the sums before it."
        )


def _fit(call: Call, walker: KerasWalker, found: Imported) -> None:
    a, t = Arguments(call, FIT), found.training
    t["batch_size"] = whole(a.take("batch_size") or 32, "batch_size", call.line)
    epochs = whole(a.take("epochs"), "epochs", call.line)
    t["epochs"] = None if epochs >= FOREVER else epochs
    shuffle = a.take("shuffle")
    t["shuffle"] = bool(shuffle)
    split = a.take("validation_split")
    if split and found.data is not None:
        found.data["train_fraction"] = 1 - real(split, "validation_split", call.line)
    if isinstance(weights := a.take("class_weight"), dict):
        t["class_weights"] = [real(weights.get(k, 1.0), "class_weight", call.line) for k in range(len(weights))]
    if a.said("sample_weight") and (weights := _class_weights(walker)):
        del a.given["sample_weight"]
        t["class_weights"] = weights
    for callback in a.take("callbacks") or []:
        _callback(callback, call.line, walker, found)
    for name in a.rest():
        if name not in QUIET:
            found.notes.append(f"Line {call.line}: {name} of fit has no counterpart here and was left out.")


def _class_weights(walker: KerasWalker) -> list[float] | None:
    """Our own programs write them as an array of that name."""
    made = walker.values.get("CLASS_WEIGHTS")
    entries = made.args[0] if isinstance(made, Call) and made.args else None
    numbers = isinstance(entries, list) and all(isinstance(n, int | float) for n in entries)
    return [float(n) for n in entries] if numbers and isinstance(entries, list) else None


def _callback(value: Any, line: int, walker: KerasWalker, found: Imported) -> None:
    t, name = found.training, value.name if isinstance(value, Call) else ""
    if name == "EarlyStopping":
        given = value.keywords
        t["patience"] = whole(given.get("patience", 0) or 1, "patience", line)
        t["restore_best"] = bool(given.get("restore_best_weights", False))
    elif name == "ReduceLROnPlateau":
        t["schedule"] = _plateau(value, t)
    elif name == "LearningRateScheduler" and (found_course := _course(value.args[0] if value.args else None, walker)):
        t["schedule"] = found_course
    else:
        found.notes.append(f"Line {line}: the callback {shown(value)} has no counterpart here and was left out.")


def _plateau(call: Call, t: dict[str, Any]) -> dict[str, Any]:
    given = call.keywords
    made = {"type": "plateau", "gamma": given.get("factor", 0.1), "patience": given.get("patience", 10)}
    rate, least = t.get("optimizer", {}).get("learning_rate"), given.get("min_lr", 0)
    if isinstance(rate, int | float) and isinstance(least, int | float) and rate > 0:
        made["floor"] = least / rate
    return made


def _course(value: Any, walker: Names) -> dict[str, Any] | None:
    """A schedule from a function of the epoch, where it has the form of one of ours."""
    if isinstance(value, Ref):
        value = walker.values.get(value.name)
    if not isinstance(value, Function) or not isinstance(value.node, ast.FunctionDef):
        return None
    last = value.node.body[-1]
    if not isinstance(last, ast.Return) or last.value is None:
        return None
    climb = f"min(1, {WARM_START} + {1 - WARM_START:g} * epoch / W)"
    for name, text in [*COURSES.items(), ("cosine", COSINE)]:
        pattern = text.replace("{epochs}", "T").replace("{floor}", "M").replace("{gamma}", "G").replace("{every}", "S")
        forms = [(pattern, False), (f"{pattern} * {climb}" if pattern else climb, True)]
        for form, warm in forms:
            places = match(f"R * {form}", last.value) if form else None
            if places is None and form:
                places = match(f"R * ({form})", last.value)
            if places is not None:
                return _named(name, places, walker, warm)
    return None


def _named(name: str, places: dict[str, ast.expr], walker: Names, warm: bool) -> dict[str, Any]:
    ours = {"T": "epochs", "M": "floor", "G": "gamma", "S": "every"}
    values = {ours[k]: walker.evaluate(v) for k, v in places.items() if k in ours}
    return {"type": name, **values, **({"warmup": walker.evaluate(places["W"])} if warm else {})}


def take_penalties(penalties: list[tuple[str, Any, dict[str, Any], int]], found: Imported) -> None:
    """One penalty for the whole network, from those of its layers."""
    said = [(id, p, line) for id, p, _, line in penalties if p is not None]
    if not said:
        return
    _, first, line = said[0]
    found.training["regularizer"] = first
    weighted = [id for id, _, layer, _ in penalties if "kernel_initializer" in layer or layer["type"] == "embedding"]
    if any(p != first for _, p, _ in said) or {id for id, _, _ in said} != set(weighted):
        found.notes.append(
            f"Line {line}: the penalty {first['type']} holds for the weights of all layers here, not for some of them."
        )
