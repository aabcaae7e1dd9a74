"""A run as JSON for everyone who may see it: the answer of REST, the hello of the stream."""

from datetime import UTC, datetime
from typing import Any

from app.store.records import Record

SHOWN = (
    "id",
    "name",
    "state",
    "message",
    "fix",
    "epoch",
    "update",
    "start",
    "seq",
    "seed",
    "spec",
    "settings",
    "parent",
)


def view(record: Record) -> dict[str, Any]:
    """Times are UTC, as ISO 8601."""
    times = {name: iso(getattr(record, name)) for name in ("created_at", "changed_at")}
    forked = record.start == 1  # a reset begins at the very start
    fork = {name: getattr(record, name) if forked else None for name in ("fork_seq", "fork_update")}
    group = {"group": record.group_id, "member": record.member}
    return {name: getattr(record, name) for name in SHOWN} | times | fork | group


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
