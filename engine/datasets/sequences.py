"""Sequences (T, D) in which order and memory matter: made for recurrent layers."""

from typing import Any

import numpy as np

from engine.datasets.base import ByParameters, Raw, dataset, flat, mlp, noise, samples, training
from engine.spec import integer

SEQUENCE: dict[str, Any] = {"task": "regression", "view": "sequence"}
LINEAR: dict[str, Any] = {"out": 1, "out_activation": "linear"}


@dataset(
    "sine",
    label="Sine, next value",
    formula=r"x_t = \sin(\varphi + \omega t),\quad t < T;\quad \text{predict } x_T",
    shape=ByParameters(lambda made: (made.steps, 1)),
    columns=("value",),
    preset={"layers": flat(mlp([8], "tanh", **LINEAR)), "training": training("mse", "adam", 0.01)},
    **SEQUENCE,
)
class Sine:
    """Given some values of a wave of unknown speed, say the next one."""

    samples: int = samples(500, "How many sequences are made.")
    noise: float = noise("How far the values that are shown stray, in percent of the wave's height.")
    steps: int = integer(16, lo=2, hi=64, help="How many values are shown (T).")

    def generate(self, rng: np.random.Generator) -> Raw:
        phase = rng.uniform(0, 2 * np.pi, (self.samples, 1))
        speed = rng.uniform(0.2, 0.8, (self.samples, 1))
        wave = np.sin(phase + speed * np.arange(self.steps + 1))
        shown = wave[:, :-1] + self.noise / 100 * rng.standard_normal((self.samples, self.steps))
        return Raw(shown[..., None], wave[:, -1].copy())


@dataset(
    "adding",
    label="Adding problem",
    formula=r"y = \sum_t v_t\, m_t,\quad v_t \sim U(0, 1),\ m_t \in \{0, 1\},\ \sum_t m_t = 2",
    source="S. Hochreiter, J. Schmidhuber (1997), Long Short-Term Memory; in the form of Le, Jaitly, Hinton (2015)",
    shape=ByParameters(lambda made: (made.steps, 2)),
    columns=("value", "mark"),
    preset={
        "layers": flat(mlp([32, 16], "gelu", **LINEAR)),
        "training": training("mse", "adam", 0.003, batch_size=25),
    },
    **SEQUENCE,
)
class Adding:
    """Add the two marked numbers of a long row: the others, however many, have to be forgotten."""

    samples: int = samples(2000, "How many sequences are made.")
    steps: int = integer(10, lo=2, hi=100, help="How long a sequence is (T). One mark lies in each half.")

    def generate(self, rng: np.random.Generator) -> Raw:
        n, half = self.samples, self.steps // 2
        value = rng.uniform(0, 1, (n, self.steps))
        marked = np.stack([rng.integers(0, half, n), rng.integers(half, self.steps, n)], axis=1)
        mark = np.zeros_like(value)
        np.put_along_axis(mark, marked, 1.0, axis=1)
        return Raw(np.stack([value, mark], axis=2), (value * mark).sum(axis=1))
