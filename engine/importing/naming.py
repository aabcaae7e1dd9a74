"""Names for layers that come from elsewhere: their own where they can have them, else what they are and a number."""

import re
from typing import Any

from engine.network import ID, INPUT


class Ids:
    """Gives every layer an id of its own."""

    def __init__(self) -> None:
        self.taken: set[str] = {INPUT}
        self.counts: dict[str, int] = {}

    def take(self, wanted: Any, kind: str, line: int, notes: list[str]) -> str:
        """The id for a layer that is called `wanted` elsewhere (None: nothing). Notes a name that had to change."""
        if isinstance(wanted, str) and wanted:
            id = wanted if ID.fullmatch(wanted) else re.sub(r"[^A-Za-z0-9_\-]", "_", wanted).lstrip("0123456789_-")[:40]
            id = id or kind
            if id not in self.taken:
                if id != wanted:
                    notes.append(f"Line {line}: the layer {wanted[:60]!r} is called {id} here.")
                self.taken.add(id)
                return id
            kind, self.counts[id] = id[:36], max(1, self.counts.get(id, 1))  # the same module again: pool, pool2
        while True:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            id = f"{kind}{self.counts[kind]}"
            if id not in self.taken:
                self.taken.add(id)
                return id
