"""A run as a PyTorch program that shows its own loss to be the page's, and can go on training."""

from engine.errors import SpecError
from engine.export.code import WIDTH, code, with_arguments, wrapped
from engine.export.numbers import number
from engine.export.program import Program, check_code
from engine.export.snapshot import Snapshot
from engine.export.state import torch_state
from engine.export.torch_net import Net, write
from engine.export.torch_start import starts
from engine.export.torch_training import train_code
from engine.network import Node

# The losses that PyTorch has no class for.
LOSSES = {"hinge": "lambda outputs, targets: torch.relu(1 - targets * outputs).mean()"}


def torch_program(s: Snapshot) -> dict[str, bytes]:
    """The files of the program. Raises SpecError for what PyTorch has no form of."""
    net = write(s.network, sums=s.joint)
    weights = torch_state(s.network, s.weights, net.prefixes)
    program = Program(s, "torch", "PyTorch: pip install torch", weights, _imports(s))
    program.add(module(net, s.network.nodes))
    program.add(_loss(s, net))
    program.add(train_code(s))
    program.add(
        'def load(model):\n    """Give the network the weights that it had on the page."""\n'
        "    model.load_state_dict({name: torch.from_numpy(array) for name, array in WEIGHTS.items()})"
    )
    program.add(_check(program))
    return program.files()


def _imports(s: Snapshot) -> list[str]:
    endless = ["import itertools"] if s.training.epochs is None else []
    return [*endless, "import sys", "import numpy as np", "import torch", "from torch import nn"]


def module(net: Net, nodes: tuple[Node, ...]) -> str:
    """The class `Net`."""
    shape = f"    input_shape = {net.network.input_shape}  # of one example, channels last"
    lines = ["class Net(nn.Module):", shape, "", "    def __init__(self):", "        super().__init__()"]
    for line in net.made:
        before, text = line.split(" = ", 1)
        lines.append(wrapped(text, 8, before + " = "))
    lines += [f"        self.{name} = {text}" for text, name in net.shared.items()]
    lines += [f"        {line}" for line in starts(nodes, net)]
    lines += ["", f"    def forward(self, {net.entry}):", *(f"        {step}" for step in net.steps)]
    if net.predict:
        lines += ["", "    def predict(self, x):"]
        lines += ['        """The outputs on the page; `forward` gives the sums before, which the loss wants."""']
        lines += [f"        return {net.predict}(self(x))"]
    return "\n".join(lines)


def _loss(s: Snapshot, net: Net) -> str:
    return "\n\n\n".join([loss_function(s), *penalty(s, net)])


def loss_function(s: Snapshot) -> str:
    """The mean loss; with class weights each example counts as much as its class."""
    loss = s.training.loss
    made = LOSSES.get(loss.name) or code(loss, "torch")
    if s.class_weights is None:
        return f"loss_function = {made}"
    if loss.name in LOSSES:
        each = LOSSES[loss.name].split(": ", 1)[1].replace(".mean()", "")
    else:
        each = with_arguments(made, reduction="'none'") + "(outputs, targets)"
    if loss.name == "categorical_cross_entropy":
        classes = "targets"
    else:
        each += ".mean(dim=1)"
        high = number(s.coding.high)
        classes = f"(targets[:, 0] == {high}).long()" if s.coding.outputs == 1 else "targets.argmax(dim=1)"
    return "\n".join(
        [
            f"CLASS_WEIGHTS = torch.tensor([{', '.join(number(w) for w in s.class_weights)}])",
            "",
            "",
            "def loss_function(outputs, targets):",
            '    """The mean of the losses, each of which counts as much as its class."""',
            f"    return (CLASS_WEIGHTS[{classes}] * {each}).mean()",
        ]
    )


def penalty(s: Snapshot, net: Net) -> list[str]:
    """The function of that name, where regularization adds something."""
    regularizer = s.training.regularizer
    if regularizer.name == "none":
        return []
    term = {"l1": "w.abs().sum()", "l2": "w.square().sum()"}.get(regularizer.name)
    if term is None:
        raise SpecError(f"{regularizer.label} has no form in PyTorch.", where="training.regularizer")
    factor = f"{regularizer.rate!r} / 2" if regularizer.name == "l2" else repr(regularizer.rate)
    weights = [f"model.{name}" for name in decayed(s, net)]
    lines = ["def penalty(model):", f'    """What {regularizer.label} regularization adds to the loss."""']
    lines += [f"    weights = [{', '.join(weights)}]"]
    if len(lines[-1]) > WIDTH:
        lines[-1:] = ["    weights = [", *(f"        {name}," for name in weights), "    ]"]
    return ["\n".join([*lines, f"    return {factor} * sum({term} for w in weights)"])]


def decayed(s: Snapshot, net: Net) -> list[str]:
    """The attributes that hold the weights which regularization acts on."""
    out = []
    for node in s.network.nodes:
        names = {"kernel": "weight_ih_l0", "recurrent_kernel": "weight_hh_l0"}
        recurrent = hasattr(node.layer, "recurrent_initializer")
        for name in node.layer.decayed:
            if name in s.weights.get(node.id, {}):
                attribute, *inner = net.prefixes[node.id].split(".")
                place = attribute + "".join(f"[{i}]" for i in inner)
                out.append(f"{place}.{names[name] if recurrent else 'weight'}")
    return out


def _check(program: Program) -> str:
    piece = program.piece()
    if piece is None:
        call = "loss_function(model(x[here]), y[here]).item()"
        return check_code(call, arguments="model, ", before="    model.eval()\n    torch.set_grad_enabled(False)\n")
    mean = f'''
def mean_loss(model, x, y):
    """The mean loss over many examples, {piece} at a time."""
    pieces = [(x[i : i + {piece}], y[i : i + {piece}]) for i in range(0, len(x), {piece})]
    return sum(loss_function(model(a), b).item() * len(a) for a, b in pieces) / len(x)
'''.strip("\n")
    before = "    model.eval()\n    torch.set_grad_enabled(False)\n"
    return (
        mean + "\n\n\n" + check_code("mean_loss(model, x[here], y[here])", arguments="model, ", before=before).strip()
    )
