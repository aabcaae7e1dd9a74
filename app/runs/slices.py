"""The loss around a run's weights, in its worker: a slice is chosen, then its points are computed a few at a time.

A slice goes through the weights as they were when it was chosen, and is kept for a while.
"""

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from app.runs.queries import listed, place, text
from engine.errors import ShapeError
from engine.surface import Plane, Surface, axes, flat_weights, path_plane, random_plane, weights_plane
from engine.timeline import Moment

if TYPE_CHECKING:
    from app.runs.session import Session

PIECE = 3e7  # multiply-adds done at a time: some tens of milliseconds
SHARED = 200_000  # weights of a slice that may be sent to other workers
KEPT = 2  # slices kept at a time


def surface_plan(
    session: "Session",
    at: int | None,
    directions: str,
    x: str,
    y: str,
    grid: int,
    span: float | None,
    seed: int,
    split: str,
) -> bytes:
    """Choose the slice and the grid. Raises SpecError, LimitError."""
    trainer, moments = session.past.at(session.trainer, at), session.past.line.moments
    weights = flat_weights(moments, trainer.parameters.flat.size)
    if directions == "path":
        plane = path_plane(trainer, weights)
    else:
        plane = weights_plane(trainer, x, y) if directions == "weights" else random_plane(trainer, seed)
    path = plane.project(weights)
    xs, ys = axes(plane, path if directions != "random" else path[:0], grid, span)
    made = Surface(trainer, plane, xs, ys, split, session.limits.max_surface_work)
    session.slices[token := session.next_slice()] = made
    while len(session.slices) > KEPT:
        session.slices.pop(next(iter(session.slices)))
    told: dict[str, Any] = {
        "x": {"label": plane.labels[0], "values": xs.tolist()},
        "y": {"label": plane.labels[1], "values": ys.tolist()},
    }
    told |= {"centre": list(plane.origin), "samples": made.samples, "path": _points(moments, path), **place(trainer)}
    packed = "" if plane.centre.size > SHARED else _packed(plane)
    return text({"token": token, "piece": max(1, int(PIECE / made.cost)), "plane": packed, **told})


def surface_points(session: "Session", token: int, first: int, count: int) -> bytes:
    """Losses of points first … of the grid, row by row; null: the slice is not here any more."""
    made = session.slices.get(token)
    if made is None:
        return text({"losses": None})
    wide = len(made.xs)
    numbers = range(first, min(first + count, wide * len(made.ys)))
    return text({"losses": listed(np.array([made.loss(made.xs[k % wide], made.ys[k // wide]) for k in numbers]))})


def surface_path(session: "Session", plane: str, origin: list[float]) -> bytes:
    """The time line of this run on another's slice. Raises ShapeError where the networks differ."""
    numbers = np.frombuffer(base64.b64decode(plane), "<f4").reshape(3, -1)
    size, moments = session.trainer.parameters.flat.size, session.past.line.moments
    if numbers.shape[1] != size:
        raise ShapeError(
            f"This run has {size:,} weights, the other {numbers.shape[1]:,}: they share no slice.", where="paths"
        )
    shown = Plane(numbers[0].astype(np.float64), numbers[1:].astype(np.float64), ("", ""), (origin[0], origin[1]))
    return text({"path": _points(moments, shown.project(flat_weights(moments, size)))})


def _packed(plane: Plane) -> str:
    return base64.b64encode(np.stack([plane.centre, *plane.directions]).astype("<f4").tobytes()).decode()


def _points(moments: list[Moment], path: np.ndarray) -> list[dict[str, Any]]:
    shown = listed(path)
    return [{**m.place(), "x": xy[0], "y": xy[1]} for m, xy in zip(moments, shown, strict=True)]
