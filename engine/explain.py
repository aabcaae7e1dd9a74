"""The microscope: one example followed forward to its loss, backward to every gradient, and into one update.

Everything is computed in float64 on copies and without dropout, so nothing of the training changes. Gradients are
checked beside finite differences of the very same forward pass. The update is the one that a batch of this example
alone would make.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import NOTHING, Array, run, to_samples
from engine.errors import LimitError, SpecError
from engine.network import Node
from engine.optimizer_state import gradient_calls, step_calls
from engine.parameters import Parameters
from engine.program import Program, stored_inputs, stored_targets
from engine.spec import to_json
from engine.work import CALL, work

if TYPE_CHECKING:
    from engine.train import Trainer

CHECKED = 64  # weights of one array that are checked by finite differences: all, or the largest gradients
WORK = 3e8  # multiply-adds that all finite differences together may take: with more to do, fewer weights are checked
STEP = 1e-6


def explain(
    trainer: "Trainer", inputs: Array, target: Array, layers: Sequence[str] | None = None, most: int = 2**62
) -> dict[str, Any]:
    """inputs: one network-ready example of the input's shape; target: its class number or value. JSON-able.

    For every layer (or those in `layers`): `pre` (before the activation), `output`, their gradients, and for every
    weight its value, gradient, finite difference and value after the update. `joint` tells that loss and output
    activation are differentiated together, so the output has only the gradient before its activation.
    most: how many numbers may be told. Raises LimitError beyond it, SpecError for an unknown layer: both at `layers`.
    """
    chosen = _chosen(trainer, layers, most)
    weights = Parameters(trainer.network, np.float64)
    weights.flat[:], weights.state[:] = trainer.parameters.flat, trainer.parameters.state
    gradients = weights.like()
    loss, network = trainer.loss, trainer.network
    x = stored_inputs(network, np.asarray(inputs, np.float64)[None], np.float64)
    y = stored_targets(trainer.coding.encode(np.asarray([target])), np.float64)
    one = np.zeros(1, np.intp)

    backward = Program(network, weights, batch=1, gradients=gradients, loss=loss, keep=True)
    judge = Program(network, weights, batch=1, loss=loss)
    look = Program(network, weights, batch=1, keep=True)
    for program in (backward, judge, look):
        program.load(x, one, y)
        program.run()
    value = float(judge.losses[0])  # type: ignore[index]
    checks = _finite_differences(judge, weights, gradients, chosen)
    after, memory = _update(trainer, weights, gradients)
    joint = bool(getattr(loss, "joint", False))
    told = []
    for node in chosen:
        seen, felt = look.tensors[node.id], backward.tensors[node.id]
        before, felt_before = look.before[node.id], backward.before[node.id]
        is_joint = joint and node is network.output
        told.append(
            {
                "id": node.id,
                "type": node.layer.name,
                "activation": getattr(getattr(node.layer, "activation", None), "name", None),
                "inputs": list(node.inputs),
                "joint": is_joint,
                "pre": _one(before.value, before.shape),
                "output": _one(seen.value, seen.shape),
                "gradient_pre": _one(felt_before.grad, before.shape),
                "gradient_output": None if is_joint else _one(felt.grad, seen.shape),
                "weights": {
                    name: _weight(node.id, name, weights, gradients, after, memory, checks)
                    for name in weights.named[node.id]
                },
            }
        )
    return {
        "input": np.asarray(inputs, np.float64).tolist(),
        "target": np.asarray(target).tolist(),
        "encoded_target": y[..., 0].tolist() if y.ndim == 2 else y.tolist(),
        "loss": value,
        "penalty": trainer.training.regularizer.penalty(weights.flat, trainer.mask),
        "learning_rate": trainer.learning_rate(),
        "update": trainer.update + 1,
        "optimizer": {**to_json(trainer.training.optimizer), "step": trainer.update + 1 - trainer.optimizer.since},
        "layers": told,
    }


def _chosen(trainer: "Trainer", layers: Sequence[str] | None, most: int) -> list[Node]:
    """The layers asked for, if their numbers are not too many."""
    nodes = {node.id: node for node in trainer.network.nodes}
    for id in layers or ():
        if id not in nodes:
            raise SpecError(f"There is no layer {id[:60]!r}.", where="layers", fix=f"Choose from: {', '.join(nodes)}.")
    each = 4 + 2 * len(trainer.optimizer.slots)
    sizes = {id: each * node.count() + 4 * int(np.prod(node.out_shape)) for id, node in nodes.items()}
    chosen = [node for id, node in nodes.items() if layers is None or id in layers]
    total = sum(sizes[node.id] for node in chosen)
    if total > most:
        fit = [id for id in sizes if sizes[id] <= most]
        fix = f"Ask for some layers by their ids; each of these fits alone: {', '.join(fit)}." if fit else ""
        message = f"These layers have {total:,} numbers to explain, and this server tells {most:,} at a time."
        raise LimitError(message, where="layers", fix=fix)
    return chosen


def _one(stored: Array, shape: tuple[int, ...]) -> Any:
    if stored is NOTHING:  # a gradient that no weight needs: what is only the input in another shape
        return None
    return to_samples(stored, len(shape))[0].tolist()


def _weight(
    id: str,
    name: str,
    weights: Parameters,
    gradients: Parameters,
    after: Parameters,
    memory: dict[str, tuple[Parameters, Parameters]],
    checks: dict[str, Array],
) -> dict[str, Any]:
    return {
        "value": weights.named[id][name].tolist(),
        "gradient": gradients.named[id][name].tolist(),
        # null where a weight was not checked
        "finite_difference": _nullable(checks[f"{id}.{name}"]),
        "after": after.named[id][name].tolist(),
        "memory": {
            slot: {"before": old.named[id][name].tolist(), "after": new.named[id][name].tolist()}
            for slot, (old, new) in memory.items()
        },
    }


def _nullable(a: Array) -> Any:
    out = a.astype(object)
    out[np.isnan(a)] = None
    return out.tolist()


def _finite_differences(
    judge: Program, weights: Parameters, gradients: Parameters, nodes: Iterable[Node]
) -> dict[str, Array]:
    """(L(w + h) − L(w − h)) / 2h, in place of each weight; NaN where it was not computed."""
    out = {}
    arrays = {node.id: weights.named[node.id] for node in nodes}
    passes = WORK / (work(judge.network) + CALL * len(judge.calls))
    checked = max(2, min(CHECKED, int(passes / 2 / max(1, sum(map(len, arrays.values()))))))
    for id, named in arrays.items():
        for name, view in named.items():
            check = np.full(view.shape, np.nan)
            sizes = np.abs(gradients.named[id][name]).ravel()
            for flat in np.argsort(-sizes, kind="stable")[:checked]:
                place = np.unravel_index(int(flat), view.shape)
                kept = view[place]
                step = STEP * max(1.0, abs(kept))
                both = []
                for moved in (kept + step, kept - step):
                    view[place] = moved
                    judge.run()
                    both.append(float(judge.losses[0]))  # type: ignore[index]
                view[place] = kept
                check[place] = (both[0] - both[1]) / (2 * step)
            out[f"{id}.{name}"] = check
    judge.run()
    return out


def _update(
    trainer: "Trainer", weights: Parameters, gradients: Parameters
) -> tuple[Parameters, dict[str, tuple[Parameters, Parameters]]]:
    """The weights after one update with these gradients, and the optimizer's memory before and after."""
    training = trainer.training
    after, g = weights.like(), gradients.flat.copy()
    after.flat[:] = weights.flat
    memory = {}
    for name, slot in trainer.optimizer.slots.items():
        old, new = weights.like(), weights.like()
        old.flat[:] = new.flat[:] = slot
        memory[name] = (old, new)
    numbers = training.optimizer.scalars(trainer.update + 1 - trainer.optimizer.since, trainer.learning_rate())
    scalars = {name: np.asarray(value) for name, value in numbers.items()}
    slots = {name: new.flat for name, (_, new) in memory.items()}
    mask, parts = trainer.mask.astype(np.float64), weights.unfrozen(trainer.frozen)
    scratch = np.empty_like(g)
    run(gradient_calls(training, after.flat, g, mask, scratch, parts))
    run(step_calls(training.optimizer, after.flat, g, slots, scalars, scratch, parts))
    return after, memory


__all__ = ["explain"]
