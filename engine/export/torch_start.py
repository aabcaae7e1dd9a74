"""How a network's first weights are drawn, as lines of a PyTorch module."""

from typing import Any

from engine.errors import SpecError
from engine.export.code import code_of
from engine.export.torch_net import Net
from engine.network import Node

# What goes into the brackets of nn.init's functions beside the array.
ARGUMENTS = {
    "constant": ", {value}",
    "he_normal": ', nonlinearity="relu"',
    "he_uniform": ', nonlinearity="relu"',
    "normal": ", 0.0, {stddev}",
    "orthogonal": ", {gain}",
    "uniform": ", -{scale}, {scale}",
}
# nn.Linear and the convolutions start like this by themselves.
OWN_START = ("dense", "conv1d", "conv2d")


def starts(nodes: tuple[Node, ...], net: Net) -> list[str]:
    """How the first weights are drawn, as lines of `__init__`; layers that start alike share theirs."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for node in nodes:
        lines = tuple(_start(node))
        if lines:
            prefix, *inner = net.prefixes[node.id].split(".")
            groups.setdefault(lines, []).append(f"self.{prefix}" + "".join(f"[{i}]" for i in inner))
    out = []
    for lines, modules in groups.items():
        if len(modules) == 1:
            out += [line.replace("layer.", f"{modules[0]}.") for line in lines]
        else:
            out += [f"for layer in ({', '.join(modules)}):", *(f"    {line}" for line in lines)]
    return out


def _start(node: Node) -> list[str]:
    made: Any = node.layer
    lines = []
    for name, attributes in _arrays_of(made).items():
        initializer = getattr(made, f"{name}_initializer", None)
        if initializer is None or (name == "bias" and not made.bias):
            continue
        if initializer.name == "torch_default":
            if made.name not in OWN_START:
                bound = f"{fans(node, name)[0]} ** -0.5"
                lines += [f"nn.init.uniform_(layer.{a}, -({bound}), {bound})" for a in attributes]
            continue
        extra = code_of(ARGUMENTS.get(initializer.name, ""), initializer)
        function = initializer.torch
        if not function:
            raise SpecError(
                f"The initializer {initializer.label} has no form in PyTorch.",
                where=f"network.layers.{node.id}.{name}_initializer",
            )
        lines += [f"{function}(layer.{a}{extra})" for a in attributes]
    if getattr(made, "unit_forget_bias", False) and made.bias:
        lines.append(f"nn.init.ones_(layer.bias_ih_l0[{made.units} : {2 * made.units}])")
    return lines


def _arrays_of(made: Any) -> dict[str, tuple[str, ...]]:
    """Which of PyTorch's arrays each initializer of a layer fills."""
    if hasattr(made, "recurrent_initializer"):
        return {
            "kernel": ("weight_ih_l0",),
            "recurrent": ("weight_hh_l0",),
            "bias": ("bias_ih_l0", "bias_hh_l0") if made.name == "gru" else ("bias_ih_l0",),
        }
    return {"kernel": ("weight",), "embeddings": ("weight",), "bias": ("bias",)}


def fans(node: Node, name: str) -> tuple[int, int]:
    """How many values an output of these weights sums over, and how many outputs a value reaches."""
    made: Any = node.layer
    if hasattr(made, "recurrent_initializer"):
        return made.units if name == "recurrent" else node.in_shapes[0][-1], len(made.gates) * made.units
    return made.fans(*node.in_shapes)
