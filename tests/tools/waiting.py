"""Waiting for a fact: until it is there, and for as long as a slow and busy machine may take."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 120  # seconds; only what fails takes so long


def wait(condition: Callable[[], T]) -> T:
    """What the condition answers, once it holds."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, f"it did not come about within {PATIENCE} s"
        time.sleep(0.05)
    return found
