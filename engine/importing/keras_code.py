"""Keras code becomes an experiment: its network, how it is trained as far as it says, and notes. Nothing is run."""

from typing import Any

from engine.errors import SpecError
from engine.importing import keras_training
from engine.importing.arguments import shown
from engine.importing.data_sets import data_set
from engine.importing.keras_graph import KerasWalker, Model, Tensor
from engine.importing.keras_layers import read
from engine.importing.naming import Ids
from engine.importing.result import Imported, check_shapes, understood
from engine.importing.source import Call, at_line, parse
from engine.importing.walk import Return
from engine.layer import Shape
from engine.network import INPUT

INPUTS = ("InputLayer", "Input")
BORDERS = ("ZeroPadding1D", "ZeroPadding2D")
SKIPPED = {"Rescaling": "the data is scaled before it reaches the network here", "Normalization": "the data is too"}


def from_keras(text: str) -> Imported:
    """Read a program. Raises SpecError, with the line, for what is no Python, no Keras model, or not known here."""
    tree = parse(text)
    walker = KerasWalker()
    try:
        walker.walk(tree.body)
        for function in walker.functions if not walker.models else []:  # nothing calls them
            walker.call_function(function, (), {})
    except Return:
        pass
    model = _chosen(walker)
    found = model_to_network(model)
    found.data = data_set(tree, found.input_shape, found.notes)
    found.seed = walker.seed
    keras_training.take(model, walker, found)
    understood(found)
    return found


def _chosen(walker: KerasWalker) -> Model:
    """The model that is trained; else the last one."""
    models = [m for m in walker.models if m.layers or m.output is not None]
    trained = [m for m in models if m.fitted or m.compiled]
    if models:
        return (trained or models)[-1]
    if walker.unclear is not None:
        raise walker.unclear
    if walker.classes:
        raise at_line(
            walker.classes[0].lineno,
            f"The class {walker.classes[0].name} is a model of its own, which is not read.",
            "Write it as keras.Sequential or in the functional way.",
        )
    raise SpecError(
        "There is no Keras model in this code.", where="code", fix="Paste code with keras.Sequential or keras.Model."
    )


def model_to_network(model: Model) -> Imported:
    """The network of a model, with what its layers say about weights and penalties."""
    found = Imported({"layers": []})
    steps = _from_output(model.output) if model.output is not None else _chain(model.layers)
    ids, lines, penalties = Ids(), {}, []
    names: dict[int, str] = {}  # what a step's output is called
    borders: dict[int, Call] = {}  # a border that waits for its convolution
    before = INPUT
    for key, call, sources in steps:
        inputs = [names.get(s, INPUT) for s in sources] or [INPUT]
        shape = _shape(call)
        if shape is not None and found.input_shape is None:
            found.input_shape = shape
        if call.name in INPUTS:
            names[key] = INPUT
            continue
        if call.name in SKIPPED or call.name in BORDERS:
            names[key] = inputs[0]
            if call.name in BORDERS:
                borders[key] = call
            else:
                found.notes.append(f"Line {call.line}: {call.name} is left out, since {SKIPPED[call.name]}.")
            continue
        layer, penalty = read(call, found.notes)
        for source in sources:
            if source in borders:
                layer |= _border(borders.pop(source), call, layer)
        id = ids.take(call.keywords.get("name"), layer["type"], call.line, found.notes)
        entry = {"id": id, **layer}
        if inputs != [before]:
            entry["inputs"] = inputs
        found.network["layers"].append(entry)
        lines[id] = call.line
        names[key] = before = id
        penalties.append((id, penalty, layer, call.line))
    if borders:
        call = next(iter(borders.values()))
        raise at_line(
            call.line, f"{call.name} is read before a convolution alone.", "Use padding='same', or remove it."
        )
    if not found.network["layers"]:
        raise at_line(model.line, "This model has no layers.")
    if model.shape is not None and found.input_shape is None:
        found.input_shape = _plain(model.shape)
    found.lines = lines
    check_shapes(found)
    keras_training.take_penalties(penalties, found)
    return found


Step = tuple[int, Call, tuple[int, ...]]


def _chain(layers: list[Call]) -> list[Step]:
    return [(k, call, (k - 1,) if k else ()) for k, call in enumerate(layers)]


def _from_output(output: Tensor) -> list[Step]:
    """Every layer that the output follows from, each after those it reads; the input is none of them."""
    order: list[Tensor] = []
    seen: set[int] = set()
    todo: list[tuple[Tensor, bool]] = [(output, False)]
    while todo:
        tensor, ready = todo.pop()
        if ready:
            order.append(tensor)
        elif id(tensor) not in seen:
            seen.add(id(tensor))
            todo.append((tensor, True))
            todo += [(i, False) for i in reversed(tensor.inputs)]
    inputs = [t for t in order if t.layer is None]
    if len(inputs) > 1:
        raise at_line(inputs[1].line, "The model has several inputs, but a network here has one.")
    return [
        (id(t), t.layer if t.layer is not None else t.shape, tuple(id(i) for i in t.inputs)) for t in _by_line(order)
    ]


def _by_line(order: list[Tensor]) -> list[Tensor]:
    """In the order of the code, where that is possible, so that layers come as their writer put them."""
    place = {id(t): k for k, t in enumerate(order)}
    ranked = sorted(order, key=lambda t: (t.line, getattr(t.node, "col_offset", 0), place[id(t)]))
    done: set[int] = set()
    for t in ranked:
        if not all(id(i) in done for i in t.inputs):
            return order
        done.add(id(t))
    return ranked


def _shape(call: Call) -> Shape | None:
    """The input's shape, where this layer says it."""
    given = call.keywords
    shape = given.get("shape", given.get("input_shape"))
    if call.name in INPUTS and call.args:
        shape = call.args[0]
    for name in ("batch_shape", "batch_input_shape"):
        if isinstance(given.get(name), tuple | list):
            shape = tuple(given[name])[1:]
    if shape is None and call.name != "Embedding" and isinstance(given.get("input_dim"), int):
        shape = (given["input_dim"],)
    return _plain(shape)


def _plain(shape: Any) -> Shape | None:
    if isinstance(shape, int):
        shape = (shape,)
    if not isinstance(shape, tuple | list) or not shape:
        return None
    return tuple(shape) if all(isinstance(n, int) and 0 < n < 2**20 for n in shape) else None


def _border(border: Call, call: Call, layer: dict[str, Any]) -> dict[str, Any]:
    """A border of zeros becomes the convolution's own."""
    value = border.args[0] if border.args else border.keywords.get("padding", 1)
    pair = value if isinstance(value, tuple | list) else (value, value)
    one = layer["type"] == "conv1d"  # its pair is (before, after), that of an image (rows, columns)
    sides = [pair] if one else [n if isinstance(n, tuple | list) else (n, n) for n in pair]
    even = all(len(s) == 2 and isinstance(s[0], int) and s[0] == s[1] for s in sides)
    if not layer["type"].startswith("conv") or layer.get("padding") != "valid" or not even:
        raise at_line(
            border.line,
            f"The border {shown(border)} is read where it is even, before a convolution with padding='valid'.",
        )
    numbers = [s[0] for s in sides]
    return {"padding": "explicit", "border": numbers[0] if len(numbers) == 1 else numbers}
