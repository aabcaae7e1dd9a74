"""Questions to a run that change nothing, answered where the run lives, as JSON text ready to be sent.

Numbers that are not finite (a run may have diverged) become null: JSON has no other word for them.
"""

import json
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from app.runs.limits import Limits
from app.wire import encode
from engine.data import DataSpec, Prepared
from engine.errors import PlaygroundError, SpecError
from engine.experiment import Experiment, check_network, prepared
from engine.patch import patched

PLACE = struct.Struct("<qq")  # epoch and update, in front of packed weights
Split = str  # "train" | "test" | "all"


def listed(array: Any) -> Any:
    """An array as nested lists, null for NaN and infinities."""
    array = np.asarray(array)
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return array.tolist()
    out = array.astype(object)
    out[~np.isfinite(array)] = None
    return out.tolist()


def text(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer, separators=(",", ":"), allow_nan=False).encode()


def frame(head: dict[str, Any], arrays: dict[str, np.ndarray]) -> bytes:
    """The same as bytes, where text would be long: a frame like those of the stream, its arrays float32."""
    return encode(head, {name: np.asarray(a, np.float32) for name, a in arrays.items()})


def place(trainer: Any) -> dict[str, int]:
    """Where a trainer is: said with every answer that may be about another moment than now."""
    return {"epoch": int(trainer.epoch), "update": int(trainer.update)}


def weights(trainer: Any) -> bytes:
    """Every weight by layer and name, and where it lies in the packed form."""
    layers = {layer: {name: listed(a) for name, a in arrays.items()} for layer, arrays in trainer.weights().items()}
    return text({**place(trainer), "layers": layers, "manifest": trainer.manifest()})


def packed(trainer: Any) -> bytes:
    """Epoch and update as little-endian int64, then every weight as float32, in the order of the manifest."""
    return PLACE.pack(trainer.epoch, trainer.update) + trainer.packed().astype("<f4", copy=False).tobytes()


def predict(trainer: Any, inputs: list[Any], ready: bool) -> bytes:
    """Outputs for given inputs (N, *shape), in the user's units or, with `ready`, as the network reads them."""
    data = trainer.data
    outputs = trainer.predict(transformed(data, inputs, ready))
    answer = {"outputs": listed(outputs), **place(trainer)}
    if data.classes:
        answer["classes"] = list(data.classes)
        answer["predicted"] = trainer.coding.decide(outputs).tolist()
    else:
        answer["values"] = listed(data.restore(outputs))
    return text(answer)


def transformed(data: Prepared, inputs: list[Any], ready: bool) -> np.ndarray:
    """Examples of somebody's own as the network reads them: float32. Raises SpecError."""
    shape = tuple(data.input_shape if ready else data.raw.shape[1:])
    try:
        given = np.array(inputs, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise SpecError(
            "Expected rows of numbers, all of one shape.", where="inputs", fix=f"Each row: {shape}."
        ) from None
    if given.shape[1:] != shape or not len(given):
        got = "no row" if not len(given) else f"rows of shape {list(given.shape[1:])}"
        raise SpecError(
            f"Expected rows of shape {list(shape)}, got {got}.", where="inputs", fix=f"Names: {_names(data)}."
        )
    if not np.isfinite(given).all():
        raise SpecError("Expected finite numbers, got NaN or infinity.", where="inputs")
    return given.astype(np.float32) if ready else data.transform(given)


def examples(trainer: Any, split: Split, offset: int, limit: int) -> bytes:
    """Examples of a split in their order: as the user knows them (`raw`) and as the network reads them (`inputs`)."""
    data = trainer.data
    which = split_of(data, split)
    chosen = which[offset : offset + limit]
    rows = {"index": chosen.tolist(), "raw": listed(data.raw[chosen]), "inputs": listed(data.inputs[chosen])}
    about = {
        "total": len(which),
        "classes": list(data.classes) if data.classes else None,
        "input_names": list(data.input_names),
    }
    return text({**rows, "targets": listed(data.raw_targets[chosen]), **about})


def evaluation(trainer: Any, split: Split) -> bytes:
    """Loss, metric and confusion matrix over a split."""
    found = trainer.evaluate(split, outputs=False)
    confusion = found["confusion"]
    answer = {"split": split, "loss": listed(found["loss"]), "metric": listed(found["metric"])}
    answer |= {"confusion": None if confusion is None else listed(confusion)}
    answer |= {"classes": list(trainer.data.classes) if trainer.data.classes else None}
    return text({**answer, **place(trainer)})


def preview(limits: Limits, spec: Any, limit: int) -> bytes:
    """The first examples of each part of a data set's split, and all that is known about them."""
    limits.check_spec({"data": spec})
    wanted = DataSpec.from_json(spec)
    limits.check_data(wanted)
    return text(prepared(wanted).preview(limit))


def check(limits: Limits, network: Any, data: Any, input_shape: list[int] | None, loss: Any) -> bytes:
    """Shapes, parameters and mistakes of a network, for a data set or a bare input shape."""
    limits.check_spec({"data": data, "network": network})
    if input_shape is not None:
        return text(check_network(network, tuple(input_shape)))
    wanted = DataSpec.from_json(data)
    return text(check_network(network, wanted.input_shape, len(wanted.classes or ()), loss))


def variants(limits: Limits, spec: Any, changes: list[dict[str, Any]]) -> bytes:
    """An experiment with each of the changes, complete and checked. Raises PlaygroundError at `changes.<number>`."""
    limits.check_spec(spec)
    whole = Experiment.from_json(spec)
    limits.check(whole)
    made = []
    for number, change in enumerate(changes):
        try:
            experiment = Experiment.from_json(patched(whole.to_json(), change))
            limits.check(experiment)
        except PlaygroundError as error:
            raise error.at(f"changes.{number}") from None
        made.append(experiment.to_json())
    return text({"spec": whole.to_json(), "specs": made})


def split_of(data: Prepared, split: Split) -> np.ndarray:
    return {"train": data.train, "test": data.test}.get(split, np.arange(len(data.raw)))


def array(a: np.ndarray) -> dict[str, Any]:
    return {"shape": list(np.shape(a)), "values": listed(np.ravel(a))}


def _names(data: Prepared) -> str:
    return ", ".join(data.input_names[:12])


QUERIES: dict[str, Callable[..., bytes]] = {f.__name__: f for f in (weights, packed, predict, examples, evaluation)}
GENERAL: dict[str, Callable[..., bytes]] = {
    f.__name__: f for f in (preview, check, variants)
}  # about no run in particular
