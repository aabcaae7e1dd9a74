"""A whole epoch as one list of calls: for networks so small that the work between two updates would count.

It makes the very same calls in the same order as going update by update, so results are the same, bit for bit.
"""

from typing import TYPE_CHECKING

from engine.batch import cut
from engine.builder import Call, run

if TYPE_CHECKING:
    from engine.train import Trainer

MOST = 20_000  # calls in one list: some megabytes, some tens of milliseconds


class EpochProgram:
    """All updates of one epoch of a trainer, compiled for its present settings."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer = trainer
        n, size = trainer.samples, trainer.training.batch_size
        optimizer = trainer.optimizer
        # numbers that stay the same all epoch are set once, before it
        self.steady = optimizer.optimizer.steady and trainer.training.schedule.steady
        self.calls: list[Call] = []
        for lo in range(0, n, size):
            index = trainer.order[lo : lo + size]
            program = trainer.program(len(index), len(index))
            self.calls += program.loading(trainer.x, index, trainer.y)
            self.calls += program.calls
            if not self.steady:
                self.calls.append((self._update, len(index)))
            if lo + size >= n:
                self.calls.append((trainer.measure,))
            self.calls += optimizer.calls
        self.updates = -(-n // size)

    def run(self) -> None:
        """Train for one epoch."""
        trainer = self.trainer
        if self.steady:
            trainer.optimizer.prepare(trainer.update + 1, trainer.learning_rate())
            run(self.calls)
            trainer.update += self.updates
            trainer.position = trainer.samples
        else:
            run(self.calls)

    def _update(self, size: int) -> None:
        trainer = self.trainer
        trainer.update += 1
        trainer.optimizer.prepare(trainer.update, trainer.learning_rate())
        trainer.position += size


def suits(trainer: "Trainer") -> bool:
    """Whether an epoch of this trainer is small enough to be one list."""
    if trainer._epoch_program is not None:
        return True
    n, size = trainer.samples, trainer.training.batch_size
    if len(cut(trainer.network, min(n, size))) > 1:
        return False
    return -(-n // size) * (len(trainer.program(min(n, size), min(n, size)).calls) + 10) <= MOST
