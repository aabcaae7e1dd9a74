"""Which of the data sets here a piece of code speaks of."""

import ast
from typing import Any

import engine.datasets  # noqa: F401  enters the data sets in the catalogue
from engine.layer import Shape
from engine.spec import CATALOGUE

# A word in the code → our data set.
WORDS = {
    "fashion_mnist": "fashion_mnist",
    "FashionMNIST": "fashion_mnist",
    "mnist": "mnist",
    "MNIST": "mnist",
    "load_digits": "digits",
    "load_iris": "iris",
    "load_wine": "wine",
    "load_breast_cancer": "breast_cancer",
    "load_diabetes": "diabetes",
    "make_moons": "moons",
    "make_blobs": "blobs",
}
OTHERS = ("cifar10", "CIFAR10", "cifar100", "CIFAR100", "imdb", "boston_housing")


def data_set(tree: ast.AST, shape: Shape | None, notes: list[str]) -> dict[str, Any] | None:
    """The data of the code, where it is here; else, for a shape that only one set has, nothing but a note."""
    words = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    words |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    words |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom) for a in n.names}
    for word, name in WORDS.items():
        if word in words:
            return {"type": name}
    for word in OTHERS:
        if word in words:
            notes.append(f"The data set {word} is not here; choose another one with the same shape.")
            return None
    if shape is not None:
        sets = CATALOGUE["dataset"].items()
        fitting = [name for name, cls in sets if not cls.personal and tuple(cls.shape) == tuple(shape)]
        if not fitting:
            notes.append(f"No data set here has examples of the shape {shape}; bring your own.")
        elif len(fitting) <= 2:
            have = f"{' and '.join(fitting)} {'has' if len(fitting) == 1 else 'have'}"
            notes.append(f"Nothing says which data it is for; {have} examples of that shape.")
    return None
