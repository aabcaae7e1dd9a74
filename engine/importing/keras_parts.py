"""Activations, first weights, penalties, losses and optimizers as Keras writes them, in code or in its JSON.

A value is a name (`"relu"`), a call (`keras.layers.LeakyReLU(0.3)`), or a function's name (`keras.activations.tanh`).
"""

import ast
import re
from typing import Any

import engine.experiment  # noqa: F401  fills the catalogue
from engine.export.signatures import KERAS
from engine.importing.arguments import Arguments, real, shown
from engine.importing.source import Call, Lambda, Ref, at_line, match
from engine.spec import CATALOGUE

Part = dict[str, Any]

# Keras's names for our activations, where they differ, and those that take a parameter: (Keras's argument, ours).
ACTIVATIONS = {"swish": "silu", "None": "linear"}
CLASSES = {
    "LeakyReLU": ("leaky_relu", "negative_slope"),
    "ELU": ("elu", "alpha"),
    "Softmax": ("softmax", None),
    "ReLU": ("relu", None),
}
# What Keras's names stand for where the parameter is not said.
BY_NAME: dict[str, Part] = {"leaky_relu": {"type": "leaky_relu", "negative_slope": 0.2}}


def activation(value: Any, line: int, notes: list[str]) -> Any:
    """Our JSON of an activation. Raises SpecError for one that is not here."""
    if value is None:
        return "linear"
    if isinstance(value, Lambda):
        return _lambda(value, line)
    if isinstance(value, Call):
        return _called_activation(value, line)
    name = value.name if isinstance(value, Ref) else value
    if not isinstance(name, str):
        raise at_line(line, f"{shown(value)} is no activation.")
    name = ACTIVATIONS.get(name.lower(), name.lower())
    if name == "gelu":
        notes.append(f"Line {line}: GELU is computed in its tanh form here, which differs by less than 0.001.")
    if name not in CATALOGUE["activation"]:
        known = ", ".join(n for n in CATALOGUE["activation"])
        raise at_line(line, f"There is no activation {name!r} here.", f"Choose one of: {known}.")
    return BY_NAME.get(name, name)


def _lambda(value: Lambda, line: int) -> str:
    """A function in place of a name: the form in which we write those that Keras has no name for."""
    for name, cls in CATALOGUE["activation"].items():
        text = cls.keras
        if text.startswith("lambda") and "{" not in text and value.text == ast.unparse(ast.parse(text, mode="eval")):
            return name
    raise at_line(line, f"The activation {shown(value)} is not understood.", "Use one of Keras's names.")


def _called_activation(value: Call, line: int) -> Part | str:
    if value.name not in CLASSES:
        raise at_line(line, f"{shown(value)} is no activation that is known here.")
    name, parameter = CLASSES[value.name]
    arguments = Arguments(value, KERAS[value.name])
    if value.name == "ReLU" and (slope := arguments.take("negative_slope")):
        return {"type": "leaky_relu", "negative_slope": slope}
    if parameter is None:
        return name
    return {"type": name, parameter: real(arguments.take(parameter), parameter, line)}


# First weights. Where Keras's own distribution is cut off at two widths, the catalogue writes a plain one with the
# numbers of values that go in and out, which `match` recognizes.

INITIALIZERS = {
    "zeros": "zeros",
    "ones": "ones",
    "glorot_uniform": "glorot_uniform",
    "glorot_normal": "glorot_normal",
    "he_uniform": "he_uniform",
    "he_normal": "he_normal",
    "orthogonal": "orthogonal",
    "uniform": {"type": "uniform", "scale": 0.05},
    "random_uniform": {"type": "uniform", "scale": 0.05},
    "normal": {"type": "normal", "stddev": 0.05},
    "random_normal": {"type": "normal", "stddev": 0.05},
}


def initializer(value: Any, line: int, notes: list[str]) -> Any:
    """Our JSON of an initializer; None, with a note, for one that is not here."""
    if isinstance(value, Ref | str):
        name = value.name if isinstance(value, Ref) else value
        found = INITIALIZERS.get(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    else:
        found = _called_initializer(value, line) if isinstance(value, Call) else None
    if found is None:
        notes.append(f"Line {line}: the first weights {shown(value)} are not known here; the layer's own are used.")
    return found


def _called_initializer(value: Call, line: int) -> Any:
    name = value.name
    plain = INITIALIZERS.get(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    if name not in KERAS:
        return None
    arguments = Arguments(value, KERAS[name])
    if name == "RandomNormal":
        return _by_size(value, 1) or {"type": "normal", "stddev": real(arguments.take("stddev"), "stddev", line)}
    if name == "RandomUniform":
        low, high = (real(arguments.take(n), n, line) for n in ("minval", "maxval"))
        if low != -high:
            return None
        return _by_size(value, 1) or {"type": "uniform", "scale": high}
    if name == "Constant":
        return {"type": "constant", "value": real(arguments.take("value"), "value", line)}
    if name == "Orthogonal":
        return {"type": "orthogonal", "gain": real(arguments.take("gain"), "gain", line)}
    return plain


def _by_size(value: Call, place: int) -> str | None:
    """An initializer whose width was written out with the layer's numbers of inputs and outputs."""
    if len(value.node.args) <= place:
        return None
    node = value.node.args[place]
    if value.name == "RandomUniform":
        return "torch_default" if match("N ** -0.5", node) else None
    if match("(2 / (I + O)) ** 0.5", node):
        return "glorot_normal"
    return "he_normal" if match("(2 / N) ** 0.5", node) else None


def penalty(value: Any, line: int, notes: list[str]) -> Part | None:
    """Our JSON of a regularizer: Keras's L2 is λ Σw², ours λ/2 Σw²."""
    if value is None:
        return None
    if isinstance(value, str) and value in ("l1", "l2"):
        return {"type": value, "rate": 0.01 if value == "l1" else 0.02}
    if isinstance(value, Call) and value.name.upper() in ("L1", "L2"):
        name = value.name.upper()
        rate = real(Arguments(value, KERAS[name]).take(name.lower()), "rate", line)
        return {"type": name.lower(), "rate": rate if name == "L1" else 2 * rate}
    notes.append(f"Line {line}: the penalty {shown(value)} is not known here and was left out.")
    return None


# Losses and optimizers

LOSSES: dict[str, tuple[str, tuple[str, ...]]] = {  # ours, and Keras's short names
    "MeanSquaredError": ("mse", ("mse", "mean_squared_error")),
    "MeanAbsoluteError": ("mae", ("mae", "mean_absolute_error")),
    "Huber": ("huber", ("huber", "huber_loss")),
    "Hinge": ("hinge", ("hinge",)),
    "BinaryCrossentropy": ("binary_cross_entropy", ("binary_crossentropy",)),
    "CategoricalCrossentropy": ("categorical_cross_entropy", ("categorical_crossentropy",)),
    "SparseCategoricalCrossentropy": ("categorical_cross_entropy", ("sparse_categorical_crossentropy",)),
}


def loss(value: Any, line: int) -> tuple[Part, bool | None]:
    """Our JSON of a loss, and whether it wants sums rather than probabilities (None: it does not matter)."""
    if isinstance(value, Call) and value.name in LOSSES:
        arguments = Arguments(value, KERAS[value.name])
        made: Part = {"type": LOSSES[value.name][0]}
        if value.name == "Huber":
            made["delta"] = real(arguments.take("delta"), "delta", line)
        return made, bool(arguments.take("from_logits")) if value.name.endswith("Crossentropy") else None
    name = value.name if isinstance(value, Ref) else value
    for kind, (ours, names) in LOSSES.items():
        if isinstance(name, str) and name.lower() in (*names, kind.lower()):
            return {"type": ours}, False if kind.endswith("Crossentropy") else None
    raise at_line(
        line, f"The loss {shown(value)} is not known here.", f"Choose one of: {', '.join(CATALOGUE['loss'])}."
    )


OPTIMIZERS: dict[str, tuple[str, dict[str, str]]] = {  # ours; our parameter → Keras's
    "SGD": ("sgd", {"momentum": "momentum", "nesterov": "nesterov"}),
    "Adam": ("adam", {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon"}),
    "AdamW": ("adamw", {"beta1": "beta_1", "beta2": "beta_2", "epsilon": "epsilon", "weight_decay": "weight_decay"}),
    "RMSprop": ("rmsprop", {"rho": "rho", "momentum": "momentum", "epsilon": "epsilon"}),
    "Adagrad": ("adagrad", {"epsilon": "epsilon"}),
    "Adadelta": ("adadelta", {"rho": "rho", "epsilon": "epsilon"}),
}
CLIPPING = {"clipvalue": "clip_value", "global_clipnorm": "clip_norm", "clipnorm": "clip_norm"}


def optimizer(value: Any, line: int, notes: list[str]) -> Part:
    """Training settings: the optimizer, and clipping where it does that."""
    name = value if isinstance(value, str) else value.name if isinstance(value, Ref | Call) else ""
    known = {key.lower(): key for key in OPTIMIZERS}
    if name.lower() not in known:
        choices = ", ".join(CATALOGUE["optimizer"])
        raise at_line(line, f"The optimizer {shown(value)} is not known here.", f"Choose one of: {choices}.")
    kind = known[name.lower()]
    call = value if isinstance(value, Call) else Call(kind, (), {}, ast.Call(ast.Name(kind), [], [], lineno=line))
    arguments = Arguments(call, KERAS[kind])
    ours, parameters = OPTIMIZERS[kind]
    made: Part = {"type": ours}
    rate = arguments.take("learning_rate")
    if isinstance(rate, int | float):
        made["learning_rate"] = rate
    else:
        notes.append(f"Line {line}: the learning rate {shown(rate)} was left out; the default is used.")
    made |= {name: arguments.take(theirs) for name, theirs in parameters.items()}
    out: Part = {"optimizer": made}
    for theirs, setting in CLIPPING.items():
        if arguments.said(theirs):
            out[setting] = real(arguments.take(theirs), theirs, line)
    if kind == "Adagrad" and arguments.take("initial_accumulator_value"):
        notes.append(f"Line {line}: Adagrad starts with sums of squares of 0 here, so its first steps are longer.")
    notes += [f"Line {line}: {left} of {kind} has no counterpart here and was left out." for left in arguments.rest()]
    return out
