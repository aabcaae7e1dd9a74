"""A run in time: the moments kept of it, forks that go on from them, its curve, the loss around its weights."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.concurrency import run_in_threadpool

from app.api.idempotency import MakingDep, OnceRoute
from app.api.looking import JSON, At, Split
from app.api.problems import answers
from app.api.surface_views import SurfaceView
from app.api.teaching_views import Curve, Forked, ForkRequest, TimelineView
from app.deps import RunDep, RunsDep
from app.runs import curves, surfaces
from app.runs.forking import fork
from app.runs.queries import listed, text
from engine.events import COLUMNS

router = APIRouter(route_class=OnceRoute)


@router.get("/runs/{run}/timeline", tags=["looking"], response_model=TimelineView, responses=answers(404, 503))
async def get_timeline(run: RunDep, runs: RunsDep) -> Response:
    """The moments that `at` can ask for and forks can begin at."""
    return Response(await runs.query(run, "timeline"), media_type=JSON)


@router.get("/runs/{run}/curve", tags=["looking"], response_model=Curve, responses=answers(404))
async def get_curve(run: RunDep, runs: RunsDep) -> Response:
    """The whole history in a few hundred rows, however long it is: enough for a chart."""
    curve = await curves.of(runs, run)
    seqs, rows = curve.shown()
    about = {"columns": list(COLUMNS), "start": run.record.start, "stride": curve.stride, "seq": seqs.tolist()}
    return Response(await run_in_threadpool(lambda: text({**about, "rows": listed(rows)})), media_type=JSON)


@router.post(
    "/runs/{run}/fork",
    status_code=201,
    tags=["runs"],
    responses=answers(400, 404, 409, 413, 422, 429, 503),
)
async def fork_run(body: ForkRequest, run: RunDep, runs: RunsDep, new: MakingDep, response: Response) -> Forked:
    """Make a run of your own that goes on from a moment of this one, with a change or without.

    Whoever has the id may do so; the new run belongs to the key sent, or to a new one. Its history begins with the
    parent's rows. Without a change it goes on bit for bit as its parent does; where the experiment itself changes,
    everything that fits is carried over and `fresh` names what is new. `where` in an error is the path in the
    experiment that would come out.
    """
    feed, check, fresh = await fork(runs, run, body.at, body.changes, body.name, new.key, new.id)
    response.headers["Location"] = f"../{feed.record.id}"
    return Forked.of_fork(feed, new.key, check, fresh)


@router.get("/runs/{run}/surface", tags=["looking"], response_model=SurfaceView, responses=answers(404, 422, 503))
async def get_surface(
    run: RunDep,
    runs: RunsDep,
    directions: Annotated[
        Literal["random", "path", "weights"],
        Query(description="Two random directions, the two in which the time line spreads most, or two weights."),
    ] = "random",
    x: Annotated[str, Query(max_length=200, description="With weights: the first, such as hidden1.kernel.0.1")] = "",
    y: Annotated[str, Query(max_length=200, description="With weights: the second, such as output.bias.0")] = "",
    grid: Annotated[int, Query(ge=3, le=41, description="Points a side.")] = 25,
    span: Annotated[
        float | None, Query(gt=0, le=1e6, description="How far to each side of the centre; left out, as fits the path.")
    ] = None,
    seed: Annotated[int, Query(ge=0, le=2**53, description="Rules the random directions.")] = 1,
    split: Split = "train",
    paths: Annotated[
        str, Query(max_length=400, description="Ids of up to 8 other runs of the same network, to be shown on it.")
    ] = "",
    at: At = None,
) -> Response:
    """The loss on a flat slice through the weights, and the way that the run took on it.

    Random directions are scaled filter by filter to the length of the weights (Li et al. 2018), biases stay.
    """
    asked = {"directions": directions, "x": x, "y": y, "grid": grid, "span": span, "seed": seed, "split": split}
    others = [await runs.find(id) for id in paths.split(",") if id]
    found = await surfaces.surface(runs, run, others, at=at, **asked)
    return Response(await run_in_threadpool(text, found), media_type=JSON)
