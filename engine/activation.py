"""What an activation promises: y = f(z) going forward, dz = f'(z) dy coming back.

`range` is where outputs lie; it decides how classes are encoded for losses on plain numbers. Where `from_output`
is true the derivative needs y alone, so z and y (and dz and dy) may be one buffer. `rises`:
of two numbers the larger one never gets the smaller value, so that f(max(a, b)) = max(f(a), f(b)).
"""

import numpy as np

from engine.builder import Array, Builder


class Activation:
    """Base of the activations that work number by number: they only say f and f'."""

    range = (-float("inf"), float("inf"))
    from_output = False
    rises = False

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        """Tell the builder how to make y = f(z); axis is that of the features."""
        raise NotImplementedError

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        """Tell the builder's backward pass how to make s = f'(z); where `from_output`, z may hold y already."""
        raise NotImplementedError

    def backward(self, b: Builder, z: Array, y: Array, dy: Array, dz: Array, axis: int) -> None:
        """Tell the builder's backward pass how to make dz from dy."""
        s = b.like(y)
        self.slope(b, z, y, s)
        b.backward(np.multiply, dy, s, dz)
