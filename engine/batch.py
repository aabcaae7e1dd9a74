"""A compiled step: the gradient of one batch, cut into pieces that fit a core's cache and are shared out over threads.

Each piece is a program of its own with a gradient vector of its own; these are added up in the order of the pieces.
How a batch is cut depends on the network and the batch alone, so the result is the same, bit for bit, for any number
of threads.
"""

import math
from typing import TYPE_CHECKING

import numpy as np

from engine.builder import Array, Call, Memory, run
from engine.network import Network
from engine.program import Program

if TYPE_CHECKING:
    from engine.train import Trainer

SAMPLES = 16  # a piece has at least so many: below, calls cost more than the cache saves
WORK = 48_000_000  # multiplications forward that make a piece worth a thread: about a millisecond for all it does
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


class BatchGradient:
    """Puts the gradient of the loss over `size` samples into the trainer's `gradients`."""

    def __init__(self, trainer: "Trainer", size: int) -> None:
        self.crew, self.index = trainer.crew, np.empty(size, np.intp)
        pieces = cut(trainer.network, size)
        self.cut = len(pieces) > 1
        programs = self._programs(trainer, size, pieces) if self.cut else [trainer.program(size, size)]
        tasks = [
            [*program.loading(trainer.x, self.index[piece], trainer.y), *program.work]
            for program, piece in zip(programs, pieces, strict=True)
        ]
        self.shares = self.crew.share(tasks)
        # random numbers are drawn in the order of the pieces, before any of them starts
        self.before: list[Call] = [call for program in programs for call in program.draws]
        if not self.cut:
            self.shares[0][:0] = self.before

    def _programs(self, trainer: "Trainer", size: int, pieces: list[slice]) -> list[Program]:
        programs, total = [], trainer.gradients
        self.after: list[Call] = []
        for numbers in self.crew.split(len(pieces)):
            memories: dict[int, Memory] = {}  # a thread's pieces of one size use the same memory, one after the other
            for k in numbers:
                gradients = total if k == 0 else total.like()
                if k > 0:
                    self.after.append((np.add, total.flat, gradients.flat, total.flat))
                n = pieces[k].stop - pieces[k].start
                memory = memories.setdefault(n, Memory())
                programs.append(trainer.compile(n, size, gradients, memory))
        return programs

    def run(self, batch: Array) -> None:
        """batch: (size,) numbers of samples."""
        self.index[:] = batch
        if not self.cut:
            run(self.shares[0])
            return
        run(self.before)
        self.crew.run(self.shares)
        run(self.after)
