"""Shares: a moment of a run behind a short link, kept whole, so that it outlives the run and the server's process.

Opened, it is a run of the visitor's own that goes on from that moment bit for bit.
"""

import asyncio
import math
import secrets
from collections.abc import Callable
from typing import Any

import numpy as np

from app import errors
from app.runs import keys, pipe
from app.runs.curves import MOST
from app.runs.feed import Feed
from app.runs.history import no_rows
from app.runs.manager import Manager
from app.store.shares import Contents, ShareRecord
from engine.events import COLUMNS

LONGEST_ID = 32
NUMBERS = ("train_loss", "test_loss", "train_metric", "test_metric")
RECENT = 500  # rows kept each; of those before as many as a curve has
Draw = Callable[[dict[str, Any], dict[str, Any], np.ndarray], bytes]  # facts, portrait, rows → PNG


def new_id() -> str:
    """12 characters that nobody guesses, and that can still be typed from a blackboard."""
    return secrets.token_urlsafe(9)


async def share(
    runs: Manager, feed: Feed, draw: Draw, *, weights: bool, at: int | None, title: str, days: float | None, key: str
) -> ShareRecord:
    """Keep a moment of a run. at: the update, None is now. days: until it is gone. Raises PlaygroundError."""
    shares, now = runs.keeper.store.shares, runs.now()
    most = runs.settings.max_shares_per_key
    if await asyncio.to_thread(shares.count, keys.digest(key), now) >= most:
        message = f"This server keeps {most} links for one key, and you have as many."
        raise errors.TooMany(message, where="Authorization", fix="Delete some first: DELETE /api/v1/shares/{id}.")
    at = at if weights else 0
    told, (state,) = pipe.unpack((await runs.query(feed, "fork", at=at, changes={}, drawn=True))[4:])
    rows = await runs.history(feed, 0, told["seq"])
    if feed.record.start != told["start"] or len(rows) != told["seq"]:
        raise errors.Conflict("The run was reset while it was shared.", where="run", fix="Try again.")
    if weights and len(state) > runs.settings.max_share_bytes:
        message = f"This server shares {runs.settings.max_share_bytes:,} bytes of weights, this run has {len(state):,}."
        raise errors.TooLarge(message, where="weights", fix="Share it without its weights.")
    if not weights:
        told, rows = {**told, "spec": feed.record.spec, "epoch": 0, "update": 0}, no_rows()
        told["portrait"]["plane"] = None
        for layer in told["portrait"]["layers"]:
            layer["wires"] = None
    rows = thinned(rows)
    record = ShareRecord(
        id=new_id(),
        key_hash=keys.digest(key),
        title=title,
        spec=told["spec"],
        speed=told["speed"],
        epoch=told["epoch"],
        update=told["update"],
        numbers=_numbers(rows),
        created_at=now,
        expires_at=None if days is None else now + days * 86400,
        trained=weights,
    )
    facts = {name: getattr(record, name) for name in ("title", "spec", "epoch", "update", "numbers", "trained")}
    card = await asyncio.to_thread(draw, facts, told["portrait"], rows)
    contents = Contents(state if weights else None, rows.astype("<f8", copy=False).tobytes(), card)
    await asyncio.wrap_future(shares.add(record, contents))
    return record


async def find(runs: Manager, id: str) -> ShareRecord:
    """The share with this id. Raises NotFound."""
    known = len(id) <= LONGEST_ID
    found = await asyncio.to_thread(runs.keeper.store.shares.get, id, runs.now()) if known else None
    return found or _gone()


async def contents(runs: Manager, id: str) -> Contents:
    """Its weights, history and card. Raises NotFound."""
    known = len(id) <= LONGEST_ID
    found = await asyncio.to_thread(runs.keeper.store.shares.contents, id, runs.now()) if known else None
    return found or _gone()


async def mine(runs: Manager, key: str) -> list[ShareRecord]:
    """The shares made with a key, newest first."""
    return await asyncio.to_thread(runs.keeper.store.shares.of_key, keys.digest(key), runs.now())


async def delete(runs: Manager, id: str, key: str | None) -> None:
    """Take a link back. Runs that were opened from it go on. Raises NotFound, KeyMissing, WrongKey."""
    if key is None:
        fix = "Send the key it was made with: Authorization: Bearer <key>."
        raise errors.KeyMissing("Deleting a link needs its maker's key.", where="Authorization", fix=fix)
    found = await find(runs, id)
    if not keys.matches(key, found.key_hash):
        raise errors.WrongKey("This key did not make this link.", where="Authorization", fix="Ask whoever shared it.")
    await asyncio.wrap_future(runs.keeper.store.shares.delete(id))


async def open_share(
    runs: Manager, share: str, name: str, key: str, id: str | None = None
) -> tuple[Feed, dict[str, Any]]:
    """A run of one's own that goes on from there, and the shapes and sizes of its network. Raises PlaygroundError.

    id: of the new run; None makes one up.
    """
    await runs.check_room(key)
    found, held = await find(runs, share), await contents(runs, share)
    name = name or found.title
    if held.state is None:
        record = runs.record(found.spec, name, key, id)
        return await runs.make(record, None, {"speed": found.speed})
    rows = np.frombuffer(held.rows, "<f8").reshape(-1, len(COLUMNS))
    state = "paused" if found.update else "created"
    record = runs.record(found.spec, name, key, id, state=state, epoch=found.epoch, update=found.update)
    meta = {"state": state, "seq": len(rows), "speed": found.speed}
    return await runs.make(record, held.state, meta, rows)


def thinned(rows: np.ndarray) -> np.ndarray:
    """The newest rows, and those before them evenly thinned."""
    before, recent = rows[:-RECENT], rows[-RECENT:]
    return np.concatenate([before[:: math.ceil(len(before) / MOST) or 1], recent])


def _numbers(rows: np.ndarray) -> dict[str, float | None]:
    """Losses and metrics of the last row; none where there is no row."""
    last = rows[-1] if len(rows) else np.full(len(COLUMNS), np.nan)
    found = dict(zip(COLUMNS, last.tolist(), strict=True))
    return {name: found[name] if math.isfinite(found[name]) else None for name in NUMBERS}


def _gone() -> Any:
    fix = "Ask whoever shared it for another one."
    raise errors.NotFound("This link leads nowhere: it has expired or was deleted.", where="id", fix=fix)
