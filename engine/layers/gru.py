"""GRU: a recurrent layer with two gates, simpler than the LSTM and often as good."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from engine.builder import Array, Builder, Weights
from engine.recurrent import Recurrent
from engine.spec import part


@part(
    "layer",
    "gru",
    label="GRU",
    formula=r"\begin{aligned}r, z &= \sigma(x_t W + b + h_{t-1} R + c)\\"
    r" n &= \tanh(x_t W_n + b_n + r \odot (h_{t-1} R_n + c_n))\\"
    r" h_t &= (1 - z) \odot n + z \odot h_{t-1}\end{aligned}",
    keras="keras.layers.GRU({units}, use_bias={bias}, return_sequences={return_sequences}, reset_after=True)",
    torch="nn.GRU({in_shape[1]}, {units}, bias={bias}, batch_first=True)",
    examples=(
        ({"units": 3}, (4, 2)),
        ({"units": 3, "return_sequences": True}, (4, 2)),
        ({"units": 2, "bias": False}, (3, 1)),
        ({"units": 2, "bias": False, "return_sequences": True}, (1, 3)),
    ),
    source="Cho et al. 2014, arXiv:1406.1078; torch.nn.GRU (the reset gate acts after the matrix product)",
)
class GRU(Recurrent):
    """Reads a sequence step by step; one gate decides how much of the memory is renewed, another how much of it is
    looked at: nearly as able as the LSTM, with a quarter fewer weights.

    (T, D) → (U,), or (T, U) with return_sequences; kernel W (D, 3U), recurrent_kernel R (U, 3U), bias (2, 3U): b for
    the input's sums, c for the memory's. Gates stand in PyTorch's order reset, update, new; Keras has update first.
    Gradient: dn = dh (1 − z)(1 − n²), dr = dn q r(1 − r) with q = h_{t-1} R_n + c_n, dz = dh (h_{t-1} − n) z(1 − z).
    """

    gates: ClassVar[dict[str, bool]] = {"reset": True, "update": True, "new": False}
    bias_rows: ClassVar[int] = 2

    def input_bias(self, b: Builder, w: Weights) -> Array:
        both, out = w.value["bias"], b.buffer(3 * self.units)
        early = 2 * self.units  # c belongs to the sum but for the new gate, where r comes between
        b.forward(np.add, both[0, :early], both[1, :early], out[:early])
        b.forward(np.copyto, out[early:], both[0, early:])
        return out

    def steps(self, b: Builder, w: Weights, kernel: Array, sums: Array, h: Array) -> dict[str, Array]:
        steps, units, batch = len(h) - 1, self.units, b.batch
        a, n = b.buffer(steps, 3, units, batch), b.buffer(steps, units, batch)
        change = b.like(n)  # h_{t-1} − n
        x = sums.reshape(3, units, steps, batch)
        half = b.constant(0.5)
        for t in range(steps):
            (r, z, q), gates = a[t], a[t, :2]
            b.forward(kernel.dot, h[t], a[t].reshape(3 * units, batch))
            b.forward(np.add, gates, x[:2, :, t], gates)
            b.forward(np.tanh, gates, gates)
            b.forward(np.multiply, gates, half, gates)
            b.forward(np.add, gates, half, gates)
            if self.bias:
                b.forward(np.add, q, w.value["bias"][1, 2 * units :, None], q)
            b.forward(np.multiply, r, q, n[t])
            b.forward(np.add, n[t], x[2, :, t], n[t])
            b.forward(np.tanh, n[t], n[t])
            b.forward(np.subtract, h[t], n[t], change[t])
            b.forward(np.multiply, z, change[t], h[t + 1])
            b.forward(np.add, h[t + 1], n[t], h[t + 1])
        return {"a": a, "n": n, "change": change, "dn": b.like(n)}

    def steps_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], h: Array, dh: Array, dz: Array) -> None:
        a, dn = cache["a"], cache["dn"]
        to_r, to_z, to_n = self._factors(b, a, cache["n"], cache["change"])
        dz_gates, back = dz.reshape(a.shape), w.value["recurrent_kernel"].T
        arriving, part_ = b.like(dh[0]), b.like(dh[0])
        last = len(dz) - 1
        for t in range(last, -1, -1):
            if t == last:
                b.backward(np.copyto, arriving, dh[t])
            else:
                b.backward(back.dot, dz[t + 1], part_)
                b.backward(np.multiply, arriving, a[t + 1, 1], arriving)
                b.backward(np.add, arriving, part_, arriving)
                if self.return_sequences:
                    b.backward(np.add, arriving, dh[t], arriving)
            b.backward(np.multiply, arriving, to_n[t], dn[t])
            b.backward(np.multiply, dn[t], to_r[t], dz_gates[t, 0])
            b.backward(np.multiply, arriving, to_z[t], dz_gates[t, 1])
            b.backward(np.multiply, dn[t], a[t, 0], dz_gates[t, 2])

    def bias_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], dz: Array) -> None:
        b.backward(np.add.reduce, dz, 1, None, w.grad["bias"][1])

    def input_sums_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], dz: Array) -> None:
        new = dz[2 * self.units :]
        b.backward(np.copyto, new, cache["dn"].transpose(1, 0, 2))
        if self.bias:
            grad, early = w.grad["bias"], 2 * self.units
            b.backward(np.copyto, grad[0, :early], grad[1, :early])
            b.backward(np.add.reduce, new, (1, 2), None, grad[0, early:])

    def _factors(self, b: Builder, a: Array, n: Array, change: Array) -> tuple[Array, Array, Array]:
        """For all steps at once: what dn is multiplied by to give dr, and dh to give dz and dn."""
        to_r, to_z, to_n, one, (r, z, q) = b.like(n), b.like(n), b.like(n), b.constant(1.0), a.swapaxes(0, 1)
        slope = b.like(n)
        b.backward(np.subtract, one, r, to_r)
        b.backward(np.multiply, to_r, r, to_r)
        b.backward(np.multiply, to_r, q, to_r)
        b.backward(np.subtract, one, z, to_n)
        b.backward(np.multiply, to_n, z, to_z)
        b.backward(np.multiply, to_z, change, to_z)
        b.backward(np.multiply, n, n, slope)
        b.backward(np.subtract, one, slope, slope)
        b.backward(np.multiply, to_n, slope, to_n)
        return to_r, to_z, to_n
