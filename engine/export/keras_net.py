"""A network as Keras code: a `Sequential` where each layer reads the one before, else the functional way."""

import ast
import re
from typing import Any

import numpy as np

from engine.errors import SpecError
from engine.export.code import code, show, wrapped
from engine.export.names import identifiers
from engine.export.torch_net import variables
from engine.export.torch_start import fans
from engine.network import INPUT, Network, Node

# What a layer starts with in Keras where nothing else is said.
OWN_START = {"kernel": "glorot_uniform", "recurrent": "orthogonal", "bias": "zeros"}
# The argument that regularizes each of our arrays.
REGULARIZERS = {"kernel": "kernel", "recurrent_kernel": "recurrent", "embeddings": "embeddings"}


def build_code(network: Network, regularizer: Any = None) -> str:
    """`build()`, which makes the network. Raises SpecError naming a layer that has no form in Keras."""
    before = INPUT
    chain = True
    for node in network.nodes:
        chain &= node.inputs == (before,) and not node.layer.merges
        before = node.id
    calls = [(node, layer_code(node, regularizer)) for node in network.nodes]
    lines = ["def build():", '    """The network, with new weights."""']
    if chain:
        body = [wrapped(text, 8, after=",") for _, text in calls]
        shape = f"        keras.Input({network.input_shape}),"
        return "\n".join([*lines, "    return keras.Sequential([", shape, *body, "    ])"])
    names = variables(network, identifiers((node.id for node in network.nodes), also={"keras"}))
    lines.append(f"    {names[INPUT]} = keras.Input({network.input_shape})")
    start = names[INPUT]
    if start == "x":  # it is needed again at the end
        names[INPUT] = start = "inputs"
        lines[-1] = f"    inputs = keras.Input({network.input_shape})"
    for node, text in calls:
        sources = [names[i] for i in node.inputs]
        given = f"[{', '.join(sources)}]" if node.layer.merges else sources[0]
        lines.append(wrapped(text, 4, f"{names[node.id]} = ", f"({given})"))
    return "\n".join([*lines, f"    return keras.Model({start}, {names[network.output.id]})"])


def layer_code(node: Node, regularizer: Any = None) -> str:
    """One layer, with its name, and whatever of its start and its penalty is not Keras's default."""
    made: Any = node.layer
    try:
        _check(made)
        tree = ast.parse(code(made, "keras", node.in_shapes[0]), mode="eval").body
        assert isinstance(tree, ast.Call)
        inner = tree
        if isinstance(tree.args[0] if tree.args else None, ast.List):  # a border, then the layer
            inner = tree.args[0].elts[-1]  # type: ignore[attr-defined]
        inner.keywords += [ast.keyword(k, ast.parse(v, mode="eval").body) for k, v in _starts(node).items()]
        if regularizer is not None and regularizer.name != "none":
            for name in made.decayed:
                if name in _views(node):
                    penalty = ast.parse(code(regularizer, "keras"), mode="eval").body
                    inner.keywords.append(ast.keyword(f"{REGULARIZERS[name]}_regularizer", penalty))
    except SpecError as error:
        raise error.at(f"network.layers.{node.id}") from None
    tree.keywords.append(ast.keyword("name", ast.Constant(node.id)))
    return show(tree)


def _check(made: Any) -> None:
    """Raises SpecError for what Keras's layers of the same name do not do."""
    strides, dilation = (np.atleast_1d(getattr(made, name, 1)) for name in ("strides", "dilation"))
    if made.name.startswith("conv") and strides.max() > 1 and dilation.max() > 1:
        raise SpecError(
            "Keras has no convolution with both strides and dilation above 1.",
            where="dilation",
            fix="Set one of them to 1, or export to PyTorch, ONNX or NumPy.",
        )


def _views(node: Node) -> list[str]:
    made: Any = node.layer
    names = ["embeddings"] if made.name == "embedding" else []
    names += ["kernel"] if hasattr(made, "kernel_initializer") else []
    return names + (["recurrent_kernel"] if hasattr(made, "recurrent_initializer") else [])


def _starts(node: Node) -> dict[str, str]:
    made: Any = node.layer
    out = {}
    for name in ("kernel", "recurrent", "bias", "embeddings"):
        initializer = getattr(made, f"{name}_initializer", None)
        if initializer is None or (name == "bias" and not made.bias):
            continue
        fan_in, fan_out = fans(node, name)
        text = code(initializer, "keras")
        text = re.sub(r"\bfan_in\b", str(fan_in), re.sub(r"\bfan_out\b", str(fan_out), text))
        text = "orthogonal" if text == "keras.initializers.Orthogonal(1.0)" else text
        if text != OWN_START.get(name):
            out[f"{name}_initializer"] = f"'{text}'" if text.isidentifier() else text
    return out
