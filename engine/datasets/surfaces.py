"""Numbers to predict, rather than classes: two surfaces over the plane and a curve over a line."""

from typing import Any

import numpy as np

from engine.datasets.base import Raw, dataset, mlp, noise, samples, training

SOURCE = "TensorFlow Playground, src/dataset.ts"
RADIUS = 6.0
LINEAR: dict[str, Any] = {"out": 1, "out_activation": "linear"}
PLANE: dict[str, Any] = {"task": "regression", "view": "plane", "shape": (2,), "columns": ("x", "y")}

# x, y and sign of the six bumps
BUMPS = np.array([(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)])


def _scatter(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 2), and where they seem to be when their value is measured."""
    xy = rng.uniform(-RADIUS, RADIUS, (n, 2))
    return xy, xy + rng.uniform(-RADIUS, RADIUS, (n, 2)) * noise / 100


@dataset(
    "reg_plane",
    label="Slope",
    formula=r"(x + y) / 10",
    source=SOURCE,
    preset={"layers": mlp([], "tanh", **LINEAR), "training": training("mse", "sgd", 0.01)},
    **PLANE,
)
class RegPlane:
    """A tilted plane: the value grows evenly towards one corner, and a single neuron can follow it."""

    samples: int = samples(1200)
    noise: float = noise("How far a point is moved before its value is taken, in percent of 6.")

    def generate(self, rng: np.random.Generator) -> Raw:
        xy, moved = _scatter(self.samples, self.noise, rng)
        return Raw(xy, moved.sum(axis=1) / 10)


@dataset(
    "reg_gauss",
    label="Six bumps",
    formula=r"\pm\max(0,\ 1 - d/2)\ \text{with } d \text{ the distance from the nearest of six centres}",
    source=SOURCE,
    preset={"layers": mlp([16, 8], "gelu", **LINEAR), "training": training("mse", "adam", 0.01, batch_size=25)},
    **PLANE,
)
class RegGauss:
    """Hills and hollows in turn on flat ground: the network has to place every one of them."""

    samples: int = samples(1200)
    noise: float = noise("How far a point is moved before its value is taken, in percent of 6.")

    def generate(self, rng: np.random.Generator) -> Raw:
        xy, moved = _scatter(self.samples, self.noise, rng)
        distance = np.linalg.norm(moved[:, None] - BUMPS[:, :2], axis=2)  # (n, 6); at most one is below 2
        value = BUMPS[:, 2] * np.clip(1 - distance / 2, 0, 1)
        return Raw(xy, np.take_along_axis(value, np.abs(value).argmax(axis=1)[:, None], axis=1)[:, 0])


@dataset(
    "wave",
    label="Wave",
    formula=r"y = \sin x + \varepsilon",
    task="regression",
    view="line",
    shape=(1,),
    columns=("x",),
    preset={"layers": mlp([8, 8], "gelu", **LINEAR), "training": training("mse", "adam", 0.01)},
)
class Wave:
    """A curve over one number: hidden neurons make the bends, and the output adds them up."""

    samples: int = samples(200)
    noise: float = noise("How far values stray from the curve: standard deviation in percent of its height.")

    def generate(self, rng: np.random.Generator) -> Raw:
        x = rng.uniform(-RADIUS, RADIUS, (self.samples, 1))
        return Raw(x, np.sin(x[:, 0]) + self.noise / 100 * rng.standard_normal(self.samples))
