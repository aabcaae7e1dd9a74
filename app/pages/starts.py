"""The menu "Start from …": the presets by group, and what the page's script needs of them."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from engine.presets import SMALLEST, presets


@dataclass(frozen=True)
class Group:
    """Presets under one heading. short: their labels alone, side by side."""

    label: str
    short: bool
    presets: list[dict[str, Any]]


@cache
def starts() -> list[Group]:
    """All presets, in the order in which they are declared."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for preset in presets():
        groups.setdefault(preset.group, []).append(preset.to_json())
    return [Group(label, label == SMALLEST, some) for label, some in groups.items()]
