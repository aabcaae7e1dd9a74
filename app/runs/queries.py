"""Questions to a run that change nothing, answered where the run lives, as JSON text ready to be sent.

Numbers that are not finite (a run may have diverged) become null: JSON has no other word for them.
"""

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from app.runs.limits import Limits
from engine.data import DataSpec, Prepared
from engine.errors import DataError, SpecError
from engine.experiment import check_network, prepared

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


def weights(trainer: Any) -> bytes:
    """Every weight by layer and name, and where it lies in the packed form."""
    layers = {layer: {name: listed(a) for name, a in arrays.items()} for layer, arrays in trainer.weights().items()}
    place = {"epoch": int(trainer.epoch), "update": int(trainer.update)}
    return text({**place, "layers": layers, "manifest": trainer.manifest()})


def packed(trainer: Any) -> bytes:
    """Every weight as little-endian float32, in the order of the manifest."""
    return trainer.packed().astype("<f4", copy=False).tobytes()


def predict(trainer: Any, inputs: list[Any], ready: bool) -> bytes:
    """Outputs for given inputs (N, *shape), in the user's units or, with `ready`, as the network reads them."""
    data = trainer.data
    shape = tuple(data.input_shape if ready else data.raw.shape[1:])
    try:
        array = np.array(inputs, np.float64)
    except (ValueError, TypeError, OverflowError):
        raise SpecError(
            "Expected rows of numbers, all of one shape.", where="inputs", fix=f"Each row: {shape}."
        ) from None
    if array.shape[1:] != shape or not len(array):
        got = "no row" if not len(array) else f"rows of shape {list(array.shape[1:])}"
        raise SpecError(
            f"Expected rows of shape {list(shape)}, got {got}.", where="inputs", fix=f"Names: {_names(data)}."
        )
    if not np.isfinite(array).all():
        raise SpecError("Expected finite numbers, got NaN or infinity.", where="inputs")
    outputs = trainer.predict(array.astype(np.float32) if ready else data.transform(array))
    answer = {"outputs": listed(outputs)}
    if data.classes:
        answer["classes"] = list(data.classes)
        answer["predicted"] = trainer.coding.decide(outputs).tolist()
    else:
        answer["values"] = listed(data.restore(outputs))
    return text(answer)


def examples(trainer: Any, split: Split, offset: int, limit: int) -> bytes:
    """Examples of a split in their order: as the user knows them (`raw`) and as the network reads them (`inputs`)."""
    data = trainer.data
    which = _split(data, split)
    chosen = which[offset : offset + limit]
    rows = {"index": chosen.tolist(), "raw": listed(data.raw[chosen]), "inputs": listed(data.inputs[chosen])}
    about = {
        "total": len(which),
        "classes": list(data.classes) if data.classes else None,
        "input_names": list(data.input_names),
    }
    return text({**rows, "targets": listed(data.raw_targets[chosen]), **about})


def activations(trainer: Any, split: Split, index: int) -> bytes:
    """What every layer gives for one example."""
    data = trainer.data
    which = _split(data, split)
    if index >= len(which):
        raise DataError(
            f"There are {len(which)} examples, got index {index}.", where="index", fix=f"0 to {len(which) - 1}."
        )
    x = data.inputs[which[index] : which[index] + 1]
    layers = {name: _array(a[0]) for name, a in trainer.activations(x).items()}
    example = {
        "raw": listed(data.raw[which[index]]),
        "input": _array(x[0]),
        "target": listed(data.raw_targets[which[index]]),
    }
    return text({"layers": layers, **example, "output": _array(trainer.predict(x)[0])})


def evaluation(trainer: Any, split: Split) -> bytes:
    """Loss, metric and confusion matrix over a split."""
    found = trainer.evaluate(split)
    confusion = found["confusion"]
    answer = {"split": split, "loss": listed(found["loss"]), "metric": listed(found["metric"])}
    answer |= {"confusion": None if confusion is None else listed(confusion)}
    answer |= {"classes": list(trainer.data.classes) if trainer.data.classes else None}
    return text({**answer, "epoch": int(trainer.epoch), "update": int(trainer.update)})


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


def _split(data: Prepared, split: Split) -> np.ndarray:
    return {"train": data.train, "test": data.test}.get(split, np.arange(len(data.raw)))


def _array(a: np.ndarray) -> dict[str, Any]:
    return {"shape": list(np.shape(a)), "values": listed(np.ravel(a))}


def _names(data: Prepared) -> str:
    return ", ".join(data.input_names[:12])


QUERIES: dict[str, Callable[..., bytes]] = {
    f.__name__: f for f in (weights, packed, predict, examples, activations, evaluation)
}
GENERAL: dict[str, Callable[..., bytes]] = {f.__name__: f for f in (preview, check)}  # about no run in particular
