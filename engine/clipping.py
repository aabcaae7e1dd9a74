"""Gradient clipping: a gradient that is too large is cut or shortened before it changes the weights.

By value: every single number is kept between −c and c. By norm: where the whole gradient is longer than c, it is
shortened to that length and keeps its direction. Both are PyTorch's `clip_grad_value_` and `clip_grad_norm_`; the
penalty of a regularizer is part of the gradient. Where both are set, values are cut first.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np

from engine.builder import Array, Call

TINY = 1e-6  # PyTorch adds it to the norm before dividing


def clip_calls(gradients: Sequence[Array], value: float | None, norm: float | None) -> list[Call]:
    """The calls that clip a gradient which lies in several pieces; frozen weights have no part in it."""
    calls: list[Call] = []
    if value is not None:
        for g in gradients:
            low, high = np.asarray(-value, g.dtype), np.asarray(value, g.dtype)
            calls += [(partial(np.maximum, out=g), g, low), (partial(np.minimum, out=g), g, high)]
    if norm is not None and gradients:
        squares = np.zeros(len(gradients), gradients[0].dtype)
        length, most, one = (np.asarray(x, squares.dtype) for x in (0.0, norm, 1.0))
        tiny = np.asarray(TINY, squares.dtype)
        calls += [(g.dot, g, squares[k, ...]) for k, g in enumerate(gradients)]
        calls += [
            (np.add.reduce, squares, 0, None, length),
            (np.sqrt, length, length),
            (np.add, length, tiny, length),
            (np.divide, most, length, length),
            (partial(np.minimum, out=length), length, one),
        ]
        calls += [(np.multiply, g, length, g) for g in gradients]
    return calls
