"""PyTorch code becomes an experiment: its network, how it is trained as far as it says, and notes. Nothing is run."""

import ast
from typing import Any

from engine.data import DataSpec
from engine.errors import PlaygroundError, SpecError
from engine.export.layout import LAST
from engine.importing import torch_training
from engine.importing.data_sets import data_set
from engine.importing.result import Imported, check_shapes, understood
from engine.importing.source import Call, at_line, parse
from engine.importing.torch_forward import Forward
from engine.importing.torch_graph import Graph
from engine.importing.torch_values import FIRST, Chain, Instance, Steps, Tensor, is_module
from engine.importing.torch_walker import TorchWalker
from engine.importing.walk import Return
from engine.layer import Shape
from engine.network import INPUT

IMAGES = (28, 8)  # the sizes of the images here, which an unknown size is tried as first
SIZES = (*IMAGES, 32, 64, 16, 224, 128, 96, 48, 40, 24, 20, 12, *range(1, 65))
STEPS = (16, 10, 8, *range(1, 65))


def from_torch(text: str, input_shape: Shape | None = None) -> Imported:
    """Read a program. input_shape: that of one example, channels last, where it is known from elsewhere.

    Raises SpecError, with the line, for what is no Python, no network, or not known here.
    """
    tree = parse(text)
    walker = TorchWalker()
    try:
        walker.walk(tree.body)
    except Return:
        pass
    root = _root(walker)
    for function in [f for f in walker.functions if id(f) not in walker.called_functions]:
        walker.call_function(function, (), {})
    said = _said_shape(root)
    shapes = [s for s in (input_shape, said) if s is not None][:1] or _shapes(walker, root, tree)
    layouts = (LAST,) if said is not None else (FIRST, LAST)
    found, forward, lines = _first_fit(walker, root, shapes, layouts)
    found.data = data_set(tree, found.input_shape, found.notes)
    _predict(root, forward, found)
    found.lines = lines
    check_shapes(found)
    torch_training.take(walker, tree, found)
    found.page.pop("predict", None)
    understood(found)
    return found


def _root(walker: TorchWalker) -> Any:
    """The network: the last object of the program's own class that is made, else its last class, else a Sequential."""
    with_forward = [i for i in walker.instances if i.cls.method("forward") is not None]
    inner = {id(v) for i in walker.instances for v in i.attributes.values()}
    outer = [i for i in with_forward if id(i) not in inner]
    if outer:
        return outer[-1]
    classes = [c for c in walker.classes if c.method("forward") is not None]
    if classes:
        return walker.make(classes[-1], (), {}, classes[-1].node)
    nested = {id(m) for c in walker.chains for m in c.modules.values()}
    chains = [c for c in walker.chains if id(c) not in nested]
    if chains:
        return chains[-1]
    raise SpecError(
        "There is no PyTorch network in this code.",
        where="code",
        fix="Paste code with nn.Sequential, or a class derived from nn.Module with __init__ and forward.",
    )


def _first_fit(
    walker: TorchWalker, root: Any, shapes: list[Shape], layouts: tuple[str, ...]
) -> tuple[Imported, Forward, dict[str, int]]:
    """The network for the first input shape with which everything fits; else for the first that is not refused."""
    best: tuple[Imported, Forward, dict[str, int]] | None = None
    first: PlaygroundError | None = None
    for shape in dict.fromkeys(shapes):
        for layout in layouts if len(shape) > 1 else (LAST,):
            try:
                made = _follow(walker, root, shape, layout)
            except PlaygroundError as error:
                layouts_differ = layout == FIRST and "wants the channels last" in error.message
                first = first or (None if layouts_differ else error)
                continue
            if not made[1].graph.slips:
                return _said(made, best)
            best = best or made
    if best is None:
        assert first is not None
        raise first
    return best


def _said(fits: tuple, slipped: tuple | None) -> tuple[Imported, Forward, dict[str, int]]:
    """Images of a size that is here go before those of another size which would fit; the note tells."""
    if slipped is None or slipped[0].input_shape[:2] not in [(n, n) for n in IMAGES]:
        return fits
    h, w = fits[0].input_shape[:2]
    slipped[0].notes.append(f"With images of {h}×{w} the numbers in the code would fit.")
    return slipped  # type: ignore[return-value]


def _follow(walker: TorchWalker, root: Any, shape: Shape, layout: str) -> tuple[Imported, Forward, dict[str, int]]:
    notes = list(walker.notes)
    graph = Graph(notes)
    forward = Forward(walker, graph)
    line = getattr(root, "line", 0)
    out = forward.follow(root, Tensor(INPUT, shape, layout, root.node))
    if isinstance(out, Steps):
        out = out.every
    if not isinstance(out, Tensor) or not graph.layers:
        raise at_line(line, "What this network gives is not understood.", "Return one tensor from forward.")
    layers = graph.finish(out)
    found = Imported({"layers": layers}, shape, notes=notes)
    found.prefixes = {id: made.prefix for id, made in graph.layers.items() if made.prefix}
    found.rows = {id: m.rows_from for id, m in graph.layers.items() if m.rows_from and m.spec["type"] == "dense"}
    return found, forward, {id: made.line for id, made in graph.layers.items()}


def _said_shape(root: Any) -> Shape | None:
    """Our own programs say the input's shape, channels last, in the class."""
    said = root.attributes.get("input_shape") if isinstance(root, Instance) else None
    plain = isinstance(said, tuple) and bool(said) and all(isinstance(n, int) and n > 0 for n in said)
    return said if plain else None


def _shapes(walker: TorchWalker, root: Any, tree: ast.Module) -> list[Shape]:
    """Input shapes to try, the likeliest first: what the data has, then what the first module reads."""
    out: list[Shape] = []
    data = data_set(tree, None, [])
    if data is not None:
        out.append(DataSpec.from_json(data).input_shape)
        if out[0] == (28, 28, 1):
            out.append((784,))
            return out
    first = _first_module(root)
    if first is None:
        return out or [(2,)]
    size = first.args[0] if first.args else next(iter(first.keywords.values()), None)
    size = size if isinstance(size, int) and size > 0 else 1
    match first.name:
        case "Linear":
            side = int(size**0.5)
            square = [(side, side, 1)] if side * side == size and side in IMAGES else []
            return [*out, *(square if _flattens_first(root) else []), (size,), *square]
        case "Conv1d" | "RNN" | "LSTM" | "GRU":
            return [*out, *((n, size) for n in STEPS)]
        case "Embedding":
            return [*out, *((n,) for n in (8, *STEPS))]
    if first.name in ("Conv2d", "BatchNorm2d", "MaxPool2d", "AvgPool2d"):
        channels = size if first.name in ("Conv2d", "BatchNorm2d") else 1
        return [*out, *((n, n, channels) for n in SIZES)]
    return [*out, (size,)]


def _modules(owner: Any) -> list[Call]:
    """Every module of nn, in the order in which the program makes them."""
    if isinstance(owner, Call):
        return [owner] if is_module(owner) else []
    inner: list[Any] = list(owner) if isinstance(owner, list | tuple) else []
    inner += owner.attributes.values() if isinstance(owner, Instance) else ()
    inner += owner.modules.values() if isinstance(owner, Chain) else ()
    return [m for entry in inner for m in _modules(entry)]


def _first_module(root: Any) -> Call | None:
    """The first that says how many numbers it reads."""
    telling = ("Linear", "Conv1d", "Conv2d", "BatchNorm2d", "MaxPool2d", "AvgPool2d", "RNN", "LSTM", "GRU", "Embedding")
    made = [m for m in _modules(root) if m.name in telling]
    first = next((m for m in made if not m.name.endswith("Pool2d")), None)
    return first or (made[0] if made else None)


def _flattens_first(root: Any) -> bool:
    made = _modules(root)
    text = ast.unparse(root.node if not isinstance(root, Instance) else root.cls.node)
    return bool(made and made[0].name == "Flatten") or ".view(" in text or "flatten(" in text


def _predict(root: Any, forward: Forward, found: Imported) -> None:
    """`predict`, as our own programs have it: the activation that `forward` leaves to the loss."""
    method = root.cls.method("predict") if isinstance(root, Instance) else None
    last = method.body[-1] if method is not None else None
    if not isinstance(last, ast.Return) or not isinstance(last.value, ast.Call) or not found.network["layers"]:
        return
    value = last.value
    if not (len(value.args) == 1 and ast.unparse(value.args[0]) == "self(x)" and isinstance(value.func, ast.Attribute)):
        return
    entry = found.network["layers"][-1]
    module = root.attributes.get(value.func.attr)
    forward.values = {**forward.values, "self": root, "x": Tensor(entry["id"], (1,), LAST, value)}
    layers = dict(forward.graph.layers)
    forward.graph.layers = {entry["id"]: layers[entry["id"]]}
    made = forward.call_module(module, Tensor(entry["id"], (1,), LAST, value), value) if module is not None else None
    f = forward.graph.layers[made.layer].spec["activation"] if isinstance(made, Tensor) else None
    forward.graph.layers = layers
    if f is None:
        return
    found.page["predict"] = True
    shared = [name for name in root.attributes if name == value.func.attr]
    if entry["type"] != "activation" and entry.get("activation", "linear") == "linear" and _is_shared(shared[0], f):
        entry["activation"] = f
    else:
        found.network["layers"].append({"id": value.func.attr, "type": "activation", "activation": f})


def _is_shared(name: str, f: Any) -> bool:
    """Our programs name an activation that belongs to layers after itself; one that is a layer has that layer's id."""
    kind = f if isinstance(f, str) else f["type"]
    return name.rstrip("0123456789") == kind
