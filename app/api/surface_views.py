"""What the route for slices of the loss answers."""

from typing import Literal

from pydantic import Field

from app.api.answers import Place
from app.api.teaching_views import MomentView
from app.api.views import View


class Axis(View):
    label: str = Field(examples=["hidden1.kernel[0, 1]"])
    """What changes along it."""
    values: list[float]
    """Coordinates of the grid."""


class PathPoint(MomentView):
    x: float | None
    """Its coordinates on the surface: the nearest point of the slice."""
    y: float | None
    """As `x`."""


class SurfaceView(Place):
    """The loss on a slice through the weights, and where runs went on it."""

    directions: Literal["random", "path", "weights"]
    """What the axes are."""
    split: str
    """Whose loss it is."""
    samples: int = Field(examples=[250])
    """Examples it is averaged over; fewer than there are where all would take too long."""
    x: Axis
    """Across."""
    y: Axis
    """Up."""
    centre: list[float] = Field(examples=[[0.0, 0.0]])
    """Where the present weights are."""
    losses: list[list[float | None]]
    """losses[j][i] belongs to y.values[j] and x.values[i]; null: beyond all bounds."""
    path: list[PathPoint]
    """The run's time line."""
    paths: dict[str, list[PathPoint]]
    """Those of the other runs asked for, by id."""
