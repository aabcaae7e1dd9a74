"""Activations: what a neuron makes of its weighted sum. One short file a family; each is found by being here.

Each has `forward(b, z, y, axis)`, which tells the builder how to make y = f(z), and
`backward(b, z, y, dy, dz, axis)`, which makes dz = f'(z) dy. Where `from_output` is true the derivative needs y
alone, so z and y (and dz and dy) may be one buffer. `range` is where outputs lie; it decides how classes are
encoded for losses on plain numbers.
"""

from engine.spec import load_modules

load_modules(__name__, __path__)
