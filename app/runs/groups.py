"""Groups of runs: twins that differ in one setting, or the same experiment from many starts; steered together.

The members are runs like any other, with streams, time lines and ids of their own. A group adds who belongs together,
what each changes, and a criterion by which it counts as solved.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from app import errors
from app.runs import keys
from app.runs.commands import Unit
from app.runs.feed import Feed
from app.runs.manager import Manager
from app.runs.session import ENDED
from app.store.records import GroupRecord
from engine.errors import LimitError, SpecError

AT_ONCE = 4  # runs made at the same time: workers train others meanwhile


@dataclass(frozen=True)
class Group:
    """A group and its runs, in order."""

    record: GroupRecord
    feeds: list[Feed]


async def create(
    runs: Manager,
    spec: dict[str, Any],
    changes: list[dict[str, Any]],
    criterion: dict[str, Any] | None,
    name: str,
    key: str,
    id: str | None = None,
) -> Group:
    """Make the runs of a group: `spec` with each of the changes. Raises PlaygroundError; then none is made."""
    most = runs.settings.max_group_runs
    if len(changes) > most:
        raise LimitError(
            f"This server allows a group {most} runs, got {len(changes)}.", where="changes", fix="Ask for fewer."
        )
    await runs.check_room(key, len(changes))
    found = json.loads(await runs.query(None, "variants", spec=spec, changes=changes))
    id = id or keys.new_id()
    record = GroupRecord(id, keys.digest(key), name, found["spec"], changes, criterion, runs.now())
    await asyncio.wrap_future(runs.keeper.store.add_group(record))
    gate = asyncio.Semaphore(AT_ONCE)

    async def member(number: int) -> Feed:
        async with gate:
            change = changes[number]
            label = f"{name} {number + 1}".strip()
            made = runs.record(found["specs"][number], label, key, group_id=id, member=number)
            feed, _ = await runs.make(made, None, {"speed": change.get("speed")})
            try:
                if "frozen" in change:
                    await runs.change(feed, {"frozen": change["frozen"]})
            except BaseException:
                await runs.undo(feed)
                raise
            return feed

    results = await asyncio.gather(*map(member, range(len(changes))), return_exceptions=True)
    feeds = [feed for feed in results if isinstance(feed, Feed)]
    failed = next((number for number, result in enumerate(results) if isinstance(result, BaseException)), None)
    if failed is not None:
        await undo(runs, id, feeds)
        error = results[failed]
        raise error.at(f"changes.{failed}") if isinstance(error, errors.PlaygroundError) else error  # type: ignore[misc]
    return Group(record, feeds)


async def find(runs: Manager, id: str) -> Group:
    """The group with this id. Raises NotFound."""
    found = await asyncio.to_thread(runs.keeper.store.group, id) if len(id) <= 32 else None
    if found is None:
        raise errors.NotFound("There is no such group.", where="id", fix="Check the id.")
    record, members = found
    feeds = [await runs.keeper.find(run) for run in members]
    return Group(record, [feed for feed in feeds if feed is not None])


async def owned(runs: Manager, id: str, key: str | None) -> Group:
    """The group, if this key may steer it. Raises NotFound, KeyMissing, WrongKey."""
    if key is None:
        fix = "Send it: Authorization: Bearer <key>. Whoever made the group has it."
        raise errors.KeyMissing("Steering a group needs its key.", where="Authorization", fix=fix)
    group = await find(runs, id)
    if not keys.matches(key, group.record.key_hash):
        raise errors.WrongKey("This key does not belong to this group.", where="Authorization", fix="Make your own.")
    return group


async def play(runs: Manager, group: Group, unit: Unit | None = None, count: int = 1) -> None:
    """All that can go on. Raises Conflict where none can."""
    able = [feed for feed in group.feeds if feed.record.state not in ENDED]
    if not able:
        raise errors.Conflict("All runs of this group have ended.", where="state", fix="Reset them.")
    await _all(able, lambda feed: runs.play(feed, unit, count))


async def pause(runs: Manager, group: Group) -> None:
    await _all(group.feeds, runs.pause)


async def reset(runs: Manager, group: Group, seed: int | str) -> None:
    """Back to the start. Another seed is the group's: runs that differ in their seeds differ by as much again."""
    if seed == "same":
        await _all(group.feeds, lambda feed: runs.reset(feed, "same"))
        return
    base, new = group.record.spec["seed"], keys.new_seed() if seed == "new" else int(seed)
    own = [group.record.changes[feed.record.member or 0].get("seed", base) for feed in group.feeds]
    lowest = min(own, default=base)
    shifted = {feed.record.id: (new + seed_of - lowest) % 2**53 for feed, seed_of in zip(group.feeds, own, strict=True)}
    await _all(group.feeds, lambda feed: runs.reset(feed, shifted[feed.record.id]))


async def delete(runs: Manager, group: Group) -> None:
    """The runs as well."""
    for feed in group.feeds:
        await runs.delete(feed)
    await asyncio.wrap_future(runs.keeper.store.delete_group(group.record.id))


async def undo(runs: Manager, id: str, feeds: list[Feed]) -> None:
    """Forget a group that nobody has heard of, with its runs; see `Manager.undo`."""
    for feed in feeds:
        await runs.undo(feed)
    runs.keeper.store.undo_group(id)


async def _all(feeds: list[Feed], do: Callable[[Feed], Awaitable[None]]) -> None:
    results = await asyncio.gather(*(do(feed) for feed in feeds), return_exceptions=True)
    for error in results:
        if isinstance(error, BaseException):
            raise error


def seeds(wanted: int | list[int], first: int) -> list[dict[str, Any]]:
    """Changes that make a run of each seed: so many from the first on, or those listed. Raises SpecError."""
    listed = list(range(first, first + wanted)) if isinstance(wanted, int) else wanted
    if len(set(listed)) != len(listed):
        raise SpecError("A seed is in the list twice.", where="seeds", fix="Name each seed once.")
    return [{"seed": seed} for seed in listed]
