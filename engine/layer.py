"""What a layer promises: the shape that comes out, the weights it needs, and the calls that compute it.

A layer is a frozen declaration (`@part("layer", …)`); it never holds weights or remembers an input. Its weights
are stored in arrays of the shapes that `storage` names, which are views into one flat vector; `views` shows them
as the user knows them (`kernel`, `bias`), and `build` tells a `Builder` the calls on them.
"""

from collections.abc import Mapping

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.errors import ShapeError

Shape = tuple[int, ...]


class Layer:
    """Base of all layers; what is here suits a layer without weights."""

    name: str
    label: str
    merges = False  # reads two or more inputs
    flattens = False  # reads values in the order in which the data has them, whatever their shape
    mixes_samples = False  # what it gives for one sample depends on the others, so a batch must not be split
    draws_noise = False  # it draws random numbers in training
    keeps_order = False  # gives one of its inputs, so that a function that never falls may come before or after it
    looks_back = True  # going backward, it reads the values of its inputs or of its output again
    decayed: tuple[str, ...] = ("kernel",)  # the views that L1 and L2 regularization act on

    def out_shape(self, *inputs: Shape) -> Shape:
        """The shape that comes out, without the batch. Raises ShapeError where the inputs do not fit."""
        return inputs[0]

    def reads(self, shape: Shape, wanted: Shape) -> Shape:
        """The part of an input of that shape, from its first place on, that it reads to give `wanted`."""
        return shape

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        """Names and shapes of the trained arrays as they are stored."""
        return {}

    def state(self, *inputs: Shape) -> dict[str, tuple[Shape, float]]:
        """Names, shapes and first values of arrays that training updates without a gradient."""
        return {}

    def views(self, stored: Mapping[str, Array]) -> dict[str, Array]:
        """The stored arrays under the user's names and in the user's shapes: views, so that writing works."""
        return dict(stored)

    def fans(self, *inputs: Shape) -> tuple[int, int]:
        """How many values a weight's output sums over, and how many outputs an input reaches."""
        return 1, 1

    def initialize(self, views: Mapping[str, Array], rng: np.random.Generator, *inputs: Shape) -> None:
        """Fill new weights: each view by the initializer of its name, zeros where the layer has none."""
        fan_in, fan_out = self.fans(*inputs)
        for name, view in views.items():
            initializer = getattr(self, f"{name}_initializer", None)
            view[...] = 0.0 if initializer is None else initializer.draw(rng, view.shape, fan_in, fan_out)

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        """Tell the builder this layer's calls; returns its output, before any `activation`."""
        raise NotImplementedError


def need_rank(shape: Shape, rank: int, what: str, fix: str) -> None:
    """Raise ShapeError unless the shape has that many axes."""
    if len(shape) != rank:
        raise ShapeError(f"Needs {what}, but what reaches it has the shape {show_shape(shape)}.", fix=fix)


def show_shape(shape: Shape) -> str:
    """A shape as people write it: 28×28×1."""
    return "×".join(map(str, shape))
