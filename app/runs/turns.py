"""Whose turn it is: training time is shared out by visitor, and what somebody watches gets more of it.

Every running run has a weight. Its clock (`used`) goes forward by the seconds it trains, divided by its weight, and the
run whose clock is furthest behind goes next: so over time each gets seconds in proportion to its weight.

    visitor      one share each, however many runs are theirs
    └ group      a visitor's share is divided among their groups and single runs: a group of 20 twins counts as one
      └ run      and a group's part among its members

At each level what is watched counts `WATCHED` times; a group or visitor with something watched counts as watched.
Shares are those of one worker: it knows of no others.
"""

import heapq
from collections.abc import Iterable
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.runs.session import Session

WATCHED = 4.0  # the weight of what somebody watches; 1 is that of what nobody does


def weigh(running: Iterable["Session"], floor: float) -> None:
    """Give each of these runs its weight, now that just these are running and the last of them is at `floor`."""
    visitors: dict[str, dict[str, list[Session]]] = {}
    for session in running:
        groups = visitors.setdefault(session.visitor or session.run, {})
        groups.setdefault(session.group or session.run, []).append(session)
    for groups in visitors.values():
        wanted = {name: max(map(_wanted, members)) for name, members in groups.items()}
        share = max(wanted.values()) / sum(wanted.values())
        for name, members in groups.items():
            part = share * wanted[name] / sum(map(_wanted, members))
            for session in members:
                _set(session, part * _wanted(session), floor)


def _wanted(session: "Session") -> float:
    return WATCHED if session.watched else 1.0


def _set(session: "Session", weight: float, floor: float) -> None:
    """A lead in seconds stays what it is in seconds, so nobody waits for long because of a weight they had before."""
    if weight != session.weight:
        session.used = floor + max(0.0, session.used - floor) * session.weight / weight
        session.weight = weight


class Queue:
    """Runs in the order of their clocks; of two at the same time, who was here first."""

    def __init__(self, ready: Iterable["Session"]) -> None:
        self._numbers = count()
        self._heap = [(session.used, next(self._numbers), session) for session in ready]
        heapq.heapify(self._heap)

    def __len__(self) -> int:
        return len(self._heap)

    def pop(self) -> "Session":
        """Whose turn it is."""
        return heapq.heappop(self._heap)[2]

    def push(self, session: "Session") -> None:
        """It wants another turn."""
        heapq.heappush(self._heap, (session.used, next(self._numbers), session))
