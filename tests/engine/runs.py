"""Small experiments and how to run them, for the tests of training."""

from itertools import islice
from typing import Any

import numpy as np

from engine.events import Epoch, Event
from engine.experiment import Experiment
from engine.train import Trainer

HIDDEN = {"id": "hidden", "type": "dense", "units": 3, "activation": "tanh"}
OUTPUT = {"id": "output", "type": "dense", "units": 1, "activation": "tanh"}
DROPOUT = {"id": "drop", "type": "dropout", "rate": 0.3}


def experiment(*layers: dict[str, Any], data: Any = None, seed: int = 1, **training: Any) -> Experiment:
    """An experiment on 23 training examples of the circle, unless other data is given."""
    return Experiment.from_json(
        {
            "seed": seed,
            "data": data or {"type": "circle", "samples": 46, "noise": 10},
            "network": {"layers": list(layers) or [HIDDEN, OUTPUT]},
            "training": {"batch_size": 5, **training},
        }
    )


def rows(trainer: Trainer, epochs: int, each: str = "epoch") -> np.ndarray:
    """Train on for so many epochs; their rows, (epochs, columns)."""
    made = (event.row for event in trainer.events(each) if isinstance(event, Epoch))
    return np.array(list(islice(made, epochs)))


def go(trainer: Trainer, count: int, each: str = "update") -> list[Event]:
    """Take that many events."""
    return list(islice(trainer.events(each), count))


def same(a: np.ndarray, b: np.ndarray) -> None:
    """Equal bit for bit, undefined numbers too."""
    assert a.dtype == b.dtype
    np.testing.assert_array_equal(a, b)
