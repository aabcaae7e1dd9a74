"""What training reports: an update, an epoch with its row of history, or why it stopped."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# One row of history. `epoch` may be a fraction where a row was asked for in mid-epoch. Losses are without the
# penalty; `penalty` is what regularization adds. The metric is accuracy (0 … 1) or R². `gradient_norm` is that of
# the last update's loss gradient. NaN: not defined.
COLUMNS = (
    "epoch",
    "update",
    "train_loss",
    "test_loss",
    "train_metric",
    "test_metric",
    "penalty",
    "learning_rate",
    "gradient_norm",
)


class Step(NamedTuple):
    """One update was made, or one sample of a batch was taken in."""

    epoch: int
    update: int
    batch_position: int  # samples of the present batch already taken in; 0 after an update


@dataclass(frozen=True)
class Epoch:
    """Every training sample was used once more; `row` is a vector of COLUMNS, float64."""

    row: np.ndarray


@dataclass(frozen=True)
class Finished:
    """The number of epochs asked for is reached."""

    message: str


@dataclass(frozen=True)
class Diverged:
    """A number became infinite or undefined; the weights are as they were when it was seen."""

    message: str
    fix: str


class Judged(NamedTuple):
    """After an epoch's last update a part of the data was judged; its row comes when all of them are."""

    epoch: int
    update: int


Event = Step | Judged | Epoch | Finished | Diverged
