"""Weights under the names, and in the shapes, that PyTorch's state dicts and Keras's layers give them.

**A new layer with weights needs a row in `TORCH`**; in Keras most names and shapes are ours.
"""

from collections.abc import Callable, Mapping

import numpy as np

from engine.builder import Array
from engine.network import Network, Node

Arrays = Mapping[str, Array]


def _dense(w: Arrays) -> dict[str, Array]:
    return {"weight": w["kernel"].T} | _bias(w)


def _convolution(w: Arrays) -> dict[str, Array]:
    return {"weight": np.moveaxis(w["kernel"], (-1, -2), (0, 1))} | _bias(w)


def _bias(w: Arrays) -> dict[str, Array]:
    return {"bias": w["bias"]} if "bias" in w else {}


def _recurrent(w: Arrays) -> dict[str, Array]:
    """PyTorch has an offset for each of the two sums; where there is one here, the other is zero."""
    out = {"weight_ih_l0": w["kernel"].T, "weight_hh_l0": w["recurrent_kernel"].T}
    if "bias" in w:
        two = w["bias"] if w["bias"].ndim == 2 else np.stack([w["bias"], np.zeros_like(w["bias"])])
        out |= {"bias_ih_l0": two[0], "bias_hh_l0": two[1]}
    return out


def _batch_norm(w: Arrays) -> dict[str, Array]:
    return _scaled(w) | {"running_mean": w["mean"], "running_var": w["variance"]}


def _scaled(w: Arrays) -> dict[str, Array]:
    return {"weight": w["gamma"], "bias": w["beta"]} if "gamma" in w else {}


TORCH: dict[str, Callable[[Arrays], dict[str, Array]]] = {
    "batch_norm": _batch_norm,
    "conv1d": _convolution,
    "conv2d": _convolution,
    "dense": _dense,
    "embedding": lambda w: {"weight": w["embeddings"]},
    "gru": _recurrent,
    "layer_norm": _scaled,
    "lstm": _recurrent,
    "simple_rnn": _recurrent,
}
KERAS_NAMES = {"mean": "moving_mean", "variance": "moving_variance"}


def torch_arrays(node: Node, w: Arrays) -> dict[str, Array]:
    """A layer's arrays as its PyTorch module names them; nothing for a layer without weights."""
    return {name: np.ascontiguousarray(a) for name, a in TORCH[node.layer.name](w).items()} if w else {}


def keras_arrays(node: Node, w: Arrays) -> dict[str, Array]:
    """A layer's arrays as its Keras layer names them."""
    if node.layer.name == "gru":  # Keras has the update gate first
        w = {name: by_gate(a, (1, 0, 2)) for name, a in w.items()}
    return {KERAS_NAMES.get(name, name): np.ascontiguousarray(a) for name, a in w.items()}


def by_gate(array: Array, order: tuple[int, ...]) -> Array:
    """The same weights with their gates, blocks of the last axis, in another order."""
    blocks = np.split(array, len(order), axis=-1)
    return np.concatenate([blocks[place] for place in order], axis=-1)


def torch_state(network: Network, weights: Mapping[str, Arrays], names: Mapping[str, str]) -> dict[str, Array]:
    """A whole state dict. names: layer → the module's name in it."""
    return {
        f"{names[node.id]}.{name}": array
        for node in network.nodes
        for name, array in torch_arrays(node, weights.get(node.id, {})).items()
    }


def keras_state(network: Network, weights: Mapping[str, Arrays]) -> dict[str, Array]:
    """Every array as 'layer/name', which is the end of its path in Keras."""
    return {
        f"{node.id}/{name}": array
        for node in network.nodes
        for name, array in keras_arrays(node, weights.get(node.id, {})).items()
    }
