"""Back to the start, also where the saved state of a run cannot be read any more: then it begins anew from its spec."""

import logging
from typing import Any

from app.errors import NotFound, Overloaded
from app.runs.commands import Change, Reset
from app.runs.feed import Feed
from app.runs.keeper import Keeper
from app.runs.runner import RunGone, WorkFailed
from engine.errors import PlaygroundError

log = logging.getLogger(__name__)


async def reset(keeper: Keeper, feed: Feed, seed: int | None) -> dict[str, Any]:
    """What the worker answers. Raises PlaygroundError."""
    async with feed.lock:
        try:
            await keeper.load(feed)
        except RunGone:
            pass  # lost on the way: `ask` tries again
        except (NotFound, Overloaded):
            raise
        except (PlaygroundError, WorkFailed) as error:
            log.error("run %s begins anew: %s", feed.record.id, error)
            return await _begin(keeper, feed, seed)
    return await keeper.ask(feed, lambda: keeper.runner.command(feed.record.id, Reset(seed)))


async def _begin(keeper: Keeper, feed: Feed, seed: int | None) -> dict[str, Any]:
    run, record, runner = feed.record.id, feed.record, keeper.runner
    spec = record.spec if seed is None else {**record.spec, "seed": seed}
    facts = await keeper.create(record, spec, None, {"start": record.start + 1, "speed": record.settings.get("speed")})
    feed.loaded, feed.shown, feed.lost = True, False, None
    if frozen := record.settings.get("frozen"):
        facts = await keeper.answered(runner.command(run, Change({"frozen": frozen})))
    await keeper.answered(runner.save(run))
    feed.note(
        "What was saved of this run could not be read, so its history is gone; it begins anew, settings as before."
    )
    if feed.watchers:
        await keeper.show(feed)
    return facts
