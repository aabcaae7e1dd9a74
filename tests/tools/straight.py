"""What a run must come to, whatever happens to it on the way: the same experiment without any server."""

from typing import Any

import numpy as np

from engine.experiment import Experiment
from engine.train import Trainer


def straight(spec: dict[str, Any], epochs: int) -> np.ndarray:
    """The row of the start, then one for each epoch."""
    trainer = Trainer(Experiment.from_json(spec))
    rows = [trainer.row()]
    events = trainer.events(each="epoch")
    return np.stack(rows + [next(events).row for _ in range(epochs)])
