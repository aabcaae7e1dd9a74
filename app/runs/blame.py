"""Whether a run may go on after a worker was lost over it: bad luck is not held against it, doing it again is.

A run that kills its worker at the same place each time, or soon after it was brought back, would take the others there
down for ever. One that got further and lived for a while only happened to be at work when something happened.
"""

import math
from dataclasses import dataclass

MOST = 3  # losses in a row
LIVED = 50.0  # seconds after which a loss further on is no longer in a row with the one before


@dataclass
class Blame:
    """The losses of workers over one run."""

    losses: int = 0  # in a row
    at: float = -math.inf
    place: tuple[int, int] = (0, 0)  # the furthest start and update at which it happened

    def add(self, place: tuple[int, int], now: float) -> None:
        """One more, when the run was known to be at this place."""
        luck = now - self.at > LIVED and place > self.place
        self.losses = 1 if luck else self.losses + 1
        self.at, self.place = now, max(place, self.place)

    @property
    def too_often(self) -> bool:
        return self.losses >= MOST
