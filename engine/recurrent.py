"""What the recurrent layers share: one cell, used again at every step, that reads the input and its own last output.

A step is h_t = cell(x_t, h_{t-1}), h_{-1} = 0. Each layer stacks the sums of its G gates: one matrix product gives
the input's share of all gates at all steps, X (G·U, T, N); then each step adds R h_{t-1}. Backward goes through the
steps in reverse and gathers dz, the gradients of those sums; the weights' gradients are one product each at the end.

Inside, features come before samples, as in a vector's layout: each gate is one contiguous block (U, N).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.layer import Layer, Shape, need_rank
from engine.spec import flag, integer, sub

# σ(z) = ½ + ½ tanh(z / 2). So that one tanh does all gates of a step, the weights of σ gates are halved beforehand.
HALF = 0.5


@dataclass(frozen=True)
class Recurrent(Layer):
    """Base of the recurrent layers: (T, D) → (U,), the last step's output, or (T, U), every step's.

    A cell says its gates in the order in which weights are stacked, and whether each is a σ gate; `steps` makes
    h (T + 1, U, N), whose first entry is the zero before the first step, and `steps_back` dz (T, G·U, N).
    """

    units: int = integer(16, lo=1, hi=1024, help="How many numbers the layer remembers and gives.")
    return_sequences: bool = flag(False, help="Give the output of every step, not only of the last.")
    bias: bool = flag(True, help="Add a learned offset to each sum.")
    kernel_initializer: object = sub("initializer", "glorot_uniform", help="How the input's weights are drawn.")
    recurrent_initializer: object = sub("initializer", "orthogonal", help="How the memory's weights are drawn.")
    bias_initializer: object = sub("initializer", "zeros", help="How the first offsets are drawn.")

    gates: ClassVar[dict[str, bool]] = {}  # name → whether its activation is σ
    bias_rows: ClassVar[int] = 1  # 2: one offset for the input's sum and one for the memory's
    decayed = ("kernel", "recurrent_kernel")

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(
            inputs[0],
            2,
            "a sequence (steps × features)",
            "Choose a data set of sequences; put Embedding before it if they are codes, or Reshape to make steps.",
        )
        return (inputs[0][0], self.units) if self.return_sequences else (self.units,)

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        rows = len(self.gates) * self.units
        bias = {"bias": (rows,) if self.bias_rows == 1 else (self.bias_rows, rows)} if self.bias else {}
        return {"kernel": (rows, inputs[0][1]), "recurrent_kernel": (rows, self.units), **bias}

    def views(self, stored: Mapping[str, Array]) -> dict[str, Array]:
        return {name: a if name == "bias" else a.T for name, a in stored.items()}

    def initialize(self, views: Mapping[str, Array], rng: np.random.Generator, *inputs: Shape) -> None:
        rows = len(self.gates) * self.units
        for name, view in views.items():
            fan_in = self.units if name == "recurrent_kernel" else inputs[0][1]
            initializer = getattr(self, f"{name.removesuffix('_kernel')}_initializer", self.kernel_initializer)
            view[...] = initializer.draw(rng, view.shape, fan_in, rows)  # type: ignore[attr-defined]

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,), units, gates = inputs, self.units, len(self.gates)
        steps, features = x.shape
        rows = gates * units
        y = b.tensor(self.out_shape(x.shape))
        flat = x.value.reshape(steps * b.batch, features, copy=False)
        sums, h = b.buffer(rows, steps, b.batch), b.buffer(steps + 1, units, b.batch)
        halved = {name: self._halve(b, w.value[name]) for name in ("kernel", "recurrent_kernel")}
        b.forward(halved["kernel"].dot, flat.T, sums.reshape(rows, -1))
        if self.bias:
            b.forward(np.add, sums, self._halve(b, self.input_bias(b, w))[:, None, None], sums)
        cache = self.steps(b, w, halved["recurrent_kernel"], sums, h)
        b.forward(np.copyto, y.value, h[1:].transpose(0, 2, 1) if self.return_sequences else h[-1])
        if b.training:
            dh = b.buffer(steps, units, b.batch)  # what arrives at each step's output from outside
            b.backward(np.copyto, dh if self.return_sequences else dh[-1], self._upstream(y))
            dz = b.buffer(steps, rows, b.batch)
            self.steps_back(b, w, cache, h, dh, dz)
            self._weights_back(b, w, cache, flat, h, dz, b.gradient(x))
        return y

    def steps(self, b: Builder, w: Weights, kernel: Array, sums: Array, h: Array) -> dict[str, Array]:
        """Make h[1:] from the halved recurrent kernel (G·U, U) and the input's sums (G·U, T, N)."""
        raise NotImplementedError

    def steps_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], h: Array, dh: Array, dz: Array) -> None:
        """Make dz (T, G·U, N) from what arrives at each step, dh (T, U, N), last step first."""
        raise NotImplementedError

    def input_bias(self, b: Builder, w: Weights) -> Array:
        """The offsets (G·U,) that belong to the input's sums."""
        return w.value["bias"]

    def bias_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], dz: Array) -> None:
        """The gradient of the offsets, from dz (G·U, T·N)."""
        b.backward(np.add.reduce, dz, 1, None, w.grad["bias"])

    def input_sums_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], dz: Array) -> None:
        """Turn dz (G·U, T, N), so far for the memory's sums, into that for the input's, where they differ."""

    def _weights_back(
        self, b: Builder, w: Weights, cache: Mapping[str, Array], x: Array, h: Array, dz: Array, dx: Array | None
    ) -> None:
        steps, rows, batch = dz.shape
        wide, before = b.buffer(rows, steps, batch), b.buffer(self.units, steps, batch)
        long = wide.reshape(rows, -1)
        b.backward(np.copyto, wide, dz.transpose(1, 0, 2))
        b.backward(np.copyto, before, h[:-1].transpose(1, 0, 2))
        b.backward(long.dot, before.reshape(self.units, -1).T, w.grad["recurrent_kernel"])
        if self.bias:
            self.bias_back(b, w, cache, long)
        self.input_sums_back(b, w, cache, wide)
        b.backward(long.dot, x, w.grad["kernel"])
        if dx is not None:
            b.backward(long.T.dot, w.value["kernel"], dx.reshape(x.shape, copy=False))

    def _upstream(self, y: Tensor) -> Array:
        return y.grad.transpose(0, 2, 1) if self.return_sequences else y.grad

    def _halve(self, b: Builder, a: Array) -> Array:
        """A copy of weights, one row a unit, in which those of σ gates are halved; the weights where there are none."""
        if not any(self.gates.values()):
            return a
        factors = np.repeat([HALF if sigma else 1.0 for sigma in self.gates.values()], self.units).astype(b.dtype)
        out = b.like(a)
        b.forward(np.multiply, a, factors.reshape(-1, *[1] * (a.ndim - 1)), out)
        return out
