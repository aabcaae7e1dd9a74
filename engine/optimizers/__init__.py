"""Optimizers, in order of complexity: how gradients change weights.

Each is a rule on whole vectors. `slots()` names the vectors it remembers; `scalars(t, lr)` gives the numbers that
change from update to update (t counts from 1; `steady`: they depend on the learning rate alone); `calls(p, g,
slots, s, scratch)` are the calls that change p in place, reading those numbers from the 0-d arrays in `s`. The
gradient g may be overwritten. Formulas are PyTorch's.
"""

from engine.spec import load_modules

load_modules(__name__, __path__)
