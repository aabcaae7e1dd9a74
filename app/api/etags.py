"""Versions of what two people may change: ETag names one, If-Match asks for it to be the present one."""

import hashlib
import json
from typing import Any

from app.errors import Stale

IF_MATCH = (
    "The ETag of the version you have read: if it has changed since, nothing is done (412). Left out: change anyway."
)
TAGGED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "Names this version.", "schema": {"type": "string"}}}}
}


def etag(value: Any) -> str:
    """The same for the same value, with the quotation marks that the header has."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'


def expect(if_match: str | None, value: Any) -> None:
    """Raises Stale where this value is none of those that a client expects."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag(value) not in [tag.strip() for tag in if_match.split(",")]:
        fix = "Read them again (GET), look at what has changed, and send the change with the new ETag."
        raise Stale("The settings have changed since you read them; nothing was done.", where="If-Match", fix=fix)
