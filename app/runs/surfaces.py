"""The loss around a run's weights: asked for piece by piece, so that no question keeps a worker from training for long.

Other runs of the same network, wherever they are, show their paths on the same slice.
"""

import json
from typing import Any

from app.errors import Conflict
from app.runs.feed import Feed
from app.runs.manager import Manager
from app.runs.slices import SHARED
from engine.errors import LimitError

OTHERS = 8  # runs whose paths may be shown too


async def surface(runs: Manager, feed: Feed, others: list[Feed], *, at: int | None, **asked: Any) -> dict[str, Any]:
    """The whole answer. Raises PlaygroundError."""
    if len(others) > OTHERS:
        raise LimitError(f"This server shows {OTHERS} other runs at most, got {len(others)}.", where="paths")
    for _ in range(2):
        plan = json.loads(await runs.query(feed, "surface_plan", at=at, **asked))
        losses = await _losses(runs, feed, plan)
        if losses is not None:
            break
    else:
        raise Conflict("The run moved to another process meanwhile.", fix="Try again.")
    if others and not plan["plane"]:
        raise LimitError(f"Only networks of up to {SHARED:,} weights are shown on each other's slices.", where="paths")
    paths = {
        other.record.id: json.loads(
            await runs.query(other, "surface_path", plane=plan["plane"], origin=plan["centre"])
        )["path"]
        for other in others
    }
    wide = len(plan["x"]["values"])
    rows = [losses[k : k + wide] for k in range(0, len(losses), wide)]
    kept = {name: plan[name] for name in ("x", "y", "centre", "samples", "path", "epoch", "update")}
    return {"directions": asked["directions"], "split": asked["split"], **kept, "losses": rows, "paths": paths}


async def _losses(runs: Manager, feed: Feed, plan: dict[str, Any]) -> list[float | None] | None:
    losses: list[float | None] = []
    total = len(plan["x"]["values"]) * len(plan["y"]["values"])
    while len(losses) < total:
        asked = {"token": plan["token"], "first": len(losses), "count": plan["piece"]}
        found = json.loads(await runs.query(feed, "surface_points", **asked))["losses"]
        if found is None:
            return None
        losses += found
    return losses
