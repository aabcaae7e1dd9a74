"""The loss around the present weights: a flat slice through the space of all weights, and a run's path seen on it.

A slice is a centre and two directions. Random directions are scaled filter by filter to the length of the weights
there (Li et al. 2018, arXiv:1712.09913), so that slices of different networks can be compared; biases stay. Directions
of the path are the two along which the time line spreads most. Or the two are single weights.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array
from engine.errors import LimitError, SpecError
from engine.parameters import Parameters
from engine.program import Program
from engine.spec import show
from engine.work import CALL, work

if TYPE_CHECKING:
    from engine.train import Trainer

DIRECTIONS = ("random", "path", "weights")
FEWEST = 32  # examples that a loss is averaged over, at least
MARGIN = 0.15  # of the path's extent, left free around it
MOST_GRID = 41


@dataclass(frozen=True)
class Plane:
    """centre (n,), directions (2, n) in the space of the flat weights; labels of the two axes."""

    centre: Array
    directions: Array
    labels: tuple[str, str]
    origin: tuple[float, float] = (0.0, 0.0)  # the coordinates of the centre

    def project(self, weights: Array) -> Array:
        """Coordinates (k, 2) of the points of the plane nearest to weights (k, n)."""
        d = self.directions.astype(np.float64)
        gram = d @ d.T
        with np.errstate(all="ignore"):
            along = (np.asarray(weights, np.float64) - self.centre) @ d.T
            return np.linalg.lstsq(gram, along.T, rcond=None)[0].T + self.origin

    def point(self, x: float, y: float) -> Array:
        """The weights at these coordinates."""
        a, b = x - self.origin[0], y - self.origin[1]
        return self.centre + a * self.directions[0] + b * self.directions[1]


def random_plane(trainer: "Trainer", seed: int) -> Plane:
    """Two random directions, each filter as long as its weights."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 4])))
    made = []
    for _ in range(2):
        direction = Parameters(trainer.network, np.float64)
        for id, named in direction.named.items():
            for name, view in named.items():
                drawn = rng.standard_normal(view.shape)
                if view.ndim > 1:  # a bias has no filter
                    axes = tuple(range(view.ndim - 1))
                    weights = trainer.parameters.named[id][name].astype(np.float64)
                    length = np.sqrt(np.square(weights).sum(axis=axes))
                    view[...] = drawn / np.sqrt(np.square(drawn).sum(axis=axes)) * np.where(length > 0, length, 1.0)
        made.append(direction.flat)
    return Plane(trainer.parameters.flat.astype(np.float64), np.stack(made), ("first direction", "second direction"))


def path_plane(trainer: "Trainer", path: Array) -> Plane:
    """The two directions along which the weights (k, n) of the path spread most, seen from the present weights."""
    centre = trainer.parameters.flat.astype(np.float64)
    away = np.asarray(path, np.float64) - centre
    if len(away) < 3:
        raise SpecError(
            f"The time line has {len(away)} moments, too few for directions of its own.",
            where="directions",
            fix="Train for a few epochs first, or ask for random directions.",
        )
    _, _, directions = np.linalg.svd(away, full_matrices=False)
    return Plane(centre, directions[:2], ("along the path", "across the path"))


def weights_plane(trainer: "Trainer", x: str, y: str) -> Plane:
    """Two single weights, each named like `hidden1.kernel.0.1`. Raises SpecError naming x or y."""
    directions, labels, origin = [], [], []
    for where, name in (("x", x), ("y", y)):
        direction = Parameters(trainer.network, np.float64)
        place = _place(direction, name, where)
        layer, array, index = place
        direction.named[layer][array][index] = 1.0
        directions.append(direction.flat)
        labels.append(f"{layer}.{array}[{', '.join(map(str, index))}]")
        origin.append(float(trainer.parameters.named[layer][array][index]))
    if labels[0] == labels[1]:
        raise SpecError("Expected two different weights.", where="y", fix="Choose another.")
    centre = trainer.parameters.flat.astype(np.float64)
    return Plane(centre, np.stack(directions), (labels[0], labels[1]), (origin[0], origin[1]))


def _place(parameters: Parameters, name: str, where: str) -> tuple[str, str, tuple[int, ...]]:
    steps = name.split(".")
    named = parameters.named.get(steps[0], {})
    array = named.get(steps[1]) if len(steps) > 1 else None
    if array is None:
        arrays = [f"{id}.{key}" for id, arrays in parameters.named.items() for key in arrays]
        fix = f"Give layer, array and index, such as {arrays[0]}.0.0; there are {', '.join(arrays[:20])}."
        raise SpecError(f"{show(name)} is no weight of this network.", where=where, fix=fix)
    index = tuple(int(step) if step.isdigit() and len(step) < 10 else -1 for step in steps[2:])
    if len(index) != array.ndim or not all(0 <= i < n for i, n in zip(index, array.shape, strict=True)):
        raise SpecError(
            f"{show(name)} is no weight of this network.",
            where=where,
            fix=f"{steps[0]}.{steps[1]} has the shape {list(array.shape)}.",
        )
    return steps[0], steps[1], index


class Surface:
    """The loss on a grid of a plane, row by row, with weights of its own.

    xs, ys: coordinates of the grid. most: multiply-adds that the whole may take; examples are left out to stay within
    (`samples` says how many remain). Raises LimitError naming the grid where even a few are too much.
    """

    def __init__(self, trainer: "Trainer", plane: Plane, xs: Array, ys: Array, split: str, most: float) -> None:
        self.plane, self.xs, self.ys = plane, xs, ys
        self._weights = Parameters(trainer.network, trainer.dtype)
        self._weights.state[:] = trainer.parameters.state
        calls = CALL * 10 * len(trainer.network.nodes)  # of one pass, however many examples
        each = work(trainer.network)
        fits = int((most / (len(xs) * len(ys)) - calls) / each)
        if fits < FEWEST:
            side = int(np.sqrt(most / (FEWEST * each + calls)))
            raise LimitError(
                f"A grid of {len(xs)} × {len(ys)} is too much work for a network of this size.",
                where="grid",
                fix=f"Ask for {side} points a side or fewer." if side > 2 else "Take a smaller network.",
            )
        part = np.arange(trainer.samples) if split == "train" else np.arange(trainer.samples, len(trainer.x))
        index = part[:fits]
        self.samples = len(index)
        self.cost = calls + each * len(index)  # multiply-adds of one point, about
        self._program = Program(trainer.network, self._weights, batch=len(index), loss=trainer.loss)
        self._program.load(trainer.x, index, trainer.y)

    def loss(self, x: float, y: float) -> float:
        """The loss at one point; infinity where numbers overflow."""
        with np.errstate(all="ignore"):
            self._weights.flat[:] = self.plane.point(x, y)
            self._program.run()
            found = float(np.mean(self._program.losses, dtype=np.float64))  # type: ignore[arg-type]
        return found if np.isfinite(found) else float("inf")

    def row(self, number: int) -> list[float]:
        """The losses at ys[number], for all xs."""
        return [self.loss(x, self.ys[number]) for x in self.xs]


def axes(plane: Plane, path: Array, grid: int, span: float | None) -> tuple[Array, Array]:
    """The coordinates of the grid: `span` to each side of the centre, or what shows the path (k, 2) and the centre."""
    if span is not None or len(path) < 2:
        half = 1.0 if span is None else span
        return (np.linspace(plane.origin[0] - half, plane.origin[0] + half, grid),
                np.linspace(plane.origin[1] - half, plane.origin[1] + half, grid))  # fmt: skip
    seen = np.concatenate([path[np.isfinite(path).all(axis=1)], [plane.origin]])
    lo, hi = seen.min(axis=0), seen.max(axis=0)
    wide = np.maximum(hi - lo, 0.1 * max(1e-3, float((hi - lo).max())))
    middle, half = (lo + hi) / 2, wide * (0.5 + MARGIN)
    x, y = (np.linspace(middle[i] - half[i], middle[i] + half[i], grid) for i in (0, 1))
    return x, y


def flat_weights(moments: Iterable[Any], size: int) -> Array:
    """The flat weights (k, n) of moments of a time line."""
    rows: Sequence[Array] = [m.open()[1]["flat"] for m in moments]
    return np.stack(rows) if rows else np.empty((0, size))
