"""What the layers say: dead, saturated, all the same, out of the gradient's reach, or not bending anything."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine.builder import Array
from engine.diagnosis.evidence import Evidence, Experiment, Finding
from engine.network import Node

# From this share on, dead neurons are told: with a few units one may well be spare, a quarter is a loss.
DEAD, DEAD_PROBLEM = 0.25, 0.5
# Beyond this share of values at the ends, the mean slope is below about 0.06 · (1 − share): learning nearly stands.
SATURATED = 0.8
# A factor of 1000: the first layers need a thousand updates for what the last does in one. Five layers of sigmoid,
# whose slope is 1/4 at best, are there.
VANISHING = 1000.0
# Equal to seven digits, float32's precision: whatever was drawn at random is not.
EQUAL = 1e-6
# Layers that give a linear function of what they read when their activation is linear.
LINEAR = (
    "dense", "conv1d", "conv2d", "flatten", "reshape", "dropout", "spatial_dropout2d", "avg_pool2d",
    "global_avg_pool2d", "batch_norm", "add", "concatenate", "activation", "embedding",
)  # fmt: skip
# Above this, a straight border or slope is good enough.
STRAIGHT_ACCURACY, STRAIGHT_R2 = 0.95, 0.9


def dead(e: Evidence) -> Iterable[Finding]:
    """ReLU neurons that are never active, in hidden layers of a network that has not solved its task."""
    if e.solved or e.trainer.update == 0:
        return
    for node, row in zip(e.hidden, e.statistics, strict=False):
        share = row["dead"]
        if share is None or share < DEAD:
            continue
        units = node.out_shape[-1]
        values = {"layer": node.id, "dead": round(share * units), "units": units}
        whole = share == 1.0
        yield Finding(
            "dead",
            "problem" if share >= DEAD_PROBLEM else "warning",
            "dead_layer" if whole else "dead_relu",
            values,
            node.id,
            _other_activation(node, "leaky_relu"),
        )


def saturated(e: Evidence) -> Iterable[Finding]:
    """Hidden tanh or sigmoid values at the ends of their range, where the task is not solved."""
    if e.solved or e.trainer.update == 0:
        return
    for node, row in zip(e.hidden, e.statistics, strict=False):
        share = row["saturated"]
        if share is not None and share >= SATURATED:
            name = _activation(node) or getattr(node.layer, "nonlinearity", "")
            values = {"layer": node.id, "share": share, "activation": name}
            yield Finding("saturated", "warning", "saturated", values, node.id, _other_activation(node, "relu"))


def vanishing(e: Evidence) -> Iterable[Finding]:
    """A gradient per weight that is a thousand times smaller in an early layer than in the last."""
    if e.solved or not e.enough:
        return
    sizes = []
    for node, row in zip(e.trainer.network.nodes, e.statistics, strict=True):
        if row["gradient"] is not None and node.id not in e.trainer.frozen:
            sizes.append((row["gradient"] / math.sqrt(node.count()), node.id))
    if len(sizes) < 3 or sizes[-1][0] == 0:
        return
    smallest, first = min(sizes[:-1])
    largest, last = sizes[-1]
    if smallest * VANISHING > largest or smallest == 0:  # nothing at all is not a shrinking gradient: see `dead`
        return
    flat = [n for n in e.hidden if _activation(n) in ("tanh", "sigmoid", "softmax", "softplus")]
    if flat:
        changes = {"network": {"layers": {n.id: {"activation": "relu"} for n in flat}}}
        attempt = Experiment("try_activation_everywhere", {"activation": "relu"}, changes)
    else:
        attempt = e.another_optimizer()
    values = {"first": first, "last": last, "factor": largest / smallest, "gradients": {id: g for g, id in sizes}}
    yield Finding("vanishing", "warning", "vanishing", values, first, attempt)


def symmetric(e: Evidence) -> Iterable[Finding]:
    """Neurons of a hidden layer that have the same weights and keep them.

    Before the first update that is so only where all other layers are uniform too: else the first gradients differ.
    """
    kernels = {id: named["kernel"] for id, named in e.trainer.parameters.named.items() if "kernel" in named}
    if e.trainer.update == 0 and not all(_equal(kernel, kernel.flat[0]) for kernel in kernels.values()):
        return
    for node in e.hidden:
        kernel = kernels.get(node.id)
        if kernel is None or kernel.shape[-1] < 2 or not _equal(kernel, kernel[..., :1]):
            continue
        changes = {"network": {"layers": {node.id: {"kernel_initializer": "glorot_uniform"}}}}
        attempt = Experiment("try_initializer", {"layer": node.id}, changes)
        values = {"layer": node.id, "units": kernel.shape[-1]}
        yield Finding("symmetric", "problem", "symmetric", values, node.id, attempt)


def _equal(kernel: Array, to: Any) -> bool:
    return float(np.abs(kernel - to).max()) <= EQUAL * max(float(np.abs(to).max()), EQUAL)


def linear(e: Evidence) -> Iterable[Finding]:
    """No bend anywhere before the output, a task that is not solved, and a loss that stands."""
    if not e.enough or not _is_linear(e):
        return
    metric, loss = e.now["train_metric"], e.column("train_loss", e.course)
    third = loss[-max(2, len(loss) // 3) :]
    stands = third[-1] > 0.95 * third[0]  # less than 5 % lower over the last third
    if metric >= (STRAIGHT_ACCURACY if e.classes else STRAIGHT_R2) or not stands:
        return
    values = {"accuracy": metric} if e.classes else {"r2": max(metric, 0.0)}
    yield Finding("linear", "hint", "linear" if e.classes else "linear_values", values, None, _bend(e))


def _is_linear(e: Evidence) -> bool:
    return all(n.layer.name in LINEAR and _activation(n) in ("", "linear") for n in e.hidden)


def _bend(e: Evidence) -> Experiment:
    able = [n.id for n in e.hidden if n.layer.name in ("dense", "conv1d", "conv2d", "activation")]
    if able:
        bent = {"network": {"layers": {id: {"activation": "tanh"} for id in able}}}
        return Experiment("try_activation_everywhere", {"activation": "tanh"}, bent)
    layers = e.trainer.network.to_json()["layers"]
    taken = {layer["id"] for layer in layers}
    name = next(n for k in range(1, 999) if (n := f"hidden{k}") not in taken)
    hidden: dict[str, Any] = {"id": name, "type": "dense", "units": 8, "activation": "tanh"}
    changes: dict[str, Any] = {"network": {"layers": [*layers[:-1], hidden, layers[-1]]}}
    return Experiment("try_hidden_layer", {"units": 8, "activation": "tanh"}, changes)


def _activation(node: Node) -> str:
    f = getattr(node.layer, "activation", None)
    return f.name if f is not None else ""


def _other_activation(node: Node, name: str) -> Experiment | None:
    if not _activation(node):
        return None
    changes = {"network": {"layers": {node.id: {"activation": name}}}}
    return Experiment("try_activation", {"activation": name, "layer": node.id}, changes)


CHECKS: tuple[Callable[[Evidence], Iterable[Finding]], ...] = (symmetric, dead, saturated, vanishing, linear)
