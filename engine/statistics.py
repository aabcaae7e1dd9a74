"""Statistics of each layer: how large its weights and gradients are, how lively its neurons.

Activations are those of the first training examples, in use (no dropout). A ReLU neuron is dead when it gives 0 for
all of them; a value of tanh or sigmoid is saturated when it is so near the end of its range that hardly any gradient
gets through.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array, norm

if TYPE_CHECKING:
    from engine.looks import Looks

EXAMPLES = 256
NEAR = {"tanh": (-0.97, 0.97), "sigmoid": (0.03, 0.97)}  # saturated: below the first or above the second


def statistics(trainer: "Looks") -> list[dict[str, Any]]:
    """For each layer, in the order of computation, as JSON; None where something is not defined.

    weights, gradient: lengths (√Σ²) of all it trains, and of the last measured update's loss gradient, before
    clipping and without the penalty. mean, std: of its outputs. dead: the share of ReLU neurons (channels) that are
    never active. saturated: the share of tanh or sigmoid outputs that are.
    """
    seen = trainer.activations(trainer.data.inputs[trainer.data.train[:EXAMPLES]])
    rows = []
    for node, gradient in zip(trainer.network.nodes, trainer.gradient_norms, strict=True):
        values, trained = seen[node.id], trainer.parameters.segments[node.id]
        has_weights = trained.stop > trained.start
        rows.append(
            {
                "layer": node.id,
                "weights": _finite(norm(trainer.parameters.flat[trained])) if has_weights else None,
                "gradient": _finite(gradient) if has_weights else None,
                "mean": _finite(float(values.mean(dtype=np.float64))),
                "std": _finite(float(values.std(dtype=np.float64))),
                **_health(_activation(node.layer), values),
            }
        )
    return rows


def _activation(layer: Any) -> str:
    """The name of the function that made the layer's outputs."""
    f = getattr(layer, "activation", None)
    return f.name if f is not None else getattr(layer, "nonlinearity", "")


def _health(activation: str, values: Array) -> dict[str, float | None]:
    dead = saturated = None
    if activation == "relu":
        dead = float((values.reshape(-1, values.shape[-1]) <= 0).all(axis=0).mean())
    if activation in NEAR:
        low, high = NEAR[activation]
        saturated = float(((values < low) | (values > high)).mean())
    return {"dead": dead, "saturated": saturated}


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
