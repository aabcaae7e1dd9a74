"""What stands around a part in a test: inputs that are weights, pieces of an input, data that the test gives.

`alone` puts one layer between `Source`s, whose weights are the layer's inputs: so inputs and weights are one flat
vector, and one gradient check covers both. `declared` makes JSON of a whole experiment around a layer, on numbers
from a formula, for training it for real.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import numpy as np

import engine.experiment  # noqa: F401  fills the catalogue
from engine.builder import Array, Builder, Tensor, Weights, batch_axis
from engine.datasets.base import Raw
from engine.layer import Layer, Shape
from engine.network import INPUT, Network, Node
from engine.parameters import Parameters
from engine.spec import CATALOGUE, make, part
from tests.engine.made_up import entered

Case = tuple[str, dict[str, Any], tuple[Shape, ...]]  # name of a layer, parameters, shapes of its inputs


def in_shapes(given: Any) -> tuple[Shape, ...]:
    """The shapes of an example's inputs: it gives one shape, or a list of them for a layer that joins."""
    return tuple(map(tuple, given)) if given and not isinstance(given[0], int) else (tuple(given),)


def layer_cases() -> list[Case]:
    """Every layer with every example it declares: those are the parameters it is tested with."""
    cases = []
    for name, cls in CATALOGUE["layer"].items():
        for example in cls.examples:
            assert isinstance(example, tuple | list), (
                f"The layer {name!r} must declare examples=((parameters, input shape), …): it is tested with them."
            )
            cases.append((name, example[0], in_shapes(example[1])))
    return cases


def part_cases(kind: str) -> list[tuple[str, dict[str, Any]]]:
    """Every part of a kind with every example it declares."""
    return [(name, dict(example)) for name, cls in CATALOGUE[kind].items() for example in cls.examples]


def case_id(value: Any) -> str | None:
    """A readable id for pytest: `dense-units=3-5`."""
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items()) or "default"
    if isinstance(value, tuple):
        return "+".join("x".join(map(str, shape)) for shape in in_shapes(value))
    return None


def stored_shape(shape: Shape, batch: int) -> Shape:
    """The shape of the array that holds `batch` samples of a shape, as `engine.builder` lays it out."""
    return (*shape, batch) if len(shape) == 1 else (*shape[:-1], batch, shape[-1])


def apart(rng: np.random.Generator, shape: Shape) -> Array:
    """Random numbers between −2 and 2 that differ from each other and from 0: nothing is tied or on a kink."""
    n = math.prod(shape)
    return (4.0 * (rng.permutation(n) + 0.2718) / n - 2.0).reshape(shape)


class Source(Layer):
    """Gives its weights as its output, so that a gradient check sees gradients of inputs as those of weights."""

    name, label = "source", "Source"
    decayed = ()

    def __init__(self, shape: Shape, batch: int) -> None:
        self.shape, self.batch = shape, batch

    def out_shape(self, *inputs: Shape) -> Shape:
        return self.shape

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        return {"values": stored_shape(self.shape, self.batch)}

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        y = b.tensor(self.shape)
        b.forward(np.copyto, y.value, w.value["values"])
        if b.training:
            b.backward(np.copyto, w.grad["values"], y.grad)
        return y


def alone(layer: Any, shapes: tuple[Shape, ...], batch: int) -> Network:
    """A network of one layer that reads `Source`s of these shapes; the layer's id is its name."""
    sources = [Node(f"input{i}", Source(s, batch), (INPUT,), ((1,),), s) for i, s in enumerate(shapes, start=1)]
    node = Node(layer.name, layer, tuple(s.id for s in sources), shapes, layer.out_shape(*shapes))
    return Network((1,), (*sources, node))


def fill(parameters: Parameters, rng: np.random.Generator) -> None:
    """Random weights; inputs distinct, or whole numbers for a layer that reads those."""
    parameters.flat[:] = rng.uniform(-0.8, 0.8, parameters.flat.shape)
    layer = parameters.network.output.layer
    for node in parameters.network.nodes:
        if isinstance(node.layer, Source):
            values = parameters.stored[node.id]["values"]
            values[...] = whole_numbers(layer, rng, values.shape) if reads_whole(layer) else apart(rng, values.shape)


def reads_whole(layer: Any) -> bool:
    """Whether the layer's inputs are numbers of words, not quantities: they have no gradient."""
    return hasattr(layer, "vocabulary")


def whole_numbers(layer: Any, rng: np.random.Generator, shape: Shape) -> Array:
    """Inputs for such a layer."""
    return rng.integers(0, layer.vocabulary, shape).astype(np.float64)


class Upstream:
    """The loss Σ t·y: its gradient is whatever the test puts in as the target."""

    name, joint = "upstream", False

    def value(self, b: Builder, y: Tensor, t: Array) -> Array:
        product, axis = b.like(y.value), batch_axis(len(y.shape))
        total = b.buffer(b.batch)
        b.forward(np.multiply, y.value, t, product)
        b.forward(np.add.reduce, product, tuple(a for a in range(t.ndim) if a != axis), None, total)
        return total

    def gradient(self, b: Builder, y: Tensor, t: Array) -> None:
        b.backward(np.copyto, y.grad, t)


# Training for real


class Piece(Layer):
    """A stretch of the network's input in another shape, times a trained factor for each value."""

    start, shape, factors = 0, (), True  # where the stretch begins, what it becomes, whether factors are trained
    decayed = ()

    def out_shape(self, *inputs: Shape) -> Shape:
        return self.shape

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        return {"factor": stored_shape(self.shape, 1)} if self.factors else {}

    def views(self, stored: Mapping[str, Array]) -> dict[str, Array]:
        return {name: np.squeeze(a, batch_axis(len(self.shape))) for name, a in stored.items()}

    def initialize(self, views: Mapping[str, Array], rng: np.random.Generator, *inputs: Shape) -> None:
        for view in views.values():
            view[...] = 1.0

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        x, y, axis = inputs[0], b.tensor(self.shape), batch_axis(len(self.shape))
        stretch = x.value[self.start : self.start + math.prod(self.shape)]
        source = np.moveaxis(stretch.reshape(*self.shape, b.batch), -1, axis)
        if not self.factors:
            b.forward(np.copyto, y.value, source)
            return y
        b.forward(np.multiply, source, w.value["factor"], y.value)
        if b.training:
            product = b.like(y.value)
            b.backward(np.multiply, source, y.grad, product)
            b.backward(np.add.reduce, product, axis, None, w.grad["factor"], True)
        return y


class Given:
    """Numbers from a formula, the same on every machine."""

    samples, shape, class_names = 40, (1,), None
    whole = 0  # above 0: inputs are whole numbers below this one
    task, view, columns, train_fraction, divide_by = "regression", "sequence", (), 0.8, 1.0
    preset = {"layers": [], "training": {}}

    def generate(self, rng: np.random.Generator) -> Raw:
        n, size = self.samples, math.prod(self.shape)
        i, j = np.arange(n)[:, None], np.arange(size)[None, :]
        x = 2.0 * np.sin(1.3 * i + 2.1 * j + 0.37 * i * j + 0.5)
        y = np.sin(0.9 * np.arange(n)) + 0.3 * x[:, 0]
        if self.whole:
            x = np.floor((x / 4.0 + 0.5) * self.whole)
        if self.class_names:
            y = (np.arange(n) * 7 % 11 % len(self.class_names)).astype(np.int64)
        return Raw(x.reshape(n, *self.shape), y)


NUMBER = count(1)


@contextmanager
def given_data(shape: Shape, *, classes: int = 0, whole: int = 0) -> Iterator[str]:
    """Enter a data set of that shape in the catalogue for a while; gives its name. classes 0: values to predict."""
    names = tuple(f"class {k}" for k in range(classes)) or None
    facts = {"shape": shape, "class_names": names, "whole": whole, "task": "classification" if names else "regression"}
    cls = type("Given", (Given,), {"__doc__": Given.__doc__, **facts})
    name = f"given_{next(NUMBER)}"
    with entered("dataset", name):
        part("dataset", name, label="Given")(cls)
        yield name


@contextmanager
def pieces(shapes: tuple[Shape, ...], *, factors: bool = True) -> Iterator[list[dict[str, Any]]]:
    """Layers `input1`, `input2` … that cut the network's input up into these shapes."""
    start, entries = 0, []
    for shape in shapes:
        name = f"piece_{next(NUMBER)}"
        facts = {"__doc__": Piece.__doc__, "start": start, "shape": shape, "factors": factors}
        entry = {"id": f"input{len(entries) + 1}", "type": name, "inputs": [INPUT]}
        entries.append((name, type("Piece", (Piece,), facts), entry))
        start += math.prod(shape)
    with entered("layer", *(name for name, _, _ in entries)):
        for name, cls, _ in entries:
            part("layer", name, label="Piece", examples=())(cls)
        yield [entry for _, _, entry in entries]


@contextmanager
def declared(case: Case, **training: Any) -> Iterator[dict[str, Any]]:
    """The JSON of an experiment that trains this layer between trained factors and a Dense layer."""
    name, parameters, shapes = case
    layer = make("layer", {"type": name, **parameters})
    whole = layer.vocabulary if reads_whole(layer) else 0
    size = sum(math.prod(shape) for shape in shapes)
    with given_data((size,), whole=whole) as data, pieces(shapes, factors=not whole) as inputs:
        tested = {"id": "tested", "type": name, **parameters, "inputs": [i["id"] for i in inputs]}
        flat = [] if len(layer.out_shape(*shapes)) == 1 else [{"id": "flat", "type": "flatten"}]
        layers = [*inputs, tested, *flat, {"id": "output", "type": "dense", "units": 1}]
        yield {"data": data, "network": {"layers": layers}, "training": training}
