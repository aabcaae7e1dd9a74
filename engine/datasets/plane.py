"""Two classes of points on a plane, by the rules of TensorFlow Playground, so that results can be compared.

The noise knob means something else in each set: labels that flip, clouds that spread, points that move.
All random numbers are drawn in the same order whatever the noise, so turning the knob moves the same points.
"""

from typing import Any

import numpy as np

from engine.datasets.base import TWO, Raw, dataset, halves, mlp, noise, samples, training

RADIUS = 5.0
SOURCE = "TensorFlow Playground, src/dataset.ts"
TANH: dict[str, Any] = {"out": 1, "out_activation": "tanh"}
PLANE: dict[str, Any] = {
    "task": "classification",
    "view": "plane",
    "shape": (2,),
    "columns": ("x", "y"),
    "class_names": TWO,
}


def _points(xy: np.ndarray, blue: np.ndarray) -> Raw:
    return Raw(xy, blue.astype(np.int64))


def _polar(radius: np.ndarray, angle: np.ndarray) -> np.ndarray:
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)


@dataset(
    "circle",
    label="Circle",
    formula=r"\text{blue if } \sqrt{x^2 + y^2} < 2.5",
    source=SOURCE,
    preset={"layers": mlp([4, 2], "tanh", **TANH), "training": training("mse", "sgd", 0.03)},
    **PLANE,
)
class Circle:
    """Blue points in the middle and orange ones in a ring around them: no straight line can part them."""

    samples: int = samples(500)
    noise: float = noise(
        "How far a point is moved before it is labelled, in percent of the radius: labels near the edge flip."
    )

    def generate(self, rng: np.random.Generator) -> Raw:
        inside, ring = halves(self.samples)
        radius = RADIUS * np.concatenate([rng.uniform(0, 0.5, inside), rng.uniform(0.7, 1, ring)])
        xy = _polar(radius, rng.uniform(0, 2 * np.pi, self.samples))
        moved = xy + rng.uniform(-RADIUS, RADIUS, xy.shape) * self.noise / 100
        return _points(xy, np.hypot(*moved.T) < RADIUS / 2)


@dataset(
    "xor",
    label="Exclusive or",
    formula=r"\text{blue if } x y \ge 0",
    source=SOURCE,
    preset={"layers": mlp([4], "relu", **TANH), "training": training("mse", "sgd", 0.1)},
    **PLANE,
)
class Xor:
    """Blue where x and y have the same sign, orange where they differ: neither of them tells anything alone."""

    samples: int = samples(500)
    noise: float = noise("How far a point is moved before it is labelled, in percent of 5: labels near the axes flip.")

    def generate(self, rng: np.random.Generator) -> Raw:
        xy = rng.uniform(-5, 5, (self.samples, 2))
        xy += np.where(xy > 0, 0.3, -0.3)
        moved = xy + rng.uniform(-5, 5, xy.shape) * self.noise / 100
        return _points(xy, moved[:, 0] * moved[:, 1] >= 0)


@dataset(
    "gauss",
    label="Two clouds",
    formula=r"(x, y) \sim \mathcal N\bigl(\pm(2, 2),\ \sigma^2\bigr),\quad \sigma^2 = 0.5 + 7\,\nu",
    source=SOURCE,
    preset={"layers": mlp([], "tanh", **TANH), "training": training("mse", "sgd", 0.03)},
    **PLANE,
)
class Gauss:
    """Two round clouds, one of each colour: a single neuron can part them with a straight line."""

    samples: int = samples(500)
    noise: float = noise("How wide the clouds are: variance 0.5 at 0, 4 at 50. Wide clouds overlap; no label flips.")

    def generate(self, rng: np.random.Generator) -> Raw:
        blue, orange = halves(self.samples)
        is_blue = np.repeat([True, False], [blue, orange])
        centre = np.where(is_blue, 2.0, -2.0)[:, None]
        return _points(centre + np.sqrt(0.5 + 7 * self.noise / 100) * rng.standard_normal((self.samples, 2)), is_blue)


@dataset(
    "spiral",
    label="Spiral",
    formula=r"r = 5 s,\ t = 3.5\,\pi s\ (+\pi \text{ for orange}),\quad (x, y) = r\,(\sin t, \cos t),\ 0 \le s < 1",
    source=SOURCE,
    preset={"layers": mlp([8, 8, 8], "gelu", **TANH), "training": training("mse", "adam", 0.01, batch_size=25)},
    **PLANE,
)
class Spiral:
    """Two arms wound around each other: the hardest of the plane sets, it takes a larger network and patience."""

    samples: int = samples(500)
    noise: float = noise("How far points are moved off the arms, in percent of 1. No label flips.")

    def generate(self, rng: np.random.Generator) -> Raw:
        arms = halves(self.samples)
        along = np.concatenate([np.arange(n) / n for n in arms])
        is_blue = np.repeat([True, False], arms)
        xy = _polar(RADIUS * along, 1.75 * 2 * np.pi * along + np.where(is_blue, 0, np.pi))
        return _points(xy + rng.uniform(-1, 1, xy.shape) * self.noise / 100, is_blue)
