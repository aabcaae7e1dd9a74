"""Made-up parts, to test that one file is all that a new part needs; everything is as before afterwards.

    with made_up_activation(tmp_path):
        …the catalogue, schemas, forms and manual now have the activation `made_up`…

Use it in any test of what is derived from the catalogue.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.spec import CATALOGUE, load_modules

ACTIVATION = '''"""A made-up activation, as a contributor would write it."""

import numpy as np

from engine.activation import Activation
from engine.builder import Array, Builder
from engine.spec import part, real


@part(
    "activation",
    "made_up",
    label="Made-up",
    formula=r"f(z) = a z^2",
    keras="lambda z: {factor} * z**2",
    torch="",
    examples=({}, {"factor": 0.25}),
)
class MadeUp(Activation):
    """Squares its sum, which nobody should do."""

    factor: float = real(0.5, lo=0.0, hi=2.0, open_lo=True, help="How steep it is, a.")
    range = (0.0, float("inf"))

    def forward(self, b: Builder, z: Array, y: Array, axis: int) -> None:
        b.forward(np.multiply, z, z, y)
        b.forward(np.multiply, y, b.constant(self.factor), y)

    def slope(self, b: Builder, z: Array, y: Array, s: Array) -> None:
        b.backward(np.multiply, z, b.constant(2.0 * self.factor), s)
'''


@contextmanager
def entered(kind: str, *names: str) -> Iterator[None]:
    """Parts of these names may be declared inside; they leave the catalogue at the end."""
    try:
        yield
    finally:
        for name in names:
            CATALOGUE[kind].pop(name, None)


@contextmanager
def made_up_part(package: str, kind: str, name: str, code: str, folder: Path) -> Iterator[type]:
    """Drop a file with this code into a package such as `engine.activations`, as a contributor would; gives the part.

    The file is written to `folder`, which counts as a part of the package while this lasts.
    """
    module = importlib.import_module(package)
    (folder / f"{name}.py").write_text(code, encoding="utf-8")
    module.__path__.append(str(folder))
    importlib.invalidate_caches()
    try:
        with entered(kind, name):
            load_modules(package, module.__path__)
            yield CATALOGUE[kind][name]
    finally:
        module.__path__.remove(str(folder))
        sys.modules.pop(f"{package}.{name}", None)
        vars(module).pop(name, None)


@contextmanager
def made_up_activation(folder: Path, code: str = ACTIVATION) -> Iterator[type]:
    """The activation `made_up`, with a parameter `factor`, in a file of its own."""
    with made_up_part("engine.activations", "activation", "made_up", code, folder) as cls:
        yield cls
