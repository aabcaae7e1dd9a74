"""Keras's layers as ours. **A new layer needs one row**: a function under the name of Keras's class.

It gets the arguments, Keras's defaults filled in, and the notes, and gives the JSON of our layer without its id.
"""

from collections.abc import Callable
from typing import Any

from engine.export.signatures import KERAS
from engine.importing.arguments import Arguments, one_or_two, real, shown, whole
from engine.importing.keras_parts import activation, initializer, penalty
from engine.importing.source import Call, at_line

Layer = dict[str, Any]
Notes = list[str]
LAYERS: dict[str, Callable[[Arguments, Notes], Layer]] = {}
PENALTIES = ("kernel_regularizer", "recurrent_regularizer", "embeddings_regularizer")


def layer(*names: str) -> Callable[[Callable[[Arguments, Notes], Layer]], Callable[[Arguments, Notes], Layer]]:
    """Enter a function as the reader of Keras's classes of these names."""

    def enter(function: Callable[[Arguments, Notes], Layer]) -> Callable[[Arguments, Notes], Layer]:
        LAYERS.update(dict.fromkeys(names, function))
        return function

    return enter


def read(call: Call, notes: Notes) -> tuple[Layer, Layer | None]:
    """Our layer, and the penalty that its weights have. Raises SpecError with the line for what is not here."""
    if call.name not in LAYERS:
        known = ", ".join(sorted(LAYERS))
        raise at_line(call.line, f"There is no layer here like Keras's {call.name}.", f"These are read: {known}.")
    arguments = Arguments(call, KERAS[call.name])
    made = LAYERS[call.name](arguments, notes)
    penalties = [penalty(arguments.take(name), call.line, notes) for name in PENALTIES if arguments.said(name)]
    for name in arguments.rest():
        notes.append(f"Line {call.line}: {name} of {call.name} has no counterpart here and was left out.")
    return made, next((p for p in penalties if p), None)


def _starts(a: Arguments, notes: Notes, *names: str) -> Layer:
    """The first weights, where they are said or differ from ours."""
    out = {}
    for name in names:
        key = f"{name}_initializer"
        found = initializer(a.take(key), a.line, notes)
        if found is not None:
            out[key] = found
    return out


def _channels_last(a: Arguments) -> None:
    if a.said("data_format") and a.take("data_format") == "channels_first":
        raise at_line(a.line, "Channels come last here, but this layer has them first.", "Leave data_format out.")


def _choice(a: Arguments, name: str, *options: str) -> str:
    value = a.take(name)
    if value not in options:
        raise at_line(a.line, f"{name} of {a.call.name} should be {' or '.join(options)}, got {shown(value)}.")
    return value


@layer("Dense")
def dense(a: Arguments, notes: Notes) -> Layer:
    units = whole(a.take("units"), "units", a.line)
    f = activation(a.take("activation"), a.line, notes)
    made = {"type": "dense", "units": units, "activation": f, "bias": bool(a.take("use_bias"))}
    return made | _starts(a, notes, "kernel", "bias")


@layer("Conv1D", "Conv2D")
def convolution(a: Arguments, notes: Notes) -> Layer:
    _channels_last(a)
    one = a.call.name == "Conv1D"
    made: Layer = {"type": "conv1d" if one else "conv2d", "filters": whole(a.take("filters"), "filters", a.line)}
    for ours, theirs in (("kernel_size", "kernel_size"), ("strides", "strides"), ("dilation", "dilation_rate")):
        value = one_or_two(a.take(theirs), theirs, a.line)
        if one and isinstance(value, list):
            raise at_line(a.line, f"{theirs} of Conv1D should be one number, got {shown(a.take(theirs))}.")
        made[ours] = value
    made |= {"padding": _choice(a, "padding", "valid", "same"), "groups": whole(a.take("groups"), "groups", a.line)}
    made |= {"activation": activation(a.take("activation"), a.line, notes), "bias": bool(a.take("use_bias"))}
    return made | _starts(a, notes, "kernel", "bias")


@layer("MaxPooling2D", "AveragePooling2D")
def pooling(a: Arguments, notes: Notes) -> Layer:
    _channels_last(a)
    size = one_or_two(a.take("pool_size"), "pool_size", a.line)
    steps = a.take("strides")
    made: Layer = {"type": "max_pool2d" if a.call.name == "MaxPooling2D" else "avg_pool2d", "pool_size": size}
    if steps is not None and _pair(one_or_two(steps, "strides", a.line)) != _pair(size):
        made["strides"] = one_or_two(steps, "strides", a.line)
    return made | {"padding": _choice(a, "padding", "valid", "same")}


def _pair(value: int | list[int]) -> list[int]:
    return value if isinstance(value, list) else [value, value]


@layer("GlobalAveragePooling2D")
def global_average(a: Arguments, notes: Notes) -> Layer:
    _channels_last(a)
    if a.take("keepdims"):
        raise at_line(a.line, "This layer gives a plain row here.", "Leave keepdims out.")
    return {"type": "global_avg_pool2d"}


@layer("Flatten")
def flatten(a: Arguments, notes: Notes) -> Layer:
    return {"type": "flatten"}


@layer("Reshape")
def reshape(a: Arguments, notes: Notes) -> Layer:
    shape = a.take("target_shape")
    return {"type": "reshape", "shape": [whole(n, "target_shape", a.line) for n in _entries(shape)]}


def _entries(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else [value]


@layer("Dropout", "SpatialDropout2D")
def dropout(a: Arguments, notes: Notes) -> Layer:
    kind = "dropout" if a.call.name == "Dropout" else "spatial_dropout2d"
    return {"type": kind, "rate": real(a.take("rate"), "rate", a.line)}


def _norm(a: Arguments) -> Layer:
    axis = _entries(a.take("axis"))
    if axis not in ([-1],):
        raise at_line(a.line, f"{a.call.name} goes along the channels, the last axis, here.", "Leave axis out.")
    center, scale = a.take("center"), a.take("scale")
    if bool(center) != bool(scale):
        raise at_line(a.line, f"{a.call.name} has both center and scale here, or neither.")
    return {"epsilon": real(a.take("epsilon"), "epsilon", a.line), "affine": bool(center)}


@layer("BatchNormalization")
def batch_norm(a: Arguments, notes: Notes) -> Layer:
    return {"type": "batch_norm", "momentum": real(a.take("momentum"), "momentum", a.line), **_norm(a)}


@layer("LayerNormalization")
def layer_norm(a: Arguments, notes: Notes) -> Layer:
    return {"type": "layer_norm", **_norm(a)}


@layer("Embedding")
def embedding(a: Arguments, notes: Notes) -> Layer:
    sizes = [whole(a.take(name), name, a.line) for name in ("input_dim", "output_dim")]
    return {"type": "embedding", "vocabulary": sizes[0], "units": sizes[1], **_starts(a, notes, "embeddings")}


def _recurrent(a: Arguments, notes: Notes, kind: str) -> Layer:
    for name in ("return_state", "go_backwards"):
        if a.take(name):
            raise at_line(a.line, f"{name} of {a.call.name} is not known here.")
    for name in ("dropout", "recurrent_dropout"):
        if a.take(name):
            notes.append(f"Line {a.line}: {name} inside {a.call.name} is left out; put a Dropout layer before it.")
    units = whole(a.take("units"), "units", a.line)
    made = {"type": kind, "units": units, "return_sequences": bool(a.take("return_sequences"))}
    return made | {"bias": bool(a.take("use_bias")), **_starts(a, notes, "kernel", "recurrent", "bias")}


def _standard(a: Arguments) -> None:
    f = (a.take("activation"), a.take("recurrent_activation"))
    if f != ("tanh", "sigmoid"):
        raise at_line(a.line, f"{a.call.name} has tanh and sigmoid inside here, got {shown(f[0])} and {shown(f[1])}.")


@layer("SimpleRNN")
def simple_rnn(a: Arguments, notes: Notes) -> Layer:
    return _recurrent(a, notes, "simple_rnn") | {"nonlinearity": _choice(a, "activation", "tanh", "relu")}


@layer("LSTM")
def lstm(a: Arguments, notes: Notes) -> Layer:
    _standard(a)
    return _recurrent(a, notes, "lstm") | {"unit_forget_bias": bool(a.take("unit_forget_bias"))}


@layer("GRU")
def gru(a: Arguments, notes: Notes) -> Layer:
    _standard(a)
    if not a.take("reset_after"):
        raise at_line(a.line, "The GRU here has its reset gate after the product.", "Leave reset_after out.")
    return _recurrent(a, notes, "gru")


@layer("Add", "Multiply")
def merge(a: Arguments, notes: Notes) -> Layer:
    return {"type": a.call.name.lower()}


@layer("Concatenate")
def concatenate(a: Arguments, notes: Notes) -> Layer:
    if a.take("axis") != -1:
        raise at_line(a.line, "Concatenate joins channels, the last axis, here.", "Use axis=-1.")
    return {"type": "concatenate"}


@layer("Activation")
def activation_layer(a: Arguments, notes: Notes) -> Layer:
    return {"type": "activation", "activation": activation(a.take("activation"), a.line, notes)}


@layer("ReLU", "LeakyReLU", "ELU", "Softmax")
def activation_class(a: Arguments, notes: Notes) -> Layer:
    for name in a.signature.defaults:
        a.take(name)
    return {"type": "activation", "activation": activation(a.call, a.line, notes)}
