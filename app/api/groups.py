"""Groups of runs: the same start with one thing changed, or the same experiment from many starts; steered together."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.concurrency import run_in_threadpool

from app.api.group_views import Column, GroupCreate, GroupCreated, GroupView
from app.api.idempotency import MakingDep, OnceRoute
from app.api.problems import answers
from app.api.run_views import StateChange
from app.deps import KeyDep, RunsDep
from app.runs import bands, curves, groups
from app.runs.groups import Group
from app.runs.manager import Manager
from app.runs.queries import listed
from app.runs.view import iso, view
from engine.errors import SpecError
from engine.events import COLUMNS
from engine.experiment import SEED

router = APIRouter(route_class=OnceRoute, prefix="/groups", tags=["groups"])
assert set(get_args(Column)) <= set(COLUMNS)


GroupId = Annotated[str, Path(description="The group's id.", examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])]


async def get_group(group: GroupId, runs: RunsDep) -> Group:
    return await groups.find(runs, group)


async def get_owned_group(group: GroupId, runs: RunsDep, key: KeyDep) -> Group:
    return await groups.owned(runs, group, key)


GroupDep = Annotated[Group, Depends(get_group)]
OwnedGroupDep = Annotated[Group, Depends(get_owned_group)]
Shown = Annotated[Column, Query(description="What the band shows.")]


@router.post("", status_code=201, responses=answers(400, 413, 422, 429, 503))
async def create_group(body: GroupCreate, runs: RunsDep, new: MakingDep, response: Response) -> GroupCreated:
    """Make the runs of a group, all of them or none. `PUT /groups/{id}/state` starts them.

    `where` in an error about a change is `changes.<number>.<path in the experiment that would come out>`.
    """
    given = body.model_dump(exclude_unset=True)
    spec: dict[str, Any] = given.get("spec", {})
    changes: Any = given.get("changes")
    seeds: Any = given.get("seeds")
    if (changes is None) == (seeds is None):
        raise SpecError("Expected either changes or seeds.", where="changes", fix="Give one of the two.")
    criterion = given.get("criterion")
    if criterion and (criterion.get("below") is None) == (criterion.get("at_least") is None):
        raise SpecError("Expected either below or at_least.", where="criterion", fix="Give one of the two.")
    if changes is None:
        changes = groups.seeds(seeds, spec.get("seed", SEED.default))
    made = await groups.create(runs, spec, changes, criterion, given.get("name", ""), new.key, new.id)
    response.headers["Location"] = f"groups/{made.record.id}"
    return GroupCreated(**await shown(runs, made, "test_loss"), key=new.key)


@router.get("/{group}", responses=answers(404, 422))
async def read_group(group: GroupDep, runs: RunsDep, column: Shown = "test_loss") -> GroupView:
    """A group with its runs, their newest rows, the band over the epochs, and how many have solved it."""
    return GroupView(**await shown(runs, group, column))


@router.put("/{group}/state", responses=answers(401, 403, 404, 409, 422, 429, 503))
async def set_group_state(
    body: StateChange, group: OwnedGroupDep, runs: RunsDep, column: Shown = "test_loss"
) -> GroupView:
    """Start, pause, go on for a while, or reset all runs together; those that have ended are left where they are.

    With `created` and another seed, runs that differ in their seeds keep their distance; twins all get the same.
    """
    if body.state == "created":
        await groups.reset(runs, group, body.seed)
    elif body.advance:
        await groups.play(runs, group, body.advance.unit, body.advance.count)
    elif body.state == "running":
        await groups.play(runs, group)
    else:
        await groups.pause(runs, group)
    return GroupView(**await shown(runs, group, column))


@router.delete("/{group}", status_code=204, responses=answers(401, 403, 404, 503))
async def delete_group(group: OwnedGroupDep, runs: RunsDep) -> None:
    """Stop all its runs and forget them."""
    await groups.delete(runs, group)


async def shown(runs: Manager, group: Group, column: str) -> dict[str, Any]:
    """A group as `GroupView` has it."""
    record, criterion = group.record, group.record.criterion
    rows = [(await curves.of(runs, feed)).shown()[1] for feed in group.feeds]
    about = {name: getattr(record, name) for name in ("id", "name", "spec", "changes", "criterion")}
    about |= {"created_at": iso(record.created_at), "runs": [view(feed.record) for feed in group.feeds]}
    about |= {"columns": list(COLUMNS), "rows": [listed(r[-1]) if len(r) else None for r in rows]}
    about["band"] = {"column": column, **await run_in_threadpool(bands.band, rows, column)}
    about["solved"] = None
    if criterion:
        met = [bands.solved(r, criterion) for r in rows]
        count, epochs = sum(now for now, _ in met), [first for _, first in met]
        about["solved"] = {"count": count, "of": len(met), "runs": [now for now, _ in met], "epochs": epochs}
    return about
