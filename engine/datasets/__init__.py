"""Data sets: what there is to learn from. One short file a family; each is found by being here.

A data set is a part of kind "dataset" (`engine.datasets.base.dataset`). It says beforehand what it will give
(`shape`, `columns`, `class_names`, `task`, `view`), carries the smallest network that solves it (`preset`), and makes
its examples with `generate(rng)`. `engine.data` splits them and makes them ready for a network.
"""

from engine.datasets import plane, shapes, surfaces, tables  # noqa: F401  first in the catalogue, in this order
from engine.spec import load_modules

load_modules(__name__, __path__)
