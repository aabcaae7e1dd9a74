"""A run as a program in plain NumPy: every layer is a function that can be read, and the loss is the page's."""

import inspect
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from engine.builder import Array
from engine.errors import SpecError
from engine.export import plain, plain_functions
from engine.export.names import identifiers
from engine.export.numbers import number
from engine.export.program import Program, check_code
from engine.export.snapshot import Snapshot
from engine.export.torch_net import variables
from engine.export.windows import axes, windows
from engine.network import INPUT, Network, Node
from engine.spec import params

Arrays = Mapping[str, Array]


def numpy_program(s: Snapshot) -> dict[str, bytes]:
    """The files of the program. Raises SpecError for what has no function in `plain`."""
    weights = {f"{id}.{name}": a for id, arrays in s.weights.items() for name, a in arrays.items()}
    program = Program(s, "numpy", "NumPy: pip install numpy", weights, ["import numpy as np"], trains=False)
    body = [*forward_code(s.network, s.weights, sums=s.joint), _predict(s), _loss(s)]
    for text in functions("\n".join(body)):
        program.add(text)
    for text in body:
        program.add(text)
    piece = program.piece() or 1000
    program.add(
        f'def mean_loss(x, y):\n    """The mean loss over some examples, {piece} at a time."""\n'
        f"    pieces = [slice(i, i + {piece}) for i in range(0, len(x), {piece})]\n"
        "    losses = np.concatenate([each_loss(forward(x[here]), y[here]) for here in pieces])\n"
        "    return float(losses.mean(dtype=np.float64))"
    )
    program.add(check_code("mean_loss(x[here], y[here])"))
    return program.files()


def functions(text: str) -> list[str]:
    """The source of every function that a text calls, directly or not, in the order of their files."""
    homes = _homes()
    wanted: set[str] = set()
    todo = [text]
    while todo:
        for name in re.findall(r"(?<![\w.])([a-z_0-9]+)\b", todo.pop()):
            if name in homes and name not in wanted:
                wanted.add(name)
                todo.append(inspect.getsource(getattr(homes[name], name)))
    return [inspect.getsource(getattr(home, name)).rstrip() for name, home in homes.items() if name in wanted]


def _homes() -> dict[str, ModuleType]:
    """Every function that a program may have, by name, and where it is."""
    return {name: home for home in (plain, plain_functions) for name, f in vars(home).items() if inspect.isfunction(f)}


def forward_code(network: Network, weights: Mapping[str, Arrays], *, sums: bool) -> list[str]:
    """`forward(x)`. sums: it stops before the output layer's activation.

    Raises SpecError naming a layer that has no function.
    """
    names = variables(network, identifiers((node.id for node in network.nodes), also={"WEIGHTS", *_homes()}))
    lines = [f"def forward({names[INPUT]}):", '    """What the network gives for examples as `prepare` makes them."""']
    if sums:
        lines[1] = '    """What the output layer gives before its activation; `predict` adds that."""'
    for node in network.nodes:
        last = node is network.output
        text = _call(node, [names[i] for i in node.inputs], weights.get(node.id, {}))
        f = getattr(node.layer, "activation", None)
        if f is not None and f.name != "linear" and not (last and sums):
            text = _applied(f, text, node)
        lines.append(f"    return {text}" if last else f"    {names[node.id]} = {text}")
    return ["\n".join(lines)]


def _call(node: Node, xs: list[str], w: Arrays) -> str:
    made: Any = node.layer
    if made.name == "activation":
        return xs[0]
    if not hasattr(plain, made.name):
        raise SpecError(
            f"{made.label} has no form in NumPy.",
            where=f"network.layers.{node.id}",
            fix="Add a function of its name to engine/export/plain.py.",
        )
    arrays = [f'{name}=WEIGHTS["{node.id}.{name}"]' for name in w]
    text = f"{made.name}({', '.join([*xs, *arrays, *_facts(node)])})"
    return text if getattr(made, "return_sequences", True) else f"{text}[:, -1]"


def _facts(node: Node) -> list[str]:
    """The parameters that a layer's function needs beside its weights."""
    made: Any = node.layer
    if made.name == "reshape":
        return [f"{node.out_shape}"]
    if made.name == "simple_rnn":
        return ["nonlinearity=relu"] if made.nonlinearity == "relu" else []
    if made.name in ("batch_norm", "layer_norm"):
        return [f"epsilon={made.epsilon!r}"]
    if not hasattr(made, "padding"):
        return []
    found = windows(made, node.in_shapes[0])
    before, after = (axes(pair, node.in_shapes[0]) for pair in (found.before, found.after))
    border = tuple(zip(before, after, strict=True))
    shown = [f"border={border if len(border) > 1 else border[0]}"] if found.bordered else []
    if made.name.startswith("conv"):
        facts = {"strides": made.strides, "dilation": made.dilation, "groups": made.groups}
        return [*(f"{k}={v}" for k, v in facts.items() if v not in (1, (1, 1))), *shown]
    return [f"{found.size}", f"{found.strides}", *shown]


def _applied(f: Any, text: str, node: Node) -> str:
    if not hasattr(plain_functions, f.name):
        raise SpecError(
            f"The activation {f.label} has no form in NumPy.",
            where=f"network.layers.{node.id}.activation",
            fix="Add a function of its name to engine/export/plain_functions.py.",
        )
    return f"{f.name}({', '.join([text, *_parameters(f)])})"


def _parameters(made: Any) -> list[str]:
    return [repr(getattr(made, p.name)) for p in params(type(made))]


def _predict(s: Snapshot) -> str:
    text = "forward(prepare(raw))"
    if s.joint:
        text = _applied(s.network.output.layer.activation, text, s.network.output)  # type: ignore[attr-defined]
    says = '    """The outputs on the page, for examples in the units of the data."""'
    return f"def predict(raw):\n{says}\n    return {text}"


def _loss(s: Snapshot) -> str:
    loss = s.training.loss
    if not hasattr(plain_functions, loss.name):
        raise SpecError(f"The loss {loss.label} has no form in NumPy.", where="training.loss")
    text = f"{loss.name}({', '.join(['outputs', 'targets', *_parameters(loss)])})"
    lines = ["def each_loss(outputs, targets):", '    """The loss of each example, (n,)."""']
    if s.class_weights is None:
        return "\n".join([*lines, f"    return {text}"])
    if loss.name == "categorical_cross_entropy":
        classes = "targets"
    else:
        one = s.coding.outputs == 1
        classes = f"(targets[:, 0] == {number(s.coding.high)}).astype(int)" if one else "targets.argmax(axis=1)"
    weights = ", ".join(number(w) for w in s.class_weights)
    lines[1] = '    """The loss of each example, (n,), which counts as much as its class."""'
    return "\n".join(
        [f"CLASS_WEIGHTS = np.array([{weights}])", "", "", *lines, f"    return CLASS_WEIGHTS[{classes}] * {text}"]
    )
