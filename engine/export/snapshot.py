"""A run at one moment: all that a program needs to show the same losses somewhere else."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array
from engine.data import Prepared
from engine.errors import DataError
from engine.experiment import Experiment, Training
from engine.network import Network
from engine.targets import Coding

if TYPE_CHECKING:
    from engine.train import Trainer


@dataclass(frozen=True)
class Snapshot:
    """What was trained, how far, and what came of it. `training` has the settings as they are now."""

    experiment: Experiment
    training: Training
    seed: int
    epoch: int
    weights: dict[str, dict[str, Array]]  # by layer and name, running statistics included
    train_loss: float
    test_loss: float
    data: Prepared
    coding: Coding
    class_weights: Array | None = None  # (classes,): how much an example of each counts in the losses

    @classmethod
    def of(cls, trainer: "Trainer") -> "Snapshot":
        """The present moment of a trainer. Raises DataError where a run has diverged: such weights prove nothing."""
        row = trainer.row()
        parameters = trainer.parameters
        weights = {
            id: {name: np.array(a, np.float32) for name, a in {**arrays, **parameters.states[id]}.items()}
            for id, arrays in parameters.named.items()
        }
        if not all(np.isfinite(a).all() for arrays in weights.values() for a in arrays.values()):
            raise DataError("The run has diverged: its weights are not finite.", fix="Reset it, then export.")
        return cls(
            trainer.experiment,
            trainer.training,
            trainer.seed,
            trainer.epoch,
            weights,
            float(row[2]),
            float(row[3]),
            trainer.data,
            trainer.coding,
            _class_weights(trainer),
        )

    @property
    def network(self) -> Network:
        return self.experiment.network

    @property
    def title(self) -> str:
        """What it is about: the name of its data."""
        return self.data.spec.part.label

    @property
    def name(self) -> str:
        """A name for files."""
        return self.data.spec.part.name

    @property
    def joint(self) -> bool:
        """Whether the loss is computed from the output layer's sums, before its activation."""
        return bool(getattr(self.training.loss, "joint", False)) and not self.coding.logits


def _class_weights(trainer: "Trainer") -> Array | None:
    """Read off the weighted loss, since 'balanced' weights follow from the data."""
    if trainer.training.class_weights is None:
        return None
    loss: Any = trainer.loss
    return trainer.coding.encode(np.arange(trainer.coding.classes)) @ loss.factors + loss.offset
