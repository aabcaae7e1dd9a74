"""Judging a network on all its data: the losses, accuracy or R², and the confusion matrix.

Small networks are judged in one pass over training and test samples together; large ones in pieces that keep the
buffers small, one after the other, or shared out over the members of a crew.
"""

from typing import Any

import numpy as np

from engine.builder import Array, Call
from engine.crew import Crew, Job, Phase
from engine.network import Network
from engine.parameters import Parameters
from engine.program import Program
from engine.targets import Coding

PIECE = 1 << 19


class Evaluator:
    """Losses and metrics of the present weights. Samples [0, train) are the training part, the rest the test part."""

    def __init__(
        self,
        network: Network,
        weights: Parameters,
        loss: Any,
        coding: Coding,
        inputs: Array,
        targets: Array,
        labels: Array,
        train: int,
        crew: Crew | None = None,
    ) -> None:
        self.coding, self.inputs, self.targets, self.train = coding, inputs, targets, train
        self.labels = labels  # (n,) class indices or values
        n = len(inputs)
        self.parts = (slice(0, train), slice(train, n))
        width = sum(int(np.prod(node.out_shape)) for node in network.nodes) + int(np.prod(network.input_shape))
        piece = max(1, min(n, PIECE // max(1, width)))
        self.pieces = [np.arange(lo, min(lo + piece, n)) for lo in range(0, n, piece)]
        crew = crew or Crew()
        tasks: list[list[Call]] = []
        for numbers in crew.split(len(self.pieces)):
            programs: dict[int, Program] = {}  # of one member, by size
            for k in numbers:
                size = len(self.pieces[k])
                if size not in programs:
                    programs[size] = Program(network, weights, batch=size, loss=loss)
                tasks.append([(self._judge, programs[size], self.pieces[k])])
        shares = crew.share(tasks)
        steps = [[task] for task in tasks] if len(shares) == 1 else [shares]
        self.jobs = [Job([Phase([], step)]) for step in steps]
        self._next = 0
        self.whole = len(self.pieces) == 1
        if self.whole:  # nothing will ever be loaded again
            self.only = programs[n], self.pieces[0]
            programs[n].load(inputs, self.pieces[0], targets)
        self.losses = crew.zeros(n, weights.dtype)
        self.outputs = crew.zeros((coding.outputs, n), weights.dtype)
        self.threshold = np.asarray(0.0 if getattr(loss, "joint", False) else coding.threshold, weights.dtype)
        self.is_one = labels == 1  # for two classes and one output
        self.right = np.empty(n, bool)
        self.spread = [_spread(targets[:, part]) for part in self.parts]

    def run(self) -> None:
        """Bring `losses` (n,) and `outputs` (outputs, n) up to date with the weights."""
        if self.whole:
            self._judge(*self.only)
        else:
            for job in self.jobs:
                job.run()

    def begin(self) -> None:
        """The weights are others now: `step` starts with the first piece."""
        self._next = 0

    @np.errstate(all="ignore")
    def step(self) -> bool:
        """The next part of what `run` does, and whether there is more to do."""
        if self.whole:
            self._judge(*self.only)
            return False
        self.jobs[self._next].run()
        self._next = (self._next + 1) % len(self.jobs)
        return self._next > 0

    def _judge(self, program: Program, piece: Array) -> None:
        if not self.whole:
            program.load(self.inputs, piece, self.targets)
        program.run()
        lo, hi = piece[0], piece[-1] + 1
        self.losses[lo:hi] = program.losses
        self.outputs[:, lo:hi] = program.output.value

    def row(self) -> tuple[float, float, float, float]:
        """Training loss, test loss, training metric, test metric, after `run`."""
        a, b = self.parts
        loss_a = float(np.add.reduce(self.losses[a], dtype=np.float64)) / self.train
        loss_b = float(np.add.reduce(self.losses[b], dtype=np.float64)) / (len(self.losses) - self.train)
        if not self.coding.classes:
            return loss_a, loss_b, self._r2(0), self._r2(1)
        if self.coding.outputs == 1:
            np.greater(self.outputs[0], self.threshold, self.right)
            np.equal(self.right, self.is_one, self.right)
        else:
            np.equal(self.outputs.argmax(axis=0), self.labels, self.right)
        right_a, right_b = np.count_nonzero(self.right[a]), np.count_nonzero(self.right[b])
        return loss_a, loss_b, right_a / self.train, right_b / (len(self.losses) - self.train)

    def predicted(self) -> Array:
        """(n,) class indices, after `run`."""
        if self.coding.outputs == 1:
            return (self.outputs[0] > self.threshold).astype(np.int64)
        return self.outputs.argmax(axis=0)

    def confusion(self, part: int) -> list[list[int]] | None:
        """Counts by true class (row) and predicted class (column) for the training (0) or test (1) part."""
        k = self.coding.classes
        if not k:
            return None
        where = self.parts[part]
        cells = np.bincount(self.labels[where].astype(np.int64) * k + self.predicted()[where], minlength=k * k)
        return cells.reshape(k, k).tolist()

    def _r2(self, part: int) -> float:
        """1 − Σ(y − t)² / Σ(t − mean t)²; NaN where all targets are the same."""
        where = self.parts[part]
        missed = np.square(self.outputs[:, where] - self.targets[:, where], dtype=np.float64).sum()
        return float(1.0 - missed / self.spread[part]) if self.spread[part] > 0 else float("nan")


def _spread(targets: Array) -> float:
    t = np.asarray(targets, np.float64)
    return float(np.square(t - t.mean(axis=1, keepdims=True)).sum())
