"""The microscope: one example followed forward to its loss, backward to every gradient, and into one update.

Everything is computed in float64 on copies and without dropout, so nothing of the training changes. Gradients are
checked beside finite differences of the very same forward pass. The update is the one that a batch of this example
alone would make.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array, run, to_samples
from engine.optimizer_state import update_calls
from engine.parameters import Parameters
from engine.program import Program, stored_inputs, stored_targets

if TYPE_CHECKING:
    from engine.train import Trainer

CHECKED = 64  # weights of one array that are checked by finite differences: all, or the largest gradients
STEP = 1e-6


def explain(trainer: "Trainer", inputs: Array, target: Array) -> dict[str, Any]:
    """inputs: one network-ready example of the input's shape; target: its class number or value. JSON-able.

    For every layer: `pre` (before the activation), `output`, their gradients, and for every weight its value,
    gradient, finite difference and value after the update. `joint` tells that loss and output activation are
    differentiated together, so the output has only the gradient before its activation.
    """
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
    checks = _finite_differences(judge, weights, gradients)
    after, memory = _update(trainer, weights, gradients)
    joint = bool(getattr(loss, "joint", False))
    layers = []
    for node in network.nodes:
        seen, felt = look.tensors[node.id], backward.tensors[node.id]
        before, felt_before = look.before[node.id], backward.before[node.id]
        is_joint = joint and node is network.output
        layers.append(
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
        "layers": layers,
    }


def _one(stored: Array, shape: tuple[int, ...]) -> Any:
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


def _finite_differences(judge: Program, weights: Parameters, gradients: Parameters) -> dict[str, Array]:
    """(L(w + h) − L(w − h)) / 2h, in place of each weight; NaN where it was not computed."""
    out = {}
    for id, named in weights.named.items():
        for name, view in named.items():
            check = np.full(view.shape, np.nan)
            sizes = np.abs(gradients.named[id][name]).ravel()
            for flat in np.argsort(-sizes, kind="stable")[:CHECKED]:
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
    run(update_calls(training, after.flat, g, mask, slots, scalars, parts))
    return after, memory


__all__ = ["explain"]
