"""Every layer in ONNX's operators. **A new layer needs one row**: a function under its name.

    @layer("dense")
    def dense(g, at, w, x): …

It gets the graph, the layer in its place (`at.layer`, `at.shape`), its arrays by the user's names, and the names of its
inputs, which lie as `engine.export.layout` says for it. It adds what computes the output before the layer's
`activation` and gives that output's name.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from app.exchange.onnx_graph import Graph
from engine.builder import Array
from engine.export.layout import FIRST, Place
from engine.export.state import by_gate
from engine.export.windows import axes, windows

Arrays = dict[str, Array]
LAYERS: dict[str, Callable[..., str]] = {}


def layer(*names: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Enter a function as the ONNX form of the layers of these names."""

    def enter(function: Callable[..., str]) -> Callable[..., str]:
        LAYERS.update(dict.fromkeys(names, function))
        return function

    return enter


@layer("dense")
def dense(g: Graph, at: Place, w: Arrays, x: str) -> str:
    kernel = g.array("kernel", w["kernel"])
    return g.node("Gemm", x, kernel, g.array("bias", w["bias"])) if "bias" in w else g.node("MatMul", x, kernel)


@layer("conv1d", "conv2d")
def convolution(g: Graph, at: Place, w: Arrays, x: str) -> str:
    kernel = g.array("kernel", np.moveaxis(w["kernel"], (-1, -2), (0, 1)))  # filters, channels, then positions
    bias = [g.array("bias", w["bias"])] if "bias" in w else []
    facts = _sliding(at)
    found = windows(at.layer, at.shape)
    dilations = axes(found.dilation, at.shape)
    return g.node("Conv", x, kernel, *bias, **facts, dilations=dilations, group=at.layer.groups)


@layer("max_pool2d")
def max_pool(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return g.node("MaxPool", x, **_sliding(at))


@layer("avg_pool2d")
def average_pool(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return g.node("AveragePool", x, **_sliding(at), count_include_pad=0)


@layer("global_avg_pool2d")
def global_average_pool(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return g.node("Flatten", g.node("GlobalAveragePool", x), axis=1)


def _sliding(at: Place) -> dict[str, Any]:
    found = windows(at.layer, at.shape)
    size, strides, before, after = (
        axes(pair, at.shape) for pair in (found.size, found.strides, found.before, found.after)
    )
    return {"kernel_shape": size, "strides": strides, "pads": [*before, *after]}


@layer("flatten")
def flatten(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return g.node("Flatten", x, axis=1)


@layer("reshape")
def reshape(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return g.node("Reshape", x, g.whole("shape", 0, *at.node.out_shape))  # 0: as many samples as there are


@layer("activation")
def activation(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return x  # its activation is put behind it as behind every layer's output


@layer("dropout", "spatial_dropout2d")
def dropout(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return g.node("Dropout", x, g.array("rate", at.layer.rate))


@layer("batch_norm")
def batch_norm(g: Graph, at: Place, w: Arrays, x: str) -> str:
    gamma, beta = w.get("gamma", np.ones_like(w["mean"])), w.get("beta", np.zeros_like(w["mean"]))
    names = [
        g.array(name, a)
        for name, a in (("gamma", gamma), ("beta", beta), ("mean", w["mean"]), ("variance", w["variance"]))
    ]
    facts = {"epsilon": at.layer.epsilon, "momentum": at.layer.momentum}
    return g.node("BatchNormalization", x, *names, **facts)


@layer("layer_norm")
def layer_norm(g: Graph, at: Place, w: Arrays, x: str) -> str:
    gamma = g.array("gamma", w.get("gamma", np.ones(at.shape[-1])))
    beta = [g.array("beta", w["beta"])] if "beta" in w else []
    return g.node("LayerNormalization", x, gamma, *beta, axis=-1, epsilon=at.layer.epsilon)


@layer("embedding")
def embedding(g: Graph, at: Place, w: Arrays, x: str) -> str:
    table = g.array("embeddings", w["embeddings"])
    inside = g.node("Clip", g.node("Round", x), g.array("first", 0.0), g.array("last", len(w["embeddings"]) - 1.0))
    return g.node("Gather", table, g.node("Cast", inside, to=g.onnx.TensorProto.INT64), axis=0)


# ONNX's order of gates, as places in ours
GATES = {"SimpleRNN": (0,), "LSTM": (0, 3, 1, 2), "GRU": (1, 0, 2)}


@layer("simple_rnn")
def simple_rnn(g: Graph, at: Place, w: Arrays, x: str) -> str:
    nonlinearity = {"tanh": "Tanh", "relu": "Relu"}[at.layer.nonlinearity]
    return _recurrent(g, at, w, x, "RNN", GATES["SimpleRNN"], activations=[nonlinearity])


@layer("lstm")
def lstm(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return _recurrent(g, at, w, x, "LSTM", GATES["LSTM"], outputs=3)


@layer("gru")
def gru(g: Graph, at: Place, w: Arrays, x: str) -> str:
    return _recurrent(g, at, w, x, "GRU", GATES["GRU"], linear_before_reset=1)


def _recurrent(
    g: Graph, at: Place, w: Arrays, x: str, op: str, order: tuple[int, ...], outputs: int = 2, **facts: Any
) -> str:
    """ONNX's recurrent operators read (T, N, D), and give (T, 1, N, U) and (1, N, U) for their one direction."""
    units, every = at.layer.units, at.layer.return_sequences
    rows = {name: by_gate(a, order) for name, a in w.items()}
    arrays = [g.array(name, rows[name].T[None]) for name in ("kernel", "recurrent_kernel")]
    if "bias" in w:
        both = rows["bias"].reshape(-1, len(order) * units)  # one for the sum of both, or one each
        arrays.append(g.array("bias", np.concatenate([*both, np.zeros(both.shape[1] * (2 - len(both)))])[None]))
    steps = g.node("Transpose", x, perm=[1, 0, 2])
    found = g.node(op, steps, *arrays, outputs=outputs, want=0 if every else 1, hidden_size=units, **facts)
    found = g.node("Squeeze", found, g.whole("direction", 1 if every else 0))
    return g.node("Transpose", found, perm=[1, 0, 2]) if every else found


@layer("add")
def add(g: Graph, at: Place, w: Arrays, *xs: str) -> str:
    return g.node("Sum", *xs)


@layer("multiply")
def multiply(g: Graph, at: Place, w: Arrays, *xs: str) -> str:
    found = xs[0]
    for x in xs[1:]:
        found = g.node("Mul", found, x)
    return found


@layer("concatenate")
def concatenate(g: Graph, at: Place, w: Arrays, *xs: str) -> str:
    return g.node("Concat", *xs, axis=1 if at.wanted[0] == FIRST else -1)
