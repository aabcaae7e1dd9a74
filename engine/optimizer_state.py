"""An optimizer at work on one set of weights: its memory, its numbers for this update, and its calls."""

from typing import TYPE_CHECKING

import numpy as np

from engine.builder import Array, Call, run

if TYPE_CHECKING:
    from engine.train import Trainer


class OptimizerState:
    """Applies regularization and the optimizer's rule to the weights that are not frozen.

    since: after which update of the run its memory begins; the optimizer counts its own updates from there.
    """

    def __init__(self, trainer: "Trainer", slots: dict[str, Array] | None = None, since: int | None = None) -> None:
        self.since = trainer.update if since is None else since
        optimizer, p, g = trainer.training.optimizer, trainer.parameters, trainer.gradients
        self.optimizer = optimizer
        kept = slots or {}
        self.slots = {name: kept.get(name, np.zeros_like(p.flat)) for name in optimizer.slots()}
        self.numbers = {name: np.zeros((), p.dtype) for name in optimizer.scalars(1, 1.0)}
        scratch = np.empty_like(p.flat)
        self.calls: list[Call] = []
        for part in p.unfrozen(trainer.frozen):
            mine = {name: slot[part] for name, slot in self.slots.items()}
            self.calls += trainer.training.regularizer.calls(
                p.flat[part], g.flat[part], trainer.mask[part], scratch[part]
            )
            self.calls += optimizer.calls(p.flat[part], g.flat[part], mine, self.numbers, scratch[part])

    def renewed(self, trainer: "Trainer") -> "OptimizerState":
        """For changed settings; the memory is kept where the new optimizer is of the same kind."""
        same = trainer.training.optimizer.name == self.optimizer.name
        return OptimizerState(trainer, self.slots, self.since) if same else OptimizerState(trainer)

    def prepare(self, update: int, learning_rate: float) -> None:
        """Set the numbers of one update of the run, which counts from 1."""
        for name, value in self.optimizer.scalars(update - self.since, learning_rate).items():
            self.numbers[name][...] = value

    def apply(self, update: int, learning_rate: float) -> None:
        """Change the weights by the gradients."""
        self.prepare(update, learning_rate)
        run(self.calls)
