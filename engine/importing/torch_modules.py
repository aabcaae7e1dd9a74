"""PyTorch's modules as our layers. **A new layer needs one row**: a function under the name of PyTorch's class.

It gets the graph, the arguments, the tensor that the module is called with, and adds its layer; `place` says what the
layer is to be called and where its weights are in the state dict.
"""

from collections.abc import Callable
from typing import Any

from engine.export.signatures import TORCH
from engine.export.windows import windows
from engine.importing.arguments import Arguments, one_or_two, real, shown, whole
from engine.importing.source import Call, at_line
from engine.importing.torch_graph import Graph
from engine.importing.torch_parts import ACTIVATIONS, activation
from engine.importing.torch_shapes import Place, flatten, slip
from engine.importing.torch_values import FIRST, LAST, Steps, Tensor
from engine.spec import make

Row = Callable[[Graph, Arguments, Tensor, Place], Any]
MODULES: dict[str, Row] = {}


def row(*names: str) -> Callable[[Row], Row]:
    """Enter a function for PyTorch's classes of these names."""

    def enter(function: Row) -> Row:
        MODULES.update(dict.fromkeys(names, function))
        return function

    return enter


def apply(graph: Graph, module: Call, x: Tensor, place: Place) -> Any:
    """What a module gives for a tensor. Raises SpecError with the line for one that is not here."""
    if module.name in ACTIVATIONS:
        f = activation(module, graph.notes)
        spec = {"type": "activation", "activation": f}
        return graph.add(spec, [x], place.node, name=place.name, prefix=place.prefix, folds=place.folds)
    if module.name not in MODULES:
        known = ", ".join(sorted([*MODULES, *ACTIVATIONS]))
        raise at_line(module.line, f"There is no layer here like nn.{module.name}.", f"These are read: {known}.")
    arguments = Arguments(module, TORCH[module.name])
    out = MODULES[module.name](graph, arguments, x, place)
    for name in arguments.rest():
        graph.notes.append(f"Line {module.line}: {name} of nn.{module.name} has no counterpart here and was left out.")
    return out


def _add(graph: Graph, spec: dict[str, Any], x: Tensor, place: Place, layout: str | None = None) -> Tensor:
    return graph.add(spec, [x], place.node, name=place.name, prefix=place.prefix, layout=layout)


@row("Linear")
def linear(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    given, units = (whole(a.take(n), n, a.line) for n in ("in_features", "out_features"))
    if len(x.shape) == 1 and given != x.size:
        if not x.flat:
            raise at_line(a.line, f"This Linear reads {given:,} values, but {x.size:,} reach it.")
        slip(graph, given, x, a.line)
    spec = {"type": "dense", "units": units, "bias": bool(a.take("bias")), **place.starts}
    out = _add(graph, spec, x, place)
    source = _flattened(graph, x.layer)
    if source is not None:
        graph.layers[out.layer].rows_from = source
    return out


def _flattened(graph: Graph, id: str) -> Any:
    """The image whose values, channels first, a row has; through what leaves their order alone."""
    made = graph.layers.get(id)
    while made is not None and made.spec["type"] in ("dropout", "activation") and len(made.inputs) == 1:
        made = graph.layers.get(made.inputs[0])
    return getattr(made, "rows_from", None) if made is not None and made.spec["type"] == "flatten" else None


@row("Conv1d", "Conv2d")
def convolution(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    one = a.call.name == "Conv1d"
    _rank(x, 2 if one else 3, a)
    x = graph.lie(x, FIRST, f"nn.{a.call.name}", a.line)
    channels = whole(a.take("in_channels"), "in_channels", a.line)
    if channels != x.shape[-1]:
        raise at_line(a.line, f"This convolution reads {channels} channels, but {x.shape[-1]} reach it.")
    spec: dict[str, Any] = {
        "type": "conv1d" if one else "conv2d",
        "filters": whole(a.take("out_channels"), "out_channels", a.line),
    }
    for ours, theirs in (("kernel_size", "kernel_size"), ("strides", "stride"), ("dilation", "dilation")):
        spec[ours] = _sizes(a, theirs, one)
    padding = a.take("padding")
    if isinstance(padding, str):
        spec["padding"] = padding
    elif any(n for n in (padding if isinstance(padding, tuple | list) else [padding])):
        spec |= {"padding": "explicit", "border": _sizes(a, "padding", one)}
    spec |= {"groups": whole(a.take("groups"), "groups", a.line), "bias": bool(a.take("bias")), **place.starts}
    if place.border is not None:
        spec |= _bordered(place.border, spec, x)
    return _add(graph, spec, x, place)


def _sizes(a: Arguments, name: str, one: bool) -> int | list[int]:
    value = one_or_two(a.take(name), name, a.line)
    if one and isinstance(value, list):
        raise at_line(a.line, f"{name} of {a.call.name} should be one number, got {shown(a.take(name))}.")
    return value


def _rank(x: Tensor, rank: int, a: Arguments) -> None:
    if len(x.shape) != rank:
        what = "an image" if rank == 3 else "a sequence"
        raise at_line(a.line, f"nn.{a.call.name} reads {what}, but what reaches it has the shape {x.theirs}.")


def _bordered(border: Call, spec: dict[str, Any], x: Tensor) -> dict[str, Any]:
    """nn.ZeroPad before a convolution: 'same' where the border is the one that this would have, else a border."""
    edges, count = Arguments(border, TORCH[border.name]).take("padding"), 2 if border.name == "ZeroPad1d" else 4
    edges = tuple(edges) if isinstance(edges, tuple | list) else (edges,) * count
    if len(edges) != count or not all(isinstance(n, int) and n >= 0 for n in edges):
        raise at_line(border.line, f"The border {shown(border)} is not understood.")
    same = windows(make("layer", {**spec, "padding": "same"}), x.shape)
    if edges == (same.edges if count == 4 else same.edges[2:]):
        return {"padding": "same"}
    if edges[0] != edges[1] or edges[-2] != edges[-1]:
        raise at_line(border.line, "A border is the same on both sides here.")
    return {"padding": "explicit", "border": edges[0] if count == 2 else [edges[2], edges[0]]}


@row("MaxPool2d", "AvgPool2d")
def pooling(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    _rank(x, 3, a)
    x = graph.lie(x, FIRST, f"nn.{a.call.name}", a.line)
    size, steps = one_or_two(a.take("kernel_size"), "kernel_size", a.line), a.take("stride")
    border, ceil = _pair(one_or_two(a.take("padding"), "padding", a.line)), bool(a.take("ceil_mode"))
    spec: dict[str, Any] = {"type": "max_pool2d" if a.call.name == "MaxPool2d" else "avg_pool2d", "pool_size": size}
    if steps is not None and _pair(one_or_two(steps, "stride", a.line)) != _pair(size):
        spec["strides"] = one_or_two(steps, "stride", a.line)
    if spec["type"] == "avg_pool2d":
        inside = not a.take("count_include_pad")
        if any(border) and not inside:
            graph.notes.append(f"Line {a.line}: the mean is over the values that are there, without the border.")
    if any(border) or ceil:
        spec["padding"] = "same"
        same = windows(make("layer", spec), x.shape)
        cut = [step == 1 and lo != hi for step, lo, hi in zip(same.strides, same.before, same.after, strict=True)]
        meant = [hi if c else lo for c, lo, hi in zip(cut, same.before, same.after, strict=True)]
        if border != meant:
            graph.notes.append(
                f"Line {a.line}: windows reach over the edges as with Keras's padding='same' here, which may be by one"
                " place otherwise than in PyTorch."
            )
    return _add(graph, spec, x, place)


def _pair(value: int | list[int]) -> list[int]:
    return value if isinstance(value, list) else [value, value]


@row("AdaptiveAvgPool2d")
def adaptive(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    """To one value a channel; the (C, 1, 1) that PyTorch gives is read as (C,), so a Flatten behind it does nothing."""
    _rank(x, 3, a)
    if a.take("output_size") not in (1, (1, 1)):
        raise at_line(a.line, "An average over the whole image, AdaptiveAvgPool2d(1), is known here alone.")
    out = _add(graph, {"type": "global_avg_pool2d"}, graph.lie(x, FIRST, "nn.AdaptiveAvgPool2d", a.line), place)
    graph.layers[out.layer].maps = True
    return out


@row("Flatten")
def flatten_module(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    if a.take("start_dim") != 1 or a.take("end_dim") != -1:
        raise at_line(a.line, "Flatten starts at axis 1 and goes to the last one here.")
    return flatten(graph, x, place)


@row("Unflatten")
def unflatten(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    shape = a.take("unflattened_size")
    if a.take("dim") != 1 or not isinstance(shape, tuple | list) or len(x.shape) != 1:
        raise at_line(a.line, "Unflatten reads a row, along axis 1, here.")
    sizes = [whole(n, "unflattened_size", a.line) for n in shape]
    return _add(graph, {"type": "reshape", "shape": sizes}, x, place, LAST)


@row("Dropout", "Dropout2d")
def dropout(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    whole_maps = a.call.name == "Dropout2d" and len(x.shape) == 3
    spec = {"type": "spatial_dropout2d" if whole_maps else "dropout", "rate": real(a.take("p"), "p", a.line)}
    return _add(graph, spec, graph.lie(x, FIRST, "nn.Dropout2d", a.line) if whole_maps else x, place)


@row("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")
def batch_norm(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    x = graph.lie(x, FIRST, f"nn.{a.call.name}", a.line)
    if whole(a.take("num_features"), "num_features", a.line) != x.shape[-1]:
        raise at_line(
            a.line, f"This normalization is for {a.take('num_features')} channels, but {x.shape[-1]} reach it."
        )
    keep = round(1 - real(a.take("momentum"), "momentum", a.line), 12)
    spec = {"type": "batch_norm", "momentum": keep, "epsilon": real(a.take("eps"), "eps", a.line)}
    return _add(graph, {**spec, "affine": bool(a.take("affine"))}, x, place)


@row("LayerNorm")
def layer_norm(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    x = graph.lie(x, LAST, "nn.LayerNorm", a.line)
    over = a.take("normalized_shape")
    over = tuple(over) if isinstance(over, tuple | list) else (over,)
    if over != x.shape[-1:]:
        raise at_line(a.line, f"LayerNorm goes over the last axis, of {x.shape[-1]} values, here; got {over}.")
    spec = {"type": "layer_norm", "epsilon": real(a.take("eps"), "eps", a.line)}
    return _add(graph, {**spec, "affine": bool(a.take("elementwise_affine"))}, x, place)


@row("Embedding")
def embedding(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Tensor:
    _rank(x, 1, a) if len(x.shape) != 1 else None
    sizes = [whole(a.take(n), n, a.line) for n in ("num_embeddings", "embedding_dim")]
    starts = {"embeddings_initializer": {"type": "normal", "stddev": 1.0}, **place.starts}
    return _add(graph, {"type": "embedding", "vocabulary": sizes[0], "units": sizes[1], **starts}, x, place, LAST)


@row("RNN", "LSTM", "GRU")
def recurrent(graph: Graph, a: Arguments, x: Tensor, place: Place) -> Steps:
    _rank(x, 2, a)
    x = graph.lie(x, LAST, f"nn.{a.call.name}", a.line)
    features, units = (whole(a.take(n), n, a.line) for n in ("input_size", "hidden_size"))
    if features != x.shape[-1]:
        raise at_line(a.line, f"This nn.{a.call.name} reads {features} numbers a step, but {x.shape[-1]} reach it.")
    if a.take("num_layers") != 1 or a.take("bidirectional"):
        raise at_line(a.line, "Recurrent layers have one layer and one direction here.", "Write one after the other.")
    if not a.take("batch_first"):
        graph.notes.append(f"Line {a.line}: samples come first here, as with batch_first=True.")
    kind = {"RNN": "simple_rnn"}.get(a.call.name, a.call.name.lower())
    own = {"type": "uniform", "scale": units**-0.5}
    starts = {f"{name}_initializer": own for name in ("kernel", "recurrent", "bias")} | place.starts
    spec = {"type": kind, "units": units, "return_sequences": True, "bias": bool(a.take("bias")), **starts}
    if kind == "simple_rnn":
        spec["nonlinearity"] = a.take("nonlinearity")
    if kind == "lstm":
        spec.setdefault("unit_forget_bias", False)
    return Steps(_add(graph, spec, x, place, LAST), kind, place.node)


def last_step(graph: Graph, steps: Steps) -> Tensor:
    """The output of the last step alone."""
    made = graph.layers[steps.every.layer]
    made.spec["return_sequences"] = False
    return Tensor(steps.every.layer, steps.every.shape[-1:], LAST, steps.node)
