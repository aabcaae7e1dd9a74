"""All weights of a network in one flat vector, and the named views into it.

An optimizer sees `flat`; a layer its stored arrays; a user the views by name. Writing to one writes to all.
`state` is a second vector for what training updates without a gradient (running means).
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from engine.builder import Array, Weights, zeros
from engine.errors import DataError, SpecError
from engine.network import Network, Node


class Parameters:
    """The weights of one network; `like()` makes a vector of the same form, for gradients.

    zeros: makes the vectors; a crew's own, where several processes work on them.
    """

    def __init__(self, network: Network, dtype: Any = np.float32, zeros: Callable[..., Array] = zeros) -> None:
        self.network, self.dtype, self.zeros = network, np.dtype(dtype), zeros
        self.segments: dict[str, slice] = {}
        start = 0
        for node in network.nodes:
            size = node.count()
            self.segments[node.id] = slice(start, start + size)
            start += size
        self.flat = zeros(start, self.dtype)
        self.stored = {node.id: _cut(self.flat[self.segments[node.id]], node.storage()) for node in network.nodes}
        self.named = {node.id: node.layer.views(self.stored[node.id]) for node in network.nodes}
        kinds = {node.id: node.layer.state(*node.in_shapes) for node in network.nodes}
        sizes = {id: sum(int(np.prod(shape)) for shape, _ in kind.values()) for id, kind in kinds.items()}
        self.state = zeros(sum(sizes.values()), self.dtype)
        self.states: dict[str, dict[str, Array]] = {}
        start = 0
        for id, kind in kinds.items():
            part = self.state[start : start + sizes[id]]
            self.states[id] = _cut(part, {name: shape for name, (shape, _) in kind.items()})
            start += sizes[id]
        self._first_state = kinds

    def like(self) -> "Parameters":
        """A zero twin: gradients, or an optimizer's memory, with the same names."""
        return Parameters(self.network, self.dtype, self.zeros)

    def weights(self, node: Node, gradients: "Parameters | None") -> Weights:
        """What a layer's `build` gets."""
        return Weights(self.stored[node.id], gradients.stored[node.id] if gradients else {}, self.states[node.id])

    def initialize(self, seed: int) -> None:
        """The first weights: each layer from a stream of its own, so that one layer does not shift the others."""
        for position, node in enumerate(self.network.nodes):
            rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 1, position])))
            node.layer.initialize(self.named[node.id], rng, *node.in_shapes)
            for name, (_, value) in self._first_state[node.id].items():
                self.states[node.id][name][...] = value

    def mask(self) -> Array:
        """1 for weights that regularization acts on, 0 for the rest; in the form of `flat`."""
        twin = self.like()
        for node in self.network.nodes:
            for name in node.layer.decayed:
                if name in twin.named[node.id]:
                    twin.named[node.id][name][...] = 1.0
        return twin.flat

    def unfrozen(self, frozen: Iterable[str]) -> list[slice]:
        """The stretches of `flat` that may be trained. Raises SpecError for an unknown layer."""
        for id in frozen:
            if not isinstance(id, str) or id not in self.segments:
                raise SpecError(
                    f"There is no layer {id!r}.", where="frozen", fix=f"Choose from: {', '.join(self.segments)}."
                )
        out: list[slice] = []
        for id, piece in self.segments.items():
            if id in frozen or piece.start == piece.stop:
                continue
            if out and out[-1].stop == piece.start:
                out[-1] = slice(out[-1].start, piece.stop)
            else:
                out.append(piece)
        return out

    # as the user and the wire see them

    def manifest(self) -> list[dict[str, Any]]:
        """Layer, name, shape and place (in numbers) of every array in `packed`."""
        out, offset = [], 0
        for id, arrays in self.arrays():
            for name, (array, trainable) in arrays.items():
                place = {"shape": list(array.shape), "offset": offset, "size": array.size}
                out.append({"layer": id, "name": name, **place, "trainable": trainable})
                offset += array.size
        return out

    def packed(self) -> Array:
        """Every array one after the other, each in C order and the user's shape; float32, (n,)."""
        pieces = [a.ravel() for _, arrays in self.arrays() for a, _ in arrays.values()]
        return np.concatenate(pieces).astype(np.float32) if pieces else np.zeros(0, np.float32)

    def unpack(self, values: Array) -> None:
        """The inverse of `packed`. Raises DataError where these are not as many numbers."""
        places = [array for _, arrays in self.arrays() for array, _ in arrays.values()]
        wanted = sum(array.size for array in places)
        if values.shape != (wanted,):
            raise DataError(f"Expected {wanted:,} weights, got {values.size:,}.", where="weights")
        start = 0
        for array in places:
            array[...] = values[start : start + array.size].reshape(array.shape)
            start += array.size

    def arrays(self) -> Iterable[tuple[str, dict[str, tuple[Array, bool]]]]:
        """Each layer with its arrays by name, and whether they are trained: weights first, then states."""
        for node in self.network.nodes:
            trained = {name: (a, True) for name, a in self.named[node.id].items()}
            yield node.id, trained | {name: (a, False) for name, a in self.states[node.id].items()}

    def find(self, layer: str, name: str) -> Array:
        """The view with that name. Raises SpecError where there is none."""
        if not isinstance(layer, str) or layer not in self.named:
            raise SpecError(
                f"There is no layer {layer!r}.", where="layer", fix=f"Choose from: {', '.join(self.named)}."
            )
        arrays = {**self.named[layer], **self.states[layer]}
        if name not in arrays:
            has = ", ".join(arrays) or "none"
            raise SpecError(f"The layer {layer!r} has no weights called {name!r}.", where="name", fix=f"It has: {has}.")
        return arrays[name]


def _cut(vector: Array, shapes: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    out, start = {}, 0
    for name, shape in shapes.items():
        size = int(np.prod(shape))
        out[name] = vector[start : start + size].reshape(shape)
        start += size
    return out
