"""Every activation in ONNX's operators. **A new activation needs one row**: a function under its name.

It gets the graph, the declared activation, the name of what it acts on, and the axis of the channels.
"""

from collections.abc import Callable
from typing import Any

from app.exchange.onnx_graph import Graph


def step(g: Graph, f: Any, z: str, axis: int) -> str:
    return g.node("Cast", g.node("Greater", z, g.array("threshold", 0.0)), to=g.onnx.TensorProto.FLOAT)


ACTIVATIONS: dict[str, Callable[[Graph, Any, str, int], str]] = {
    "linear": lambda g, f, z, axis: z,
    "relu": lambda g, f, z, axis: g.node("Relu", z),
    "leaky_relu": lambda g, f, z, axis: g.node("LeakyRelu", z, alpha=f.negative_slope),
    "elu": lambda g, f, z, axis: g.node("Elu", z, alpha=f.alpha),
    "tanh": lambda g, f, z, axis: g.node("Tanh", z),
    "sigmoid": lambda g, f, z, axis: g.node("Sigmoid", z),
    "softmax": lambda g, f, z, axis: g.node("Softmax", z, axis=axis),
    "softplus": lambda g, f, z, axis: g.node("Softplus", z),
    "silu": lambda g, f, z, axis: g.node("Mul", z, g.node("Sigmoid", z)),
    "gelu": lambda g, f, z, axis: g.node("Gelu", z, approximate="tanh"),
    "step": step,
}
