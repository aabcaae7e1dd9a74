"""What a network may be shown of a point on the plane: its coordinates, and curves made from them.

A network without hidden layers draws straight borders; shown x² and y², the same network draws an ellipse.
"""

from typing import Any, Protocol

import numpy as np

from engine.errors import SpecError
from engine.spec import CATALOGUE, make, part

DEFAULT = ("x", "y")
WHERE = "data.features"


class Feature(Protocol):
    """One number made from a point."""

    name: str

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
    """The features of these names, in this order. Raises SpecError for an empty list, a name twice or unknown."""
    if not isinstance(names, list | tuple) or not names:
        raise SpecError(
            f"Expected a list of at least one feature, got {names!r:.60}.",
            where=WHERE,
            fix=f"Choose from: {', '.join(CATALOGUE['feature'])}.",
        )
    made: list[Feature] = []
    for name in names:
        try:
            feature = make("feature", name)
        except SpecError as error:
            raise SpecError(error.message, where=WHERE, fix=error.fix) from None
        if feature in made:
            raise SpecError(f"{feature.name} is in the list twice.", where=WHERE, fix="Name each feature once.")
        made.append(feature)
    return tuple(made)


def compute(features: tuple[Feature, ...], xy: np.ndarray) -> np.ndarray:
    """(n, 2) float64 → (n, features) float64."""
    return np.stack([feature.compute(xy) for feature in features], axis=1)
