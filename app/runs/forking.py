"""Forks: a run of one's own that goes on from a moment of somebody's, with the history up to there."""

from typing import Any

from app import errors
from app.runs import pipe
from app.runs.feed import Feed
from app.runs.manager import Manager


async def fork(
    runs: Manager, parent: Feed, at: int | None, changes: dict[str, Any], name: str, key: str, id: str | None = None
) -> tuple[Feed, dict[str, Any], list[str]]:
    """The new run, the shapes and sizes of its network, and the weights that could not be carried over.

    at: the update to fork at; the nearest moment of the time line counts, None is now. Raises PlaygroundError.
    """
    await runs.check_room(key)
    told, (blob,) = pipe.unpack((await runs.query(parent, "fork", at=at, changes=changes))[4:])
    rows = await runs.history(parent, 0, told["seq"])
    if parent.record.start != told["start"] or len(rows) != told["seq"]:
        raise errors.Conflict("The run was reset while it was forked.", where="at", fix="Try again.")
    place = {"epoch": told["epoch"], "update": told["update"]}
    state = "paused" if told["update"] else "created"
    origin = {"parent": parent.record.id, "fork_seq": told["seq"], "fork_update": told["update"]}
    record = runs.record(told["spec"], name, key, id, state=state, **place, **origin)
    meta = {"state": state, "seq": told["seq"], "speed": told["speed"], "measure": not told["exact"]}
    feed, check = await runs.make(record, blob, meta, rows)
    return feed, check, told["fresh"]
