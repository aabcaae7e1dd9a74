"""Training, as a generator of events: to pause is to stop asking for the next one.

A `Trainer` holds everything that changes while an experiment runs. Between two events anything may be changed or
looked at; what follows depends on nothing but the experiment, its seed and those changes.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.builder import Array, norm, run
from engine.epoch import EpochProgram, suits
from engine.errors import PlaygroundError, SpecError
from engine.evaluate import Evaluator
from engine.events import COLUMNS, Diverged, Epoch, Event, Finished, Step
from engine.experiment import SEED, Experiment, Training, change, prepared
from engine.optimizer_state import OptimizerState
from engine.parameters import Parameters
from engine.probe import Probe
from engine.program import Program, stored_inputs, stored_targets
from engine.spec import coerce, show

LOOK = 64  # updates between two looks for numbers that are no longer finite, in a long epoch


class Trainer:
    """One run of an experiment.

    dtype: float32, or float64 for comparisons with other implementations. threads: how many may work on a large
    batch at once; results do not depend on it.
    """

    def __init__(self, experiment: Experiment, dtype: Any = np.float32, threads: int = 1) -> None:
        self.experiment, self.dtype, self.threads = experiment, np.dtype(dtype), threads
        self.training: Training = experiment.training
        self.seed = experiment.seed
        self.frozen: tuple[str, ...] = ()
        self.data = prepared(experiment.data)
        self.network, self.coding = experiment.network, experiment.coding()
        order = np.concatenate([self.data.train, self.data.test])
        self.samples = len(self.data.train)
        self._labels = self.data.targets[order]
        self.x = stored_inputs(self.network, self.data.inputs[order], self.dtype)
        self.y = stored_targets(self.coding.encode(self._labels), self.dtype)
        self.parameters = Parameters(self.network, self.dtype)
        self.gradients = self.parameters.like()
        self.mask = self.parameters.mask()
        self._evaluator: Evaluator | None = None
        self.probe = Probe(self)
        self.reset()

    def reset(self, seed: int | None = None) -> None:
        """The same start again; with `seed`, another one. Settings changed meanwhile stay as they are.

        Raises SpecError where the seed is none.
        """
        self.seed = self.seed if seed is None else coerce(SEED, seed)
        self._order_rng = _stream(self.seed, 2)
        self._noise_rng = _stream(self.seed, 3)
        self.parameters.initialize(self.seed)
        self.epoch, self.update, self.position = 0, 0, 0  # position: samples of this epoch that are used up
        self.taken = 0  # samples of the present batch already in `_sum`, when going sample by sample
        self._sum = np.zeros_like(self.parameters.flat)
        self.gradient_norm = math.nan
        self.order = np.arange(self.samples)  # written in place: compiled epochs look at it
        self._programs: dict[tuple[int, int], Program] = {}
        self.optimizer = OptimizerState(self)
        self._epoch_program: EpochProgram | None = None
        self._mix()

    # going on

    def events(self, each: str = "update") -> Iterator[Event]:
        """Train. each: 'update' also yields after every update, 'sample' after every sample, 'epoch' only then.

        Ends with Finished or Diverged; without a number of epochs it never ends by itself.
        """
        if each not in ("epoch", "update", "sample"):
            raise SpecError(f"Expected epoch, update or sample, got {each!r}.", where="each")
        if not self.finite():
            yield self._diverged()
            return
        while True:
            if self.training.epochs is not None and self.epoch >= self.training.epochs:
                yield Finished(f"The {self.training.epochs} epochs asked for are done.")
                return
            if each == "epoch" and self.position == 0 and not self.taken and suits(self):
                self._whole_epoch()
            while self.position < self.samples:
                if each == "sample" or self.taken:
                    self._take_sample()
                else:
                    self._update()
                if self.taken == 0 and self.update % LOOK == 0 and not self.finite():
                    yield self._diverged()
                    return
                if each != "epoch":
                    yield Step(self.epoch, self.update, self.taken)
            self.epoch += 1
            self.position = 0
            self._mix()
            row = self.row()
            if not np.isfinite(row[2:4]).all() or not self.finite():
                yield self._diverged()
                return
            yield Epoch(row)

    def finite(self) -> bool:
        """Whether every weight is still a finite number."""
        p = self.parameters.flat
        return math.isfinite(norm(p)) or bool(np.isfinite(p).all())

    def _whole_epoch(self) -> None:
        if self._epoch_program is None:
            self._epoch_program = EpochProgram(self)
        self._epoch_program.run()

    def _batch(self) -> Array:
        """The samples of the present batch: the last one of an epoch may be smaller."""
        return self.order[self.position : self.position + self.training.batch_size]

    def _update(self) -> None:
        batch = self._batch()
        program = self.program(len(batch), len(batch))
        program.load(self.x, batch, self.y)
        run(program.calls)
        self._apply(len(batch))

    @np.errstate(all="ignore")
    def _take_sample(self) -> None:
        """Add one more sample's share to the batch's gradient; the update comes with the batch's last one."""
        batch = self._batch()
        if any(node.layer.mixes_samples for node in self.network.nodes):
            self._count_sample(len(batch))
            return
        program = self.program(1, len(batch))
        program.load(self.x, batch[self.taken : self.taken + 1], self.y)
        program.run()
        if self.taken == 0:
            self._sum[:] = 0
        self._sum += self.gradients.flat
        self.taken += 1
        if self.taken >= len(batch):
            self.gradients.flat[:] = self._sum
            self.taken = 0
            self._apply(len(batch))

    def _count_sample(self, size: int) -> None:
        """Where a layer reads the batch as a whole, samples are only counted, and the last one brings the update."""
        self.taken += 1
        if self.taken >= size:
            self.taken = 0
            self._update()

    def _apply(self, size: int) -> None:
        self.update += 1
        if self.position + size >= self.samples:
            self.gradient_norm = norm(self.gradients.flat)
        self.optimizer.apply(self.update, self.learning_rate())
        self.position += size

    def learning_rate(self) -> float:
        """The learning rate of the next update: the one set, times the schedule's factor."""
        done = self.epoch + self.position / self.samples
        return self.training.optimizer.learning_rate * self.training.schedule.factor(done)

    def program(self, batch: int, samples: int) -> Program:
        """The compiled step for so many samples, whose loss averages over `samples`."""
        key = (batch, samples)
        if key not in self._programs:
            self._programs[key] = Program(
                self.network,
                self.parameters,
                batch=batch,
                samples=samples,
                gradients=self.gradients,
                loss=self.training.loss,
                rng=self._noise_rng,
            )
        return self._programs[key]

    def _mix(self) -> None:
        if self.training.shuffle:
            self.order[:] = self._order_rng.permutation(self.samples)

    def _diverged(self) -> Diverged:
        rate = self.training.optimizer.learning_rate
        return Diverged(
            f"The numbers grew beyond all bounds in epoch {self.epoch}, at update {self.update}.",
            f"Reset, and try a smaller learning rate than {rate:g}, such as {rate / 10:g}"
            + (", or less regularization." if self.training.regularizer.name != "none" else "."),
        )

    # looking

    @property
    def batch_position(self) -> int:
        """How many samples of the present batch are taken in already (going sample by sample)."""
        return self.taken

    @property
    def evaluator(self) -> Evaluator:
        """Judges the present weights on training and test part; made when first needed."""
        if self._evaluator is None:
            self._evaluator = Evaluator(
                self.network,
                self.parameters,
                self.training.loss,
                self.coding,
                self.x,
                self.y,
                self._labels,
                self.samples,
            )
        return self._evaluator

    @np.errstate(all="ignore")
    def row(self) -> Array:
        """The present row of history: a vector of COLUMNS, float64."""
        self.evaluator.run()
        penalty = self.training.regularizer.penalty(self.parameters.flat, self.mask)
        done = self.epoch + self.position / self.samples
        numbers = (done, self.update, *self.evaluator.row(), penalty, self.learning_rate(), self.gradient_norm)
        return np.array(numbers, np.float64)

    def manifest(self) -> list[dict[str, Any]]:
        """Layer, name, shape and place of every array in `packed`."""
        return self.parameters.manifest()

    def packed(self) -> Array:
        """Every weight as the wire has it: float32, (n,)."""
        return self.parameters.packed()

    def weights(self) -> dict[str, dict[str, Array]]:
        """Copies of every array in `packed` by layer and name, in the user's shapes."""
        return {id: {name: a.copy() for name, (a, _) in arrays.items()} for id, arrays in self.parameters.arrays()}

    def predict(self, inputs: Array) -> Array:
        """Outputs (N, …) for network-ready inputs (N, *input_shape)."""
        return self.probe.predict(inputs)

    def activations(self, inputs: Array) -> dict[str, Array]:
        """Every layer's output (N, …) by id, and before its activation as '<id>:pre'."""
        return self.probe.activations(inputs)

    def evaluate(self, split: str = "test") -> dict[str, Any]:
        """Loss, metric, confusion matrix and outputs on 'train' or 'test'."""
        return self.probe.evaluate(split)

    # changing

    def set(self, *, frozen: Sequence[str] | None = None, **changes: Any) -> None:
        """Change settings between two updates: those of `Training` that are live, `learning_rate`, `frozen` layers.

        Raises SpecError naming the field; then nothing has changed.
        """
        training = change(self.training, **changes)
        if self.taken and training.batch_size != self.training.batch_size:
            raise SpecError("A batch is half taken in.", where="batch_size", fix="Finish the batch first.")
        try:
            self.experiment.check_batch(training)
        except PlaygroundError as error:
            raise type(error)(error.message, where="batch_size", fix=error.fix) from None
        if frozen is not None:
            if isinstance(frozen, str) or not isinstance(frozen, Sequence):
                raise SpecError("Expected a list of the ids of layers.", where="frozen")
            self.parameters.unfrozen(frozen)
            self.frozen = tuple(frozen)
        if training.batch_size != self.training.batch_size:
            self._programs.clear()
        self.training = training
        self.optimizer = self.optimizer.renewed(self)
        self._epoch_program = None

    def edit(self, layer: str, name: str, index: Sequence[int], value: float) -> None:
        """Set one weight. Raises SpecError naming `layer`, `name`, `index` or `value`."""
        array = self.parameters.find(layer, name)
        most = float(np.finfo(self.dtype).max)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
            raise SpecError(f"Expected a number from -{most:.2g} to {most:.2g}, got {show(value)}.", where="value")
        fits = isinstance(index, Sequence) and len(index) == array.ndim
        if not fits or not all(_whole(i) and 0 <= i < n for i, n in zip(index, array.shape, strict=True)):
            shape = list(array.shape)
            raise SpecError(f"{show(index)} is no place in {layer}.{name}, which has the shape {shape}.", where="index")
        array[tuple(index)] = value

    # keeping

    def state(self) -> bytes:
        """Everything that `restore` needs to go on exactly as this trainer would."""
        from engine.checkpoint import dump

        return dump(self)

    @classmethod
    def restore(cls, experiment: Experiment, state: bytes, dtype: Any = np.float32) -> "Trainer":
        """A trainer that goes on bit for bit where the one that gave `state` was. Raises DataError if it is broken."""
        from engine.checkpoint import load

        return load(cls(experiment, dtype), state)


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _stream(seed: int, number: int) -> np.random.Generator:
    """An independent stream of random numbers: 1 is weights, 2 the order of samples, 3 dropout."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, number])))


__all__ = ["COLUMNS", "Trainer"]
