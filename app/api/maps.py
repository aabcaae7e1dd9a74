"""Feature maps closely: one value of a map, and every number that made it. Open to all."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from app.api.answers import Place
from app.api.body import StrictRoute
from app.api.examining import Index
from app.api.looking import JSON, At, Split
from app.api.problems import answers
from app.api.teaching_views import OwnExample
from app.api.views import View
from app.deps import RunDep, RunsDep

router = APIRouter(route_class=StrictRoute, tags=["looking"])
Row = Annotated[int, Query(ge=0, le=2**31, description="Row in the map, from 0; of a sequence 0.")]
Column = Annotated[int, Query(ge=0, le=2**31, description="Column in the map, from 0; of a sequence the step.")]
Channel = Annotated[int, Query(ge=0, le=2**31, description="Which of the layer's maps, from 0.")]
Layer = Annotated[str, Query(max_length=200, description="Id of a convolution or pooling layer.", examples=["conv"])]
Most = Annotated[int, Query(ge=1, le=64, description="Channels told in full; the others are added up in `rest`.")]


async def spot(layer: Layer, row: Row, column: Column, channel: Channel, most: Most = 4) -> dict[str, Any]:
    """Which value of which map, as the query `window` is asked for it."""
    return {"layer": layer, "at_map": (row, column, channel), "most": most}


SpotDep = Annotated[dict[str, Any], Depends(spot)]


class ShareView(View):
    channel: int = Field(examples=[0])
    """Which channel of the input."""
    patch: list[list[float | None]] = Field(examples=[[[0, 0.5], [1, 0.25]]])
    """What the window sees of it; null where the border lies, which counts as 0, and never as the largest."""
    kernel: list[list[float | None]] | None = Field(examples=[[[0.1, -0.2], [0.3, 0]]])
    """The weights for it; null for pooling."""
    sum: float | None = Field(examples=[0.2])
    """Σ patch · kernel; for pooling what it gives."""
    whole: list[list[float | None]] = Field(examples=[[[0, 0.5, 0], [1, 0.25, 0]]])
    """The channel as a map."""


class WindowView(Place):
    """One value of a feature map: `pre` = Σ sums + rest + bias, then the activation."""

    layer: str = Field(examples=["conv"])
    """The layer that gives it."""
    row: int = Field(examples=[3])
    """Its place in the map."""
    column: int = Field(examples=[4])
    """Its place in the map."""
    channel: int = Field(examples=[0])
    """Which map: the number of the filter."""
    how: str = Field(examples=["sum"])
    """sum: a convolution. largest, mean: pooling."""
    reads: str = Field(examples=["input"])
    """The layer it reads, or input."""
    rows: list[int] = Field(examples=[[3, 4, 5]])
    """Rows of what it reads that the window sees; less than 0 or too large where the border lies."""
    columns: list[int] = Field(examples=[[4, 5, 6]])
    """Columns of what it reads that the window sees."""
    shares: list[ShareView]
    """The channels that count most, the strongest first."""
    rest: float | None = Field(examples=[-0.03])
    """What all other channels add."""
    channels: int = Field(examples=[1])
    """How many channels are read."""
    bias: float | None = Field(examples=[0.01])
    """What is added to the sum; null: none."""
    pre: float | None = Field(examples=[0.21])
    """The engine's sum, in single precision."""
    output: float | None = Field(examples=[0.21])
    """What comes out."""
    activation: str = Field(examples=["relu"])
    """What is made of the sum."""
    winner: list[int] | None = Field(examples=[[0, 1]])
    """Place in the window of the largest value, for max pooling; of equal ones the first."""
    field: list[int] | None = Field(examples=[[2, 3, 9, 10]])
    """What the value sees of the picture or sequence: first row and column, last row and column. null: the network
    reads neither."""


@router.get("/runs/{run}/window", response_model=WindowView, responses=answers(404, 422, 503))
async def get_window(
    run: RunDep,
    runs: RunsDep,
    spot: SpotDep,
    split: Split = "test",
    index: Index = 0,
    at: At = None,
) -> Response:
    """One value of a feature map: the window it sees, the kernel, and the sum that made it."""
    return Response(await runs.query(run, "window", **spot, split=split, index=index, at=at), media_type=JSON)


@router.post("/runs/{run}/window", response_model=WindowView, responses=answers(400, 404, 413, 422, 503))
async def post_window(
    body: OwnExample,
    run: RunDep,
    runs: RunsDep,
    spot: SpotDep,
    at: At = None,
) -> Response:
    """The same for an example of your own, such as a drawn picture."""
    return Response(await runs.query(run, "window", **spot, given=body.input, ready=body.ready, at=at), media_type=JSON)
