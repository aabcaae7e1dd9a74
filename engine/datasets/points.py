"""Points placed by hand: the data set that somebody clicks together, held in the experiment itself."""

import math
from typing import Any

import numpy as np

from engine.datasets.base import TWO, ByParameters, Raw, dataset, mlp, training
from engine.errors import SpecError
from engine.points import MOST_CLASSES, Points, points
from engine.spec import integer

MOST = 2000
REACH = 10.0
LETTERS = "ABCDEFGH"

# Two colours in opposite corners, as in "exclusive or": no straight line parts them.
CORNERS: Points = tuple(
    (x * side + dx, y * side + dy, int(x * y > 0))
    for side in (2.0, 3.5)
    for x, y in ((1, 1), (1, -1), (-1, -1), (-1, 1))
    for dx, dy in ((0.0, 0.0), (0.5, -0.5), (-0.5, 0.5))
)
# A hill: high in the middle, low around it.
HILL: Points = tuple(
    (x, y, round(math.exp(-(x * x + y * y) / 8), 2))
    for x in (-5.0, -3.0, -1.0, 1.0, 3.0, 5.0)
    for y in (-5.0, -3.0, -1.0, 1.0, 3.0, 5.0)
)


def _batch(made: Any) -> int:
    """As many as usual, but never more than train."""
    return min(10, max(1, len(made.points) // 2))


def _colours(made: Any) -> dict[str, Any]:
    k = made.classes
    if k == 2:
        layers = mlp([4], "relu", out=1, out_activation="tanh")
        return {"layers": layers, "training": training("mse", "adam", 0.03, batch_size=_batch(made))}
    layers = mlp([8], "relu", out=k, out_activation="softmax")
    return {"layers": layers, "training": training("categorical_cross_entropy", "adam", 0.03, batch_size=_batch(made))}


def _values(made: Any) -> dict[str, Any]:
    layers = mlp([8], "gelu", out=1, out_activation="linear")
    return {"layers": layers, "training": training("mse", "adam", 0.03, batch_size=_batch(made))}


@dataset(
    "points",
    label="Your own points",
    task="classification",
    view="plane",
    shape=(2,),
    columns=("x", "y"),
    train_fraction=0.8,
    class_names=ByParameters(lambda made: TWO if made.classes == 2 else tuple(LETTERS[: made.classes])),
    preset=ByParameters(_colours),
    examples=({}, {"classes": 3, "points": [(0, 0, 0), (1, 1, 1), (2, 0, 2), (-1, 1, 0)]}),
)
class OwnPoints:
    """Points that you place yourself, each of the colour you choose: see what a network makes of them."""

    points: Points = points(
        CORNERS,
        lo=-REACH,
        hi=REACH,
        length=(2, MOST),
        third="class",
        help="Each point: x, y and the number of its class.",
    )
    classes: int = integer(2, lo=2, hi=MOST_CLASSES, help="How many classes there are.")

    def __post_init__(self) -> None:
        for number, (_, _, label) in enumerate(self.points):
            if label >= self.classes:
                raise SpecError(
                    f"This point is of class {label:g}, but there are {self.classes} classes, numbered from 0.",
                    where=f"points.{number}",
                    fix=f"Choose a class from 0 to {self.classes - 1}, or allow more classes.",
                )

    def generate(self, rng: np.random.Generator) -> Raw:
        given = np.array(self.points, np.float64)
        return Raw(given[:, :2], given[:, 2].astype(np.int64))


@dataset(
    "reg_points",
    label="Your own values",
    task="regression",
    view="plane",
    shape=(2,),
    columns=("x", "y"),
    preset=ByParameters(_values),
    examples=({}, {"points": [(0, 0, 0.5), (1, 1, -1.25), (2, 0, 3)]}),
)
class OwnValues:
    """Points that you place yourself, each with a value to predict: a surface is drawn through them."""

    points: Points = points(
        HILL, lo=-REACH, hi=REACH, length=(2, MOST), third="value", help="Each point: x, y and the value there."
    )

    def generate(self, rng: np.random.Generator) -> Raw:
        given = np.array(self.points, np.float64)
        return Raw(given[:, :2], given[:, 2])
