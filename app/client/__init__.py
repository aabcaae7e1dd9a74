"""The playground from Python: make runs, steer and follow them, take their weights away as NumPy arrays.

    from app.client import Playground

    with Playground("http://127.0.0.1:8000") as playground:
        run = playground.create({"data": "spiral"})
        run.play(epochs=50)
        for row in run.follow():
            print(row.epoch, row.test_loss)

It speaks to a server over REST and imports nothing else of the program.
"""

from app.client.answers import Evaluation, Event, Examples, History, Prediction, Row, RunInfo
from app.client.errors import (
    ChangedMeanwhile,
    KeyMissing,
    Mistake,
    NotAllowed,
    NotFound,
    NotValid,
    PlaygroundError,
    TooMany,
    Unavailable,
    Unreachable,
    WrongState,
)
from app.client.playground import Playground
from app.client.run import Run

__all__ = [
    "Playground",
    "Run",
    "RunInfo",
    "Row",
    "History",
    "Event",
    "Prediction",
    "Examples",
    "Evaluation",
    "PlaygroundError",
    "Mistake",
    "NotValid",
    "NotFound",
    "KeyMissing",
    "NotAllowed",
    "WrongState",
    "ChangedMeanwhile",
    "TooMany",
    "Unavailable",
    "Unreachable",
]
