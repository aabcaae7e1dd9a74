"""Looking into a run: weights, predictions, examples, activations, how well it does. Open to all."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response

from app.api.answers import Evaluation, Examples, Prediction, Weights
from app.api.body import StrictRoute
from app.api.problems import answers
from app.api.run_views import PredictRequest
from app.deps import RunDep, RunsDep
from app.runs.queries import PLACE

router = APIRouter(route_class=StrictRoute, tags=["looking"])
Split = Annotated[Literal["train", "test"], Query(description="Which part of the data.")]
At = Annotated[
    int | None,
    Query(
        ge=0,
        le=2**53,
        description="As the run was at the moment of its time line nearest to this update; left out, as it is now.",
    ),
]
JSON = "application/json"
PACKED = "application/octet-stream"
PACKED_RESPONSE: dict[int | str, Any] = {200: {"content": {PACKED: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get("/runs/{run}/weights", response_model=Weights, responses={**PACKED_RESPONSE, **answers(404, 503)})
async def get_weights(
    run: RunDep,
    runs: RunsDep,
    accept: Annotated[str, Header(description=f"{JSON} or {PACKED}.")] = JSON,
    at: At = None,
) -> Response:
    """Every weight: as JSON by layer, or with `Accept: application/octet-stream` as little-endian float32 in one row.

    The `manifest` in the JSON says where in that row each array lies. `epoch` and `update` say which moment was shown
    (with octets: the headers Run-Epoch and Run-Update).
    """
    if PACKED in accept:
        found = await runs.query(run, "packed", at=at)
        epoch, update = PLACE.unpack_from(found)
        return Response(
            found[PLACE.size :], media_type=PACKED, headers={"Run-Epoch": f"{epoch}", "Run-Update": f"{update}"}
        )
    return Response(await runs.query(run, "weights", at=at), media_type=JSON)


@router.post("/runs/{run}/predict", response_model=Prediction, responses=answers(400, 404, 413, 422, 503))
async def predict(body: PredictRequest, run: RunDep, runs: RunsDep, at: At = None) -> Response:
    """What the network says about examples of your own."""
    return Response(await runs.query(run, "predict", inputs=body.inputs, ready=body.ready, at=at), media_type=JSON)


@router.get("/runs/{run}/examples", response_model=Examples, responses=answers(404, 422, 503))
async def get_examples(
    run: RunDep,
    runs: RunsDep,
    split: Split = "test",
    offset: Annotated[int, Query(ge=0, le=2**31, description="So many are passed over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100,
) -> Response:
    """Examples the run trains or is tested with, in the order of the split."""
    return Response(await runs.query(run, "examples", split=split, offset=offset, limit=limit), media_type=JSON)


@router.get("/runs/{run}/evaluation", response_model=Evaluation, responses=answers(404, 422, 503))
async def get_evaluation(run: RunDep, runs: RunsDep, split: Split = "test", at: At = None) -> Response:
    """Loss, accuracy or R², and the confusion matrix, over one part of the data."""
    return Response(await runs.query(run, "evaluation", split=split, at=at), media_type=JSON)
