"""A network as a PyTorch module: its layers in `__init__`, how they are connected in `forward`.

Layers keep their ids as attributes, those that only join others as variables. Images are turned around once at the
start, since PyTorch has channels first, and back where a layer reads values in order.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.errors import SpecError
from engine.export.code import code, tidy, with_arguments
from engine.export.layout import FIRST, Place, plan
from engine.export.names import identifiers
from engine.export.windows import windows
from engine.network import INPUT, Network, Node

# Activations without a module in PyTorch.
FUNCTIONS = {"step": "lambda z: (z > 0).to(z.dtype)"}


@dataclass
class Net:
    """What is written so far."""

    network: Network
    names: dict[str, str]
    made: list[str] = field(default_factory=list)  # `__init__`
    steps: list[str] = field(default_factory=list)  # `forward`
    shared: dict[str, str] = field(default_factory=dict)  # code of an activation → its attribute
    prefixes: dict[str, str] = field(default_factory=dict)  # layer → where its weights are in the state dict
    entry: str = "x"  # what `forward` calls its input
    predict: str = ""  # what `predict` puts on top of `forward`, where that stops early

    def activation(self, f: Any) -> str:
        """The attribute that holds an activation; made when first needed."""
        text = FUNCTIONS.get(f.name) or code(f, "torch")
        if text not in self.shared:
            taken = {*self.names.values(), *self.shared.values()}
            name, count = f.name, 1
            while name in taken:
                count += 1
                name = f"{f.name}{count}"
            self.shared[text] = name
        return f"self.{self.shared[text]}"


def write(network: Network, *, sums: bool) -> Net:
    """The module's lines. sums: `forward` stops before the output layer's activation, which `predict` adds.

    Raises SpecError naming a layer that has no form in PyTorch.
    """
    net = Net(network, identifiers(node.id for node in network.nodes))
    places = plan(network)
    called = variables(network, net.names)
    net.entry = called[INPUT]
    for place in places:
        node = place.node
        last = node is network.output
        xs = [_turned(called[i], order) for i, order in zip(node.inputs, place.turns(), strict=True)]
        try:
            made, call = MODULES.get(node.layer.name, _module)(net, place, xs)
        except SpecError as error:
            raise error.at(f"network.layers.{node.id}") from None
        if made:
            net.made.append(f"self.{net.names[node.id]} = {made}")
            bordered = made.startswith("nn.Sequential(nn.ZeroPad")  # its weights are in the second of two
            net.prefixes[node.id] = net.names[node.id] + (".1" if bordered else "")
        own = node.layer.name == "activation"
        f = None if own else getattr(node.layer, "activation", None)
        if last and sums:
            net.predict = f"self.{net.names[node.id]}" if own else net.activation(f)
            call = xs[0] if own else call
        elif f is not None and f.name != "linear":
            call = f"{net.activation(f)}({call})"
        if last and node.layer.merges:  # a variable, since it has no attribute to say its name
            net.steps.append(f"{net.names[node.id]} = {call}")
            call = net.names[node.id]
        if last and place.out == FIRST:
            call = _turned(call, (0, *range(2, len(node.out_shape) + 1), 1))
        net.steps.append(f"return {call}" if last else f"{called[node.id]} = {call}")
    return net


def variables(network: Network, names: dict[str, str]) -> dict[str, str]:
    """What each value is called in the code: `x` where the next layer alone reads it, else its layer's name."""
    readers: dict[str, list[int]] = {}
    for position, node in enumerate(network.nodes):
        for source in node.inputs:
            readers.setdefault(source, []).append(position)
    out = {INPUT: "x" if readers.get(INPUT) == [0] else "inputs"}
    for position, node in enumerate(network.nodes):
        alone = readers.get(node.id, [position + 1]) == [position + 1] and not node.layer.merges
        out[node.id] = "x" if alone else names[node.id]
    return out


def _turned(x: str, order: tuple[int, ...] | None) -> str:
    return x if order is None else f"{x}.permute{order}"


# How each layer is made and called: (code in `__init__`, or nothing; code in `forward`). Those without a row are
# modules that are called with their input.

Row = Callable[[Net, Place, list[str]], tuple[str, str]]
MODULES: dict[str, Row] = {}


def row(*layers: str) -> Callable[[Row], Row]:
    """Enter a function for the layers of these names."""

    def enter(function: Row) -> Row:
        MODULES.update(dict.fromkeys(layers, function))
        return function

    return enter


def _module(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    if at.layer.merges:
        raise SpecError(f"{at.layer.label} has no form in PyTorch.", fix="Add a row to engine/export/torch_net.py.")
    return code(at.layer, "torch", at.shape), _called(net, at.node, xs[0])


def _called(net: Net, node: Node, x: str) -> str:
    return f"self.{net.names[node.id]}({x})"


@row("add")
def _add(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    return "", " + ".join(xs)


@row("multiply")
def _multiply(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    return "", " * ".join(xs)


@row("concatenate")
def _concatenate(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    return "", f"torch.cat([{', '.join(xs)}], dim={1 if at.wanted[0] == FIRST else -1})"


@row("activation")
def _activation(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    f = at.layer.activation
    return FUNCTIONS.get(f.name) or code(f, "torch"), _called(net, at.node, xs[0])


@row("reshape")
def _reshape(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    made = code(at.layer, "torch", at.shape)
    return made if len(at.shape) == 1 else f"nn.Sequential(nn.Flatten(), {made})", _called(net, at.node, xs[0])


@row("embedding")
def _embedding(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    return code(at.layer, "torch", at.shape), _called(net, at.node, f"{xs[0]}.long()")


@row("simple_rnn", "lstm", "gru")
def _recurrent(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    """PyTorch gives (every step's output, the memory)."""
    steps = _called(net, at.node, xs[0]) + "[0]"
    return code(at.layer, "torch", at.shape), steps if at.layer.return_sequences else f"{steps}[:, -1]"


@row("conv1d", "conv2d")
def _convolution(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    made, call = code(at.layer, "torch", at.shape), _called(net, at.node, xs[0])
    if at.layer.padding != "same":
        return made, call
    found = windows(at.layer, at.shape)
    bare = made.split("), ", 1)[1][:-1] if made.startswith("nn.Sequential(") else made
    if set(found.strides) == {1} and found.before == found.after:
        return with_arguments(bare, padding="'same'"), call
    kind, edges = ("2d", found.edges) if at.layer.name == "conv2d" else ("1d", found.edges[2:])
    return f"nn.Sequential(nn.ZeroPad{kind}({edges}), {bare})", call


@row("max_pool2d", "avg_pool2d")
def _pool(net: Net, at: Place, xs: list[str]) -> tuple[str, str]:
    """PyTorch's border is the same on both sides; windows that reach further below are its `ceil_mode`.

    That makes one more window only where the last one would begin inside. Where every window is one step from the
    next, the border of the longer side goes on both, and the windows too many are cut off.
    """
    pool, found = at.layer, windows(at.layer, at.shape)
    if pool.padding != "same":
        return code(pool, "torch", at.shape), _called(net, at.node, xs[0])
    uneven = [step == 1 and lo != hi for step, lo, hi in zip(found.strides, found.before, found.after, strict=True)]
    border = tuple(hi if cut else lo for cut, lo, hi in zip(uneven, found.before, found.after, strict=True))
    facts = {"stride": found.strides, "padding": border, "ceil_mode": True}
    facts |= {"count_include_pad": False} if pool.name == "avg_pool2d" else {}
    kind = "Max" if pool.name == "max_pool2d" else "Avg"
    text = f"nn.{kind}Pool2d({found.size}, {', '.join(f'{k}={v}' for k, v in facts.items())})"
    cut = ", ".join("1:" if c else ":" for c in uneven)
    return tidy(text, "torch"), _called(net, at.node, xs[0]) + (f"[:, :, {cut}]" if any(uneven) else "")
