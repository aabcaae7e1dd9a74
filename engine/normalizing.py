"""Normalization: values shifted and scaled so that their mean is 0 and their variance 1, and the way back.

Which values share a mean is the only difference between the layers that do this: `PerChannel` (batch
normalization: one mean for each channel) or `PerPlace` (layer normalization: one for each sample and position).
Both look at the stored array in the form that gives the longest runs.
"""

from collections.abc import Callable

import numpy as np

from engine.builder import Array, Builder
from engine.layer import Shape

Say = Callable[..., None]  # Builder.forward or Builder.backward


class PerChannel:
    """One statistic (C,) for each channel, over all samples and positions. count: how many values it is made of."""

    def __init__(self, b: Builder, shape: Shape) -> None:
        self.b, self.channels, self.vector = b, shape[-1], len(shape) == 1
        self.count = b.batch * int(np.prod(shape[:-1]))

    def view(self, stored: Array) -> Array:
        """(D, N), or (P, N·C): channels and samples in one run."""
        return stored if self.vector else stored.reshape(-1, self.b.batch * self.channels, copy=False)

    def statistic(self) -> Array:
        """A buffer for one."""
        return self.b.buffer(self.channels)

    def total(self, say: Say, a: Array, out: Array) -> None:
        """out (C,) = the sums of a, a `view`."""
        if self.vector:
            say(np.add.reduce, a, 1, None, out)
        else:
            row = self.b.buffer(a.shape[1])
            say(np.add.reduce, a, 0, None, row)
            say(np.add.reduce, row.reshape(self.b.batch, self.channels), 0, None, out)

    def spread(self, say: Say, statistic: Array) -> Array:
        """The statistic in a form that goes with a `view`; filled by a call where it has to be repeated."""
        if self.vector:
            return statistic[:, None]
        row = self.b.buffer(self.b.batch * self.channels)
        say(np.copyto, row.reshape(self.b.batch, self.channels), statistic)
        return row


class PerPlace:
    """One statistic for each sample and position, over the channels."""

    def __init__(self, b: Builder, shape: Shape) -> None:
        self.b, self.channels, self.vector = b, shape[-1], len(shape) == 1
        self.count, self.places = shape[-1], b.batch * int(np.prod(shape[:-1]))

    def view(self, stored: Array) -> Array:
        """(D, N), or (P·N, C)."""
        return stored if self.vector else stored.reshape(self.places, self.channels, copy=False)

    def statistic(self) -> Array:
        return self.b.buffer(1, self.places) if self.vector else self.b.buffer(self.places, 1)

    def total(self, say: Say, a: Array, out: Array) -> None:
        say(np.add.reduce, a, 0 if self.vector else 1, None, out, True)

    def spread(self, say: Say, statistic: Array) -> Array:
        return statistic


Over = PerChannel | PerPlace


def normalize(
    b: Builder, over: Over, x: Array, out: Array, scratch: Array, epsilon: float
) -> tuple[Array, Array, Array]:
    """out = (x − mean) / √(variance + ε), the variance over all values, not one fewer; all three are views.

    Two passes, so that a large mean costs no digits. Gives (mean, variance, 1 / √(variance + ε)).
    """
    mean, variance, inverse = over.statistic(), over.statistic(), over.statistic()
    share = b.constant(1.0 / over.count)
    over.total(b.forward, x, mean)
    b.forward(np.multiply, mean, share, mean)
    b.forward(np.subtract, x, over.spread(b.forward, mean), out)
    b.forward(np.multiply, out, out, scratch)
    over.total(b.forward, scratch, variance)
    b.forward(np.multiply, variance, share, variance)
    inverse_root(b, variance, epsilon, inverse)
    b.forward(np.multiply, out, over.spread(b.forward, inverse), out)
    return mean, variance, inverse


def inverse_root(b: Builder, variance: Array, epsilon: float, out: Array) -> None:
    """out = 1 / √(variance + ε)"""
    b.forward(np.add, variance, b.constant(epsilon), out)
    b.forward(np.sqrt, out, out)
    b.forward(np.divide, b.constant(1.0), out, out)


def normalize_back(
    b: Builder,
    over: Over,
    g: Array,
    normal: Array,
    scale: Array,
    dx: Array | None,
    sums: tuple[Array, Array],
    *,
    fixed: bool = False,
) -> None:
    """dx = scale · (g − mean(g) − n · mean(g n)), where n = `normal` and g is the gradient with respect to it.

    sums: buffers that get Σ g and Σ g n. scale: a statistic, 1 / √(variance + ε) or that times a factor.
    fixed: mean and variance were given, not those of x; then dx = scale · g.
    """
    scratch = b.like(g)
    over.total(b.backward, g, sums[0])
    b.backward(np.multiply, g, normal, scratch)
    over.total(b.backward, scratch, sums[1])
    if dx is None:
        return
    if not fixed:
        share, means = b.constant(1.0 / over.count), (over.statistic(), over.statistic())
        b.backward(np.multiply, sums[0], share, means[0])
        b.backward(np.multiply, sums[1], share, means[1])
        b.backward(np.multiply, normal, over.spread(b.backward, means[1]), scratch)
        b.backward(np.subtract, g, scratch, dx)
        b.backward(np.subtract, dx, over.spread(b.backward, means[0]), dx)
        g = dx
    b.backward(np.multiply, g, over.spread(b.backward, scale), dx)
