"""LSTM: a recurrent layer whose gates decide what to remember, what to forget and what to say."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from engine.builder import Array, Builder, Weights
from engine.layer import Shape
from engine.recurrent import Recurrent
from engine.spec import flag, part


@part(
    "layer",
    "lstm",
    label="LSTM",
    formula=r"\begin{aligned}i, f, o &= \sigma(x_t W + h_{t-1} R + b)\\ g &= \tanh(x_t W_g + h_{t-1} R_g + b_g)\\"
    r" c_t &= f \odot c_{t-1} + i \odot g\\ h_t &= o \odot \tanh c_t\end{aligned}",
    keras="keras.layers.LSTM({units}, use_bias={bias}, unit_forget_bias={unit_forget_bias},"
    " return_sequences={return_sequences})",
    torch="nn.LSTM({in_shape[1]}, {units}, bias={bias}, batch_first=True)",
    examples=(
        ({"units": 3}, (4, 2)),
        ({"units": 3, "return_sequences": True}, (4, 2)),
        ({"units": 2, "bias": False}, (3, 1)),
        ({"units": 2, "unit_forget_bias": False}, (1, 3)),
    ),
    source="Hochreiter, Schmidhuber 1997, Neural Computation 9; Gers et al. 2000; torch.nn.LSTM",
)
class LSTM(Recurrent):
    """Reads a sequence step by step and keeps a memory beside its output; gates decide what is written to it, what
    is forgotten and what is shown, so it can hold on to something over many steps.

    (T, D) → (U,), or (T, U) with return_sequences; kernel W (D, 4U), recurrent_kernel R (U, 4U), bias b (4U,), each
    in the order input, forget, cell, output, which is that of both PyTorch and Keras. PyTorch's two offsets act as
    their sum: this is that sum. Gradient: da = slope · (what arrives), with dc_t = dh_t o (1 − tanh² c_t) + f dc_{t+1}.
    """

    unit_forget_bias: bool = flag(True, help="Start with 1 added to the forget gate's offset, so that it remembers.")
    gates: ClassVar[dict[str, bool]] = {"input": True, "forget": True, "cell": False, "output": True}

    def initialize(self, views: Mapping[str, Array], rng: np.random.Generator, *inputs: Shape) -> None:
        super().initialize(views, rng, *inputs)
        if self.bias and self.unit_forget_bias:
            views["bias"][self.units : 2 * self.units] += 1.0

    def steps(self, b: Builder, w: Weights, kernel: Array, sums: Array, h: Array) -> dict[str, Array]:
        steps, units, batch = len(h) - 1, self.units, b.batch
        a, c, tanh_c = b.buffer(steps, 4, units, batch), b.like(h), b.buffer(steps, units, batch)
        factor, offset, new = np.full_like(a[0], 0.5), np.full_like(a[0], 0.5), b.like(c[0])
        factor[2], offset[2] = 1.0, 0.0  # tanh is the cell gate's activation; the others' is ½ + ½ tanh
        for t in range(steps):
            i, f, g, o = a[t]
            z = a[t].reshape(4 * units, batch)
            b.forward(kernel.dot, h[t], z)
            b.forward(np.add, z, sums[:, t], z)
            b.forward(np.tanh, z, z)
            b.forward(np.multiply, a[t], factor, a[t])
            b.forward(np.add, a[t], offset, a[t])
            b.forward(np.multiply, f, c[t], c[t + 1])
            b.forward(np.multiply, i, g, new)
            b.forward(np.add, c[t + 1], new, c[t + 1])
            b.forward(np.tanh, c[t + 1], tanh_c[t])
            b.forward(np.multiply, o, tanh_c[t], h[t + 1])
        return {"a": a, "c": c, "tanh_c": tanh_c}

    def steps_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], h: Array, dh: Array, dz: Array) -> None:
        a, c, tanh_c = cache["a"], cache["c"], cache["tanh_c"]
        factors, through = self._factors(b, a, c, tanh_c)
        dz_gates, back = dz.reshape(a.shape), w.value["recurrent_kernel"].T
        arriving, dc, part_ = b.like(dh[0]), b.like(dh[0]), b.like(dh[0])
        last = len(dz) - 1
        for t in range(last, -1, -1):
            if t == last:
                arriving_here = dh[t]
                b.backward(np.multiply, dh[t], through[t], dc)
            else:
                arriving_here = arriving
                b.backward(back.dot, dz[t + 1], arriving)
                if self.return_sequences:
                    b.backward(np.add, arriving, dh[t], arriving)
                b.backward(np.multiply, dc, a[t + 1, 1], dc)
                b.backward(np.multiply, arriving, through[t], part_)
                b.backward(np.add, dc, part_, dc)
            b.backward(np.multiply, factors[t, :3], dc, dz_gates[t, :3])
            b.backward(np.multiply, factors[t, 3], arriving_here, dz_gates[t, 3])

    def _factors(self, b: Builder, a: Array, c: Array, tanh_c: Array) -> tuple[Array, Array]:
        """For all steps at once: what dc (dh for the output gate) is multiplied by to give dz, and dh to give dc."""
        factors, through, one = b.like(a), b.like(tanh_c), b.constant(1.0)
        b.backward(np.multiply, a, a, factors)
        b.backward(np.subtract, a[:, :2], factors[:, :2], factors[:, :2])
        b.backward(np.subtract, one, factors[:, 2], factors[:, 2])
        b.backward(np.subtract, a[:, 3], factors[:, 3], factors[:, 3])
        for gate, partner in enumerate((a[:, 2], c[:-1], a[:, 0], tanh_c)):
            b.backward(np.multiply, factors[:, gate], partner, factors[:, gate])
        b.backward(np.multiply, tanh_c, tanh_c, through)
        b.backward(np.subtract, one, through, through)
        b.backward(np.multiply, through, a[:, 3], through)
        return factors, through
