"""Looking closely at a run: one example in every number, what it gets wrong, why it is stuck. Open to all."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response

from app.api.answers import Activations
from app.api.body import StrictRoute
from app.api.looking import JSON, PACKED, PACKED_RESPONSE, At, Split
from app.api.problems import answers
from app.api.teaching_views import Diagnosis, Explanation, Mistakes, OwnExample, OwnExplained
from app.deps import RunDep, RunsDep
from app.runs import curves
from app.runs.queries import listed

router = APIRouter(route_class=StrictRoute, tags=["looking"])
Index = Annotated[int, Query(ge=0, le=2**31, description="Position within the split.")]
Layers = Annotated[
    str | None,
    Query(max_length=2000, description="Ids of layers, separated by commas: only these.", examples=["hidden1,output"]),
]
Channels = Annotated[int | None, Query(ge=1, le=4096, description="Of feature maps no more than the first so many.")]
Class = Annotated[int | None, Query(ge=0, le=2**31, description="A class number.")]
Accept = Annotated[str, Header(description=f"{JSON} or {PACKED}.")]


@router.get(
    "/runs/{run}/activations", response_model=Activations, responses={**PACKED_RESPONSE, **answers(404, 422, 503)}
)
async def get_activations(
    run: RunDep,
    runs: RunsDep,
    split: Split = "test",
    index: Index = 0,
    layers: Layers = None,
    channels: Channels = None,
    at: At = None,
    accept: Accept = JSON,
) -> Response:
    """What every layer makes of one example: for pictures, its feature maps.

    With `Accept: application/octet-stream` a frame as in the stream (docs/api.md): `input`, `output` and each layer by
    its id as float32 arrays, pictures as (height, width, channels).
    """
    asked: dict[str, Any] = {"split": split, "index": index, "layers": _ids(layers), "channels": channels}
    asked |= {"at": at, "packed": PACKED in accept}
    return Response(await runs.query(run, "activations", **asked), media_type=PACKED if PACKED in accept else JSON)


@router.post(
    "/runs/{run}/activations",
    response_model=Activations,
    responses={**PACKED_RESPONSE, **answers(400, 404, 413, 422, 503)},
)
async def post_activations(
    body: OwnExample, run: RunDep, runs: RunsDep, channels: Channels = None, at: At = None, accept: Accept = JSON
) -> Response:
    """The same for an example of your own, such as a drawn picture."""
    asked: dict[str, Any] = {"given": body.input, "ready": body.ready, "layers": body.layers, "channels": channels}
    asked |= {"at": at, "packed": PACKED in accept}
    return Response(await runs.query(run, "activations", **asked), media_type=PACKED if PACKED in accept else JSON)


@router.get("/runs/{run}/explain", response_model=Explanation, responses=answers(404, 422, 503))
async def get_explain(
    run: RunDep, runs: RunsDep, split: Split = "train", index: Index = 0, layers: Layers = None, at: At = None
) -> Response:
    """One example in every number: forward, loss, backward, and the update that it alone would make.

    Large networks have too many numbers for one answer: ask for some layers then.
    """
    asked = {"split": split, "index": index, "layers": _ids(layers), "at": at}
    return Response(await runs.query(run, "explain", **asked), media_type=JSON)


@router.post("/runs/{run}/explain", response_model=Explanation, responses=answers(400, 404, 413, 422, 503))
async def post_explain(body: OwnExplained, run: RunDep, runs: RunsDep, at: At = None) -> Response:
    """The same for an example of your own."""
    asked = {"given": body.input, "target": body.target, "ready": body.ready, "layers": body.layers, "at": at}
    return Response(await runs.query(run, "explain", **asked), media_type=JSON)


@router.get("/runs/{run}/mistakes", response_model=Mistakes, responses=answers(404, 422, 503))
async def get_mistakes(
    run: RunDep,
    runs: RunsDep,
    split: Split = "test",
    limit: Annotated[int, Query(ge=1, le=200, description="At most so many.")] = 20,
    offset: Annotated[int, Query(ge=0, le=2**31, description="So many are passed over.")] = 0,
    true: Class = None,
    predicted: Class = None,
    at: At = None,
) -> Response:
    """The examples that the network gets most wrong.

    With `true` and `predicted` those of one cell of the confusion matrix, right ones too where both are the same.
    Where numbers are predicted: all examples, the farthest off first.
    """
    asked: dict[str, Any] = {"split": split, "limit": limit, "offset": offset, "true": true, "predicted": predicted}
    return Response(await runs.query(run, "mistakes", **asked, at=at), media_type=JSON)


@router.get("/runs/{run}/diagnosis", response_model=Diagnosis, responses=answers(404, 503))
async def get_diagnosis(run: RunDep, runs: RunsDep) -> Response:
    """Why is it stuck? Dead and saturated neurons, rates, gradients, overfitting and more, in plain words.

    Each finding has its numbers and, where there is one, a change to try with `POST /runs/{id}/fork`.
    """
    rows, recent = await curves.course(runs, run)
    return Response(await runs.query(run, "diagnosis", rows=listed(rows), recent=listed(recent)), media_type=JSON)


def _ids(layers: str | None) -> list[str] | None:
    return None if layers is None else [id for id in layers.split(",") if id]
