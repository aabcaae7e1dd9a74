"""Simple RNN: a layer that reads a sequence step by step and remembers its own last output."""

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from engine.builder import Array, Builder, Weights
from engine.recurrent import Recurrent
from engine.spec import choice, part


@part(
    "layer",
    "simple_rnn",
    label="Simple RNN",
    formula=r"h_t = f(x_t W + h_{t-1} R + b)",
    keras="keras.layers.SimpleRNN({units}, activation='{nonlinearity}', use_bias={bias},"
    " return_sequences={return_sequences})",
    torch="nn.RNN({in_shape[1]}, {units}, nonlinearity='{nonlinearity}', bias={bias}, batch_first=True)",
    examples=(
        ({"units": 3}, (4, 2)),
        ({"units": 3, "return_sequences": True}, (4, 2)),
        ({"units": 2, "bias": False}, (3, 1)),
        ({"units": 3, "nonlinearity": "relu"}, (4, 2)),
        ({"units": 2}, (1, 3)),
    ),
    source="Elman 1990, Cognitive Science 14; torch.nn.RNN",
)
class SimpleRNN(Recurrent):
    """Reads a sequence step by step; each neuron sees the step's input and what all of them gave the step before.

    (T, D) → (U,), or (T, U) with return_sequences; kernel W (D, U), recurrent_kernel R (U, U), bias b (U,).
    PyTorch has two offsets, which only ever act as their sum: this is that sum.
    Gradient: dz_t = f'(z_t) (dh_t + R dz_{t+1}), dW = Σ x_t dz_tᵀ, dR = Σ h_{t-1} dz_tᵀ, db = Σ dz_t.
    """

    nonlinearity: str = choice("tanh", ("tanh", "relu"), help="What each neuron makes of its sum, f.")
    gates: ClassVar[dict[str, bool]] = {"output": False}

    def steps(self, b: Builder, w: Weights, kernel: Array, sums: Array, h: Array) -> dict[str, Array]:
        for t in range(len(h) - 1):
            b.forward(kernel.dot, h[t], h[t + 1])
            b.forward(np.add, h[t + 1], sums[:, t], h[t + 1])
            if self.nonlinearity == "tanh":
                b.forward(np.tanh, h[t + 1], h[t + 1])
            else:
                b.forward(np.maximum, h[t + 1], b.constant(0.0), h[t + 1])
        return {}

    def steps_back(self, b: Builder, w: Weights, cache: Mapping[str, Array], h: Array, dh: Array, dz: Array) -> None:
        slope, back = b.like(dz), w.value["recurrent_kernel"].T
        if self.nonlinearity == "tanh":
            b.backward(np.multiply, h[1:], h[1:], slope)
            b.backward(np.subtract, b.constant(1.0), slope, slope)
        else:
            mask = b.like(dz, bool)
            b.backward(np.greater, h[1:], b.constant(0.0), mask)
            b.backward(np.copyto, slope, mask)
        last = len(dz) - 1
        for t in range(last, -1, -1):
            arriving = dh[t]
            if t < last:
                b.backward(back.dot, dz[t + 1], dz[t])
                if self.return_sequences:
                    b.backward(np.add, dz[t], dh[t], dz[t])
                arriving = dz[t]
            b.backward(np.multiply, arriving, slope[t], dz[t])
