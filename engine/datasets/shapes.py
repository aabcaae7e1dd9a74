"""More classes of points on a plane: two half moons, and clouds for any small number of classes."""

from typing import Any

import numpy as np

from engine.datasets.base import TWO, ByParameters, Raw, dataset, halves, mlp, noise, samples, training
from engine.spec import integer

PLANE: dict[str, Any] = {"task": "classification", "view": "plane", "shape": (2,), "columns": ("x", "y")}


@dataset(
    "moons",
    label="Two moons",
    formula=r"\text{blue: } 3\,(\cos t - \tfrac12,\ \sin t - \tfrac14),\quad"
    r"\text{orange: } 3\,(\tfrac12 - \cos t,\ \tfrac14 - \sin t),\quad 0 \le t \le \pi",
    class_names=TWO,
    preset={
        "layers": mlp([4], "gelu", out=1, out_activation="tanh"),
        "training": training("mse", "adam", 0.03),
    },
    **PLANE,
)
class Moons:
    """Two half moons that reach into each other: a curved border parts them, a straight one nearly does."""

    samples: int = samples(500)
    noise: float = noise("How far points stray from their moon: standard deviation in percent of 3. No label flips.")

    def generate(self, rng: np.random.Generator) -> Raw:
        blue, orange = halves(self.samples)
        angle = rng.uniform(0, np.pi, self.samples)
        side = np.repeat([1.0, -1.0], [blue, orange])[:, None]
        xy = 3 * side * np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
        xy += 3 * self.noise / 100 * rng.standard_normal(xy.shape)
        return Raw(xy, (side[:, 0] > 0).astype(np.int64))


LETTERS = "ABCDEFGH"


@dataset(
    "blobs",
    label="Blobs",
    formula=r"(x, y) \sim \mathcal N\bigl(4\,(\sin \alpha_c, \cos \alpha_c),\ \sigma^2\bigr),\quad"
    r"\alpha_c = 2 \pi c / k,\ \sigma = 0.4 + 2\,\nu",
    class_names=ByParameters(lambda made: tuple(LETTERS[: made.classes])),
    preset=ByParameters(lambda made: made.smallest()),
    examples=({}, {"classes": 2}, {"classes": 8}),
    **PLANE,
)
class Blobs:
    """Round clouds on a circle, one for each class: straight borders part them, so an output layer alone will do."""

    samples: int = samples(500)
    noise: float = noise("How wide the clouds are: standard deviation 0.4 at 0, 1.4 at 50. No label flips.")
    classes: int = integer(3, lo=2, hi=len(LETTERS), help="How many clouds, each a class of its own.")

    def smallest(self) -> dict:
        """One output parts two clouds; more need one output each."""
        if self.classes == 2:
            layers, loss = mlp([], "tanh", out=1, out_activation="sigmoid"), "binary_cross_entropy"
        else:
            layers = mlp([], "tanh", out=self.classes, out_activation="softmax")
            loss = "categorical_cross_entropy"
        return {"layers": layers, "training": training(loss, "sgd", 0.1)}

    def generate(self, rng: np.random.Generator) -> Raw:
        label = np.sort(np.arange(self.samples) % self.classes)
        angle = 2 * np.pi * label / self.classes
        centre = 4 * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        return Raw(centre + (0.4 + 2 * self.noise / 100) * rng.standard_normal(centre.shape), label)
