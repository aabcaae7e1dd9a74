"""What a network may be shown of a point on the plane: its coordinates, curves made from them, and the user's formulas.

A network without hidden layers draws straight borders; shown x² and y², the same network draws an ellipse.
"""

from typing import Any, Protocol

import numpy as np

from engine.errors import DataError, SpecError
from engine.formula import Formula, FormulaError, read
from engine.spec import CATALOGUE, make, part

DEFAULT = ("x", "y")
WHERE = "data.features"


class Feature(Protocol):
    """One number made from a point."""

    @property
    def name(self) -> str:
        """What it is called in an experiment."""
        ...

    def compute(self, xy: np.ndarray) -> np.ndarray:
        """(n, 2) float64 → (n,)."""
        ...


@part("feature", "x", label="x", formula="x")
class X:
    """How far right the point lies."""

    def compute(self, xy: np.ndarray) -> np.ndarray:
        return xy[:, 0]


@part("feature", "y", label="y", formula="y")
class Y:
    """How far up the point lies."""

    def compute(self, xy: np.ndarray) -> np.ndarray:
        return xy[:, 1]


@part("feature", "x_squared", label="x²", formula="x^2")
class XSquared:
    """Large far from the middle, left or right: lets one neuron draw a vertical band."""

    def compute(self, xy: np.ndarray) -> np.ndarray:
        return xy[:, 0] * xy[:, 0]


@part("feature", "y_squared", label="y²", formula="y^2")
class YSquared:
    """Large far from the middle, above or below: lets one neuron draw a level band."""

    def compute(self, xy: np.ndarray) -> np.ndarray:
        return xy[:, 1] * xy[:, 1]


@part("feature", "x_times_y", label="xy", formula="x y")
class XTimesY:
    """Positive where x and y have the same sign: the answer to the exclusive or, ready made."""

    def compute(self, xy: np.ndarray) -> np.ndarray:
        return xy[:, 0] * xy[:, 1]


@part("feature", "sin_x", label="sin x", formula=r"\sin x")
class SinX:
    """Waves from left to right."""

    def compute(self, xy: np.ndarray) -> np.ndarray:
        return np.sin(xy[:, 0])


@part("feature", "sin_y", label="sin y", formula=r"\sin y")
class SinY:
    """Waves from bottom to top."""

    def compute(self, xy: np.ndarray) -> np.ndarray:
        return np.sin(xy[:, 1])


def make_features(names: Any) -> tuple[Feature, ...]:
    """The features of these names or formulas, in this order.

    Raises SpecError for an empty list, a name twice or unknown, and for what is no formula.
    """
    if not isinstance(names, list | tuple) or not names:
        raise SpecError(
            f"Expected a list of at least one feature, got {names!r:.60}.",
            where=WHERE,
            fix=f"Choose from: {', '.join(CATALOGUE['feature'])}; or write formulas, such as sin(3*x).",
        )
    made: list[Feature] = []
    for name in names:
        try:
            feature = _feature(name)
        except SpecError as error:
            raise SpecError(error.message, where=WHERE, fix=error.fix) from None
        if feature in made:
            raise SpecError(f"{feature.name} is in the list twice.", where=WHERE, fix="Name each feature once.")
        made.append(feature)
    return tuple(made)


def _feature(name: Any) -> Feature:
    """One of the catalogue, or a formula."""
    if not isinstance(name, str) or name in CATALOGUE["feature"]:
        return make("feature", name)
    try:
        formula = read(name)
    except FormulaError:
        if name.isidentifier():  # meant as one of the catalogue
            return make("feature", name)
        raise
    return make("feature", formula.name) if formula.name in CATALOGUE["feature"] else formula


def compute(features: tuple[Feature, ...], xy: np.ndarray) -> np.ndarray:
    """(n, 2) float64 → (n, features) float64. Raises DataError where a formula has no value."""
    values = np.stack([feature.compute(xy) for feature in features], axis=1)
    for feature, column in zip(features, values.T, strict=True):
        if isinstance(feature, Formula):
            _need_values(feature, column, xy)
    return values


def _need_values(formula: Formula, values: np.ndarray, xy: np.ndarray) -> None:
    with np.errstate(over="ignore"):
        lost = np.flatnonzero(~np.isfinite(values.astype(np.float32)))
    if len(lost):
        x, y = xy[lost[0]]
        raise DataError(
            f"{formula.name} has no value, or one too large, at {len(lost)} of {len(xy)} points:"
            f" first at x = {x:.4g}, y = {y:.4g}.",
            where=WHERE,
            fix="Choose a formula with a value at every point, such as log(abs(x) + 1) in place of log(x).",
        )
