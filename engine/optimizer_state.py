"""An optimizer at work on one set of weights: its memory, its numbers for this update, and its calls."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.builder import Array, Call, run
from engine.clipping import clip_calls

if TYPE_CHECKING:
    from engine.experiment import Training
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
        parts = p.unfrozen(trainer.frozen)
        self.calls = update_calls(trainer.training, p.flat, g.flat, trainer.mask, self.slots, self.numbers, parts)

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


def update_calls(
    training: "Training",
    p: Array,
    g: Array,
    mask: Array,
    slots: Mapping[str, Array],
    numbers: Mapping[str, Array],
    parts: Sequence[slice],
) -> list[Call]:
    """The calls of one update of the weights p by the gradients g, for the parts that are not frozen."""
    scratch = np.empty_like(p)
    calls: list[Call] = []
    for part in parts:
        calls += training.regularizer.calls(p[part], g[part], mask[part], scratch[part])
    calls += clip_calls([g[part] for part in parts], training.clip_value, training.clip_norm)
    for part in parts:
        mine = {name: slot[part] for name, slot in slots.items()}
        calls += training.optimizer.calls(p[part], g[part], mine, numbers, scratch[part])
    return calls
