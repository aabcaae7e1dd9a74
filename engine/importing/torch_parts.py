"""Activations, first weights, losses and optimizers as PyTorch writes them."""

import ast
from typing import Any

from engine.export.signatures import TORCH, Signature
from engine.export.torch_net import FUNCTIONS
from engine.importing.arguments import Arguments, real, shown
from engine.importing.source import Call, Lambda, at_line, match
from engine.spec import CATALOGUE

Part = dict[str, Any]

# nn's class → our activation, and its parameter: (PyTorch's, ours).
ACTIVATIONS: dict[str, tuple[str, tuple[str, str] | None]] = {
    "Identity": ("linear", None),
    "ReLU": ("relu", None),
    "LeakyReLU": ("leaky_relu", ("negative_slope", "negative_slope")),
    "ELU": ("elu", ("alpha", "alpha")),
    "Tanh": ("tanh", None),
    "Sigmoid": ("sigmoid", None),
    "Softmax": ("softmax", None),
    "LogSoftmax": ("softmax", None),
    "Softplus": ("softplus", None),
    "SiLU": ("silu", None),
    "GELU": ("gelu", None),
}
# The same as functions: torch.relu, F.leaky_relu … → nn's class.
BY_FUNCTION = {
    "relu": "ReLU",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
    "softplus": "Softplus",
    "silu": "SiLU",
    "gelu": "GELU",
}


def activation(call: Call, notes: list[str]) -> Any:
    """Our JSON of an nn module that is an activation."""
    name, parameter = ACTIVATIONS[call.name]
    a = Arguments(call, TORCH[call.name])
    if call.name == "GELU" and a.take("approximate") != "tanh":
        notes.append(f"Line {call.line}: GELU is computed in its tanh form here, which differs by less than 0.001.")
    if parameter is None:
        return name
    return {"type": name, parameter[1]: real(a.take(parameter[0]), parameter[0], call.line)}


def function_activation(name: str, call: Call, notes: list[str]) -> Any:
    """The same for a function: its first argument is the tensor."""
    kind = BY_FUNCTION[name]
    keywords = {k: v for k, v in call.keywords.items() if k != "input"}
    return activation(
        Call(kind, call.args[1:] if "input" not in call.keywords else call.args, keywords, call.node), notes
    )


def lambda_activation(value: Lambda) -> str:
    """A function without a name in the form that our own programs use."""
    for name, text in FUNCTIONS.items():
        if value.text == ast.unparse(ast.parse(text, mode="eval")):
            return name
    raise at_line(value.line, f"The function {shown(value)} is not understood.", "Use one of PyTorch's activations.")


# First weights: nn.init's functions, without the array they fill.

_STARTS: dict[str, dict[str, Any]] = {
    "zeros_": {},
    "ones_": {},
    "constant_": {"val": 0.0},
    "uniform_": {"a": 0.0, "b": 1.0},
    "normal_": {"mean": 0.0, "std": 1.0},
    "xavier_uniform_": {"gain": 1.0},
    "xavier_normal_": {"gain": 1.0},
    "kaiming_uniform_": {"a": 0, "mode": "fan_in", "nonlinearity": "leaky_relu"},
    "kaiming_normal_": {"a": 0, "mode": "fan_in", "nonlinearity": "leaky_relu"},
    "orthogonal_": {"gain": 1.0},
}
STARTS = {name: Signature(name, defaults) for name, defaults in _STARTS.items()}
PLAIN = {
    "zeros_": "zeros",
    "ones_": "ones",
    "xavier_uniform_": "glorot_uniform",
    "xavier_normal_": "glorot_normal",
    "kaiming_uniform_": "he_uniform",
    "kaiming_normal_": "he_normal",
}


def start(call: Call, notes: list[str]) -> Any:
    """Our JSON of an initializer from nn.init's function; None, with a note, for one that is not here."""
    if call.name not in STARTS:
        notes.append(f"Line {call.line}: the first weights {call.name} are not known here; PyTorch's own are used.")
        return None
    a = Arguments(Call(call.name, call.args[1:], call.keywords, call.node), STARTS[call.name])
    if call.name == "constant_":
        return {"type": "constant", "value": real(a.take("val"), "val", call.line)}
    if call.name == "orthogonal_":
        return {"type": "orthogonal", "gain": real(a.take("gain"), "gain", call.line)}
    if call.name == "normal_":
        return {"type": "normal", "stddev": real(a.take("std"), "std", call.line)}
    if call.name == "uniform_":
        if len(call.node.args) == 3 and match("N ** -0.5", call.node.args[2]):
            return "torch_default"
        low, high = (real(a.take(n), n, call.line) for n in ("a", "b"))
        if low == -high:
            return {"type": "uniform", "scale": high}
        notes.append(f"Line {call.line}: first weights between {low:g} and {high:g} are not known here.")
        return None
    for name in a.rest():
        if name not in ("nonlinearity", "mode"):
            notes.append(f"Line {call.line}: {name} of {call.name} is left out.")
    return PLAIN[call.name]


# Losses and optimizers

LOSSES = {
    "MSELoss": "mse",
    "L1Loss": "mae",
    "HuberLoss": "huber",
    "SmoothL1Loss": "huber",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy",
    "CrossEntropyLoss": "categorical_cross_entropy",
    "NLLLoss": "categorical_cross_entropy",
}
LOSS_FUNCTIONS = {
    "mse_loss": "MSELoss",
    "l1_loss": "L1Loss",
    "huber_loss": "HuberLoss",
    "smooth_l1_loss": "SmoothL1Loss",
    "binary_cross_entropy": "BCELoss",
    "binary_cross_entropy_with_logits": "BCEWithLogitsLoss",
    "cross_entropy": "CrossEntropyLoss",
    "nll_loss": "NLLLoss",
}


def loss(call: Call) -> Part:
    """Our JSON of a loss."""
    made: Part = {"type": LOSSES[call.name]}
    if made["type"] == "huber":
        name = "delta" if call.name == "HuberLoss" else "beta"
        made["delta"] = real(Arguments(call, TORCH[call.name]).take(name), name, call.line)
    return made


OPTIMIZERS: dict[str, tuple[str, dict[str, str]]] = {  # ours; our parameter → PyTorch's
    "SGD": ("sgd", {"momentum": "momentum", "nesterov": "nesterov"}),
    "Adam": ("adam", {"epsilon": "eps"}),
    "AdamW": ("adamw", {"epsilon": "eps", "weight_decay": "weight_decay"}),
    "RMSprop": ("rmsprop", {"rho": "alpha", "momentum": "momentum", "epsilon": "eps"}),
    "Adagrad": ("adagrad", {"epsilon": "eps"}),
    "Adadelta": ("adadelta", {"rho": "rho", "epsilon": "eps"}),
}


def optimizer(call: Call, notes: list[str]) -> Part:
    """Training settings: the optimizer, and the penalty that its weight decay is."""
    if call.name not in OPTIMIZERS:
        choices = ", ".join(CATALOGUE["optimizer"])
        raise at_line(call.line, f"The optimizer {call.name} is not known here.", f"Choose one of: {choices}.")
    ours, parameters = OPTIMIZERS[call.name]
    a = Arguments(call, TORCH[call.name])
    a.given.pop("params", None)
    made: Part = {"type": ours}
    rate = a.given.get("lr", a.signature.defaults["lr"])
    if isinstance(rate, int | float):
        made["learning_rate"] = a.take("lr")
    else:
        notes.append(f"Line {call.line}: the learning rate {shown(rate)} was left out; the default is used.")
        a.given.pop("lr")
    made |= {name: a.take(theirs) for name, theirs in parameters.items()}
    if "betas" in a.signature.defaults and isinstance(betas := a.take("betas"), tuple | list) and len(betas) == 2:
        made |= {"beta1": betas[0], "beta2": betas[1]}
    out: Part = {"optimizer": made}
    if ours != "adamw" and (decay := a.take("weight_decay")):
        out["regularizer"] = {"type": "l2", "rate": real(decay, "weight_decay", call.line)}
        notes.append(f"Line {call.line}: weight_decay becomes L2 regularization, which leaves offsets alone here.")
    notes += [f"Line {call.line}: {left} of {call.name} has no counterpart here and was left out." for left in a.rest()]
    return out
