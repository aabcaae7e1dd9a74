"""Regularizers: a penalty on large weights, added to the loss. Biases are left alone.

`calls(p, g, mask, scratch)` are the calls that add the penalty's gradient to g; `penalty(p, mask)` is its value.
"""

import numpy as np

from engine.builder import Array, Call
from engine.spec import part, real

RATES = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@part("regularizer", "none", label="None", formula=r"R = 0")
class NoRegularizer:
    """No penalty."""

    def calls(self, p: Array, g: Array, mask: Array, scratch: Array) -> list[Call]:
        return []

    def penalty(self, p: Array, mask: Array) -> float:
        return 0.0


@part(
    "regularizer",
    "l1",
    label="L1",
    formula=r"R = \lambda \sum |w|",
    keras="keras.regularizers.L1({rate})",
    examples=({}, {"rate": 0.01}),
)
class L1:
    """Pulls every weight towards zero by the same amount, so useless ones end at zero."""

    rate: float = real(0.001, lo=0.0, hi=10.0, help="How strong the pull is, λ.", live=True, presets=RATES)

    def calls(self, p: Array, g: Array, mask: Array, scratch: Array) -> list[Call]:
        rate = np.asarray(self.rate, p.dtype)
        return [
            (np.sign, p, scratch),
            (np.multiply, scratch, mask, scratch),
            (np.multiply, scratch, rate, scratch),
            (np.add, g, scratch, g),
        ]

    def penalty(self, p: Array, mask: Array) -> float:
        return float(self.rate * np.abs(p * mask).sum(dtype=np.float64))


@part(
    "regularizer",
    "l2",
    label="L2",
    formula=r"R = \tfrac{\lambda}{2} \sum w^2",
    keras="keras.regularizers.L2({rate} / 2)",
    examples=({}, {"rate": 0.01}),
)
class L2:
    """Pulls large weights towards zero more than small ones, which keeps the picture smooth."""

    rate: float = real(0.001, lo=0.0, hi=10.0, help="How strong the pull is, λ.", live=True, presets=RATES)

    def calls(self, p: Array, g: Array, mask: Array, scratch: Array) -> list[Call]:
        rate = np.asarray(self.rate, p.dtype)
        return [
            (np.multiply, p, mask, scratch),
            (np.multiply, scratch, rate, scratch),
            (np.add, g, scratch, g),
        ]

    def penalty(self, p: Array, mask: Array) -> float:
        return float(0.5 * self.rate * np.square(p * mask, dtype=np.float64).sum())
