"""A run as JSON for everyone who may see it: the answer of REST, the hello of the stream."""

from datetime import UTC, datetime
from typing import Any

from app.store.records import Record

SHOWN = ("id", "name", "state", "message", "fix", "epoch", "update", "start", "seq", "seed", "spec", "settings")


def view(record: Record) -> dict[str, Any]:
    """Times are UTC, as ISO 8601."""
    times = {name: _iso(getattr(record, name)) for name in ("created_at", "changed_at")}
    return {name: getattr(record, name) for name in SHOWN} | times


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
