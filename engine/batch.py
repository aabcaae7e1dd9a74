"""A compiled update: a batch cut into pieces that fit a core's cache and are shared out over the members of a crew.

Each piece is a program of its own with a gradient vector of its own. These are added up in the order of the pieces,
and the optimizer changes the weights: both by stretches, one for each member. How a batch is cut depends on the network
and the batch alone, and no number depends on where a stretch begins, so the result is the same, bit for bit, for any
number of members.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.builder import LINE, Array, Call, Memory, run
from engine.crew import Job, Phase
from engine.network import Network
from engine.optimizer_state import OptimizerState

if TYPE_CHECKING:
    from engine.train import Trainer

SAMPLES = 16  # a piece has at least so many: below, calls cost more than the cache saves
WORK = 3_000_000  # multiplications forward that make a piece worth a member: a tenth of a millisecond for all it does
ROOM = 4_000_000  # numbers in all gradients of the pieces together, where there are more than two


def cut(network: Network, batch: int) -> list[slice]:
    """The pieces of a batch: a power of two, of equal size but for one sample."""
    most = min(batch // SAMPLES, batch * _work(network) // WORK, max(2, ROOM // max(1, network.count())))
    if most < 2 or any(node.layer.mixes_samples for node in network.nodes):
        return [slice(0, batch)]
    count = 1 << (most.bit_length() - 1)
    return [slice(batch * k // count, batch * (k + 1) // count) for k in range(count)]


def _work(network: Network) -> int:
    """About how many multiplications a sample takes going forward: every weight at every position."""
    return sum(node.count() * math.prod(node.in_shapes[0][:-1]) for node in network.nodes)


class BatchUpdate:
    """One update of the trainer's weights by the gradient of the loss over `size` samples."""

    def __init__(self, trainer: "Trainer", size: int) -> None:
        self.trainer, self.size = trainer, size
        self.index = trainer.crew.zeros(size, np.intp)
        self.pieces = cut(trainer.network, size)
        self.optimizer: OptimizerState | None = None  # which one `job` works with
        if len(self.pieces) == 1:
            self.only = trainer.program(size, size)
            self.loading = self.only.loading(trainer.x, self.index, trainer.y)
        else:
            self.phases = self._gradient()

    def _gradient(self) -> list[Phase]:
        """The phases that put the batch's gradient into the trainer's `gradients`."""
        trainer, crew = self.trainer, self.trainer.crew
        total = trainer.gradients
        gradients = [total, *(total.like() for _ in self.pieces[1:])]
        draws: list[Call] = []  # random numbers are drawn in the order of the pieces, before any of them starts
        tasks: list[list[Call]] = []
        for numbers in crew.split(len(self.pieces)):
            memories: dict[int, Memory] = {}  # a member's pieces of one size use the same memory, one after the other
            for k in numbers:
                piece = self.pieces[k]
                n = piece.stop - piece.start
                memory = memories.setdefault(n, Memory(crew.zeros))
                program = trainer.compile(n, self.size, gradients[k], memory)
                tasks.append([*program.loading(trainer.x, self.index[piece], trainer.y), *program.work])
                draws += program.draws
        sums = [
            [(np.add, total.flat[part], g.flat[part], total.flat[part]) for g in gradients[1:]]
            for part in self._stretches()
        ]
        return [Phase(draws, crew.share(tasks)), Phase([], sums)]

    def _stretches(self) -> list[slice]:
        """Each member's part of the flat vectors, in whole lines of the cache."""
        size, step = self.trainer.parameters.flat.size, LINE // self.trainer.dtype.itemsize
        lines = self.trainer.crew.split(-(-size // step))
        return [slice(part.start * step, min(part.stop * step, size)) for part in lines]

    def run(self, batch: Array) -> None:
        """batch: (size,) numbers of samples. The optimizer's numbers have been prepared."""
        trainer = self.trainer
        self.index[:] = batch
        if len(self.pieces) == 1:
            run(self.loading)
            self.only.run()
            trainer.measure_if_due()
            run(trainer.optimizer.calls)
            return
        if self.optimizer is not trainer.optimizer:
            self.optimizer = trainer.optimizer
            steps = [self.optimizer.steps(part) for part in self._stretches()]
            self.job = Job([*self.phases, Phase([(trainer.measure_if_due,), *self.optimizer.before], steps)])
        self.job.run()
