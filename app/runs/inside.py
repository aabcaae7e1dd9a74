"""Questions about one example, or single ones, of a run: what every layer makes of it, and every number of learning it.

An example is one of the data set (`split`, `index`) or one that was sent (`given`, with its `target`).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from app.runs.queries import array, frame, listed, place, split_of, text, transformed
from engine.data import Prepared
from engine.errors import DataError, SpecError
from engine.explain import explain as explained
from engine.mistakes import mistakes as found_mistakes
from engine.receptive import made
from engine.spec import show


@dataclass(frozen=True)
class Example:
    """One example: raw in the data set's units (None: it was sent ready), x as the network reads it, and its targets.

    target: a class number or a value in the data's units; learned: the same as the network learns it. None: unknown.
    """

    raw: Any
    x: np.ndarray
    target: Any
    learned: Any


def chosen(data: Prepared, split: str, index: int) -> Example:
    """An example of the data set. Raises DataError."""
    which = split_of(data, split)
    if index >= len(which):
        fix = f"0 to {len(which) - 1}."
        raise DataError(f"There are {len(which)} examples, got index {index}.", where="index", fix=fix)
    at = which[index]
    return Example(listed(data.raw[at]), data.inputs[at], data.raw_targets[at], data.targets[at])


def sent(data: Prepared, given: Any, target: Any, ready: bool) -> Example:
    """An example of somebody's own. Raises SpecError naming `input` or `target`."""
    try:
        x = transformed(data, [given], ready)[0]
    except SpecError as error:
        raise SpecError(error.message.replace("rows", "an array"), where="input", fix=error.fix) from None
    learned = None if target is None else _learned(data, target)
    return Example(None if ready else given, x, None if learned is None else target, learned)


def _learned(data: Prepared, target: Any) -> Any:
    if data.classes:
        if isinstance(target, str) and target in data.classes:
            return data.classes.index(target)
        if isinstance(target, int | float) and target in range(len(data.classes)):
            return int(target)
        fix = f"Choose from 0 to {len(data.classes) - 1}, or from: {', '.join(data.classes[:20])}."
        raise SpecError(f"Expected a class, got {show(target)}.", where="target", fix=fix)
    if isinstance(target, bool) or not isinstance(target, int | float) or not np.isfinite(target):
        raise SpecError(f"Expected a number, got {show(target)}.", where="target")
    return data.preprocessing.targets(np.array([target], np.float64))[0]


def activations(
    trainer: Any,
    split: str = "test",
    index: int = 0,
    given: Any = None,
    ready: bool = False,
    layers: list[str] | None = None,
    channels: int | None = None,
    packed: bool = False,
) -> bytes:
    """What every layer gives for one example: JSON, or a frame of float32 arrays in the user's shapes.

    channels: of feature maps no more than the first so many.
    """
    example = chosen(trainer.data, split, index) if given is None else sent(trainer.data, given, None, ready)
    x = example.x[None]
    seen = {name: a[0] for name, a in trainer.activations(x).items() if name != "input"}
    output = trainer.predict(x)[0]
    if layers is not None:
        known = [node.id for node in trainer.network.nodes]
        for id in layers:
            if id not in known:
                fix = f"Choose from: {', '.join(known)}."
                raise SpecError(f"There is no layer {show(id)}.", where="layers", fix=fix)
        seen = {name: a for name, a in seen.items() if name.removesuffix(":pre") in layers}
    if channels is not None:
        seen = {name: a[..., :channels] if a.ndim in (2, 3) else a for name, a in seen.items()}
    target = None if example.target is None else listed(example.target)
    if packed:
        return frame({**place(trainer), "target": target}, {"input": x[0], "output": output, **seen})
    shown = {"raw": example.raw, "input": array(x[0]), "target": target, "output": array(output)}
    return text({"layers": {name: array(a) for name, a in seen.items()}, **shown, **place(trainer)})


def window(
    trainer: Any,
    layer: str,
    at_map: tuple[int, int, int],
    most: int,
    split: str = "test",
    index: int = 0,
    given: Any = None,
    ready: bool = False,
) -> bytes:
    """One value of a feature map, (row, column, channel), and every number that made it; (0, step, channel) of a
    sequence."""
    _need_numbers(trainer, "show")
    example = chosen(trainer.data, split, index) if given is None else sent(trainer.data, given, None, ready)
    row, column, channel = at_map
    found = made(trainer, example.x, layer, (row, column, channel), most)
    shares = [{f: listed(v) if isinstance(v, np.ndarray) else v for f, v in vars(s).items()} for s in found.shares]
    return text({**vars(found), "layer": layer, "row": row, "column": column, "channel": channel, "shares": shares,
                 **place(trainer)})  # fmt: skip


def explain(
    trainer: Any,
    most: int,
    split: str = "test",
    index: int = 0,
    given: Any = None,
    target: Any = None,
    ready: bool = False,
    layers: list[str] | None = None,
) -> bytes:
    """One example forward, backward and into an update: every number, with finite differences beside the gradients."""
    _need_numbers(trainer, "explain")
    example = chosen(trainer.data, split, index) if given is None else sent(trainer.data, given, target, ready)
    told = explained(trainer, example.x, example.learned, layers, most)
    about = {"raw": example.raw, "target": listed(example.target), "classes": _classes(trainer)}
    return text({**told, **about, **place(trainer)})


def mistakes(trainer: Any, split: str, limit: int, offset: int, true: int | None, predicted: int | None) -> bytes:
    """The examples that are most wrong, or those of one cell of the confusion matrix."""
    judged, targets = found_mistakes(trainer, split, true, predicted)
    some = np.arange(len(targets))[offset : offset + limit]
    shown, data = judged.take(some), trainer.data
    where = split_of(data, split)[shown.index]
    rows = {
        "index": shown.index.tolist(),
        "position": where.tolist(),
        "raw": listed(data.raw[where]),
        "targets": listed(data.raw_targets[where]),
        "losses": listed(shown.losses),
        "predicted": None if shown.predicted is None else shown.predicted.tolist(),
        "probabilities": None if shown.probabilities is None else listed(np.round(shown.probabilities, 6)),
    }
    about = {"split": split, "total": len(targets), "raw_shape": list(data.raw.shape[1:]), "classes": _classes(trainer)}
    return text({**rows, **about, **place(trainer)})


def _need_numbers(trainer: Any, purpose: str) -> None:
    """Raises DataError where the run has diverged."""
    if not trainer.finite():
        fix = "Ask about an earlier moment with ?at=, or reset the run."
        raise DataError(f"The run has diverged: there are no numbers to {purpose}.", where="at", fix=fix)


def _classes(trainer: Any) -> list[str] | None:
    return list(trainer.data.classes) if trainer.data.classes else None


__all__ = ["activations", "explain", "mistakes", "window"]
