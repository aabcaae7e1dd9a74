"""Training, as a generator of events: to pause is to stop asking for the next one.

A `Trainer` holds everything that changes while an experiment runs. Between two events anything may be changed or
looked at; what follows depends on nothing but the experiment, its seed and those changes.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from engine.batch import BatchUpdate
from engine.builder import Array, Memory, norm, run
from engine.changes import change_settings, edit_weight, load_weights
from engine.checkpoint import NOISE, ORDER, stream
from engine.class_weights import weighted
from engine.crew import Crew
from engine.early_stopping import Best
from engine.epoch import EpochProgram, suits
from engine.errors import SpecError
from engine.events import COLUMNS, Diverged, Epoch, Event, Finished, Judged, Step
from engine.experiment import SEED, Experiment, prepared
from engine.looks import Looks
from engine.optimizer_state import OptimizerState
from engine.parameters import Parameters
from engine.probe import Probe
from engine.program import Program, stored_inputs, stored_targets
from engine.spec import coerce

LOOK = 64  # updates between two looks for numbers that are no longer finite, in a long epoch


class Trainer(Looks):
    """One run of an experiment.

    dtype: float32, or float64 for comparisons with other implementations. cores: how many may work on a large batch
    at once, each with a process of its own; results do not depend on it.
    """

    def __init__(self, experiment: Experiment, dtype: Any = np.float32, cores: int = 1) -> None:
        self.experiment, self.dtype = experiment, np.dtype(dtype)
        self.crew = Crew(cores)
        self.training = experiment.training
        self.seed = experiment.seed
        self.frozen: tuple[str, ...] = ()
        self.data = prepared(experiment.data)
        self.network, self.coding = experiment.network, experiment.coding()
        order = np.concatenate([self.data.train, self.data.test])
        self.samples = len(self.data.train)
        self._labels = self.data.targets[order]
        self.x = stored_inputs(self.network, self.data.inputs[order], self.dtype)
        self.y = stored_targets(self.coding.encode(self._labels), self.dtype)
        self.parameters = Parameters(self.network, self.dtype, self.crew.zeros)
        self.gradients = self.parameters.like()
        self.mask = self.parameters.mask()
        self.use_loss()
        self.probe = Probe(self)
        self.reset()

    def reset(self, seed: int | None = None) -> None:
        """The same start again; with `seed`, another one. Settings changed meanwhile stay as they are.

        Raises SpecError where the seed is none.
        """
        self.seed = self.seed if seed is None else coerce(SEED, seed)
        self._order_rng = stream(self.seed, ORDER)
        self._noise_rng = stream(self.seed, NOISE)
        self.parameters.initialize(self.seed)
        self.epoch, self.update, self.position = 0, 0, 0  # position: samples of this epoch that are used up
        self.taken = 0  # samples of the present batch already in `_sum`, when going sample by sample
        self._sum = np.zeros_like(self.parameters.flat)
        self._watched = False  # whether every update's gradient is measured, or only an epoch's last one
        self.gradient_norm = math.nan
        self.gradient_norms = [math.nan] * len(self.network.nodes)  # of each layer, at the same time
        self.schedule_memory = self.training.schedule.start()
        self.best = Best()
        self.order = np.arange(self.samples)  # written in place: compiled epochs look at it
        self._gradients = [self.gradients.flat[piece] for piece in self.parameters.segments.values()]
        self.forget_programs()
        self.use_optimizer(OptimizerState(self))
        self._mix()

    def use_loss(self) -> None:
        """Take up the loss and class weights that are set; what was compiled for others goes."""
        labels = self._labels[: self.samples]
        self.loss = weighted(self.training.loss, self.training.class_weights, self.coding, labels)
        self.forget_programs()
        self._evaluator = None

    def forget_programs(self) -> None:
        """What was compiled is not right any more."""
        self._programs: dict[tuple[int, int], Program] = {}
        self._batches: dict[int, BatchUpdate] = {}

    def use_optimizer(self, optimizer: OptimizerState) -> None:
        """Take up an optimizer and the settings of now."""
        self.optimizer = optimizer
        self._epoch_program: EpochProgram | None = None

    # going on

    def events(self, each: str = "update") -> Iterator[Event]:
        """Train. each: 'update' also yields after every update, 'sample' after every sample, 'epoch' only then.

        Where judging takes long, the former two also yield after every part of it.
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
            if verdict := self.best.verdict(self):
                yield Finished(verdict)
                return
            if each == "epoch" and self.position == 0 and not self.taken and suits(self):
                self._whole_epoch()
            while self.position < self.samples:
                self._watched = each != "epoch"
                if each == "sample" or self.taken:
                    self._take_sample()
                else:
                    self._update()
                if self.taken == 0 and self.update % LOOK == 0 and not self.finite():
                    yield self._diverged()
                    return
                if each != "epoch":
                    yield Step(self.epoch, self.update, self.taken)
            self.evaluator.begin()
            while self.evaluator.step():
                if each != "epoch":
                    yield Judged(self.epoch, self.update)
            if self.position < self.samples:  # reset meanwhile
                continue
            self.epoch += 1
            self.position = 0
            self._mix()
            row = self._row()
            if not np.isfinite(row[2:4]).all() or not self.finite():
                yield self._diverged()
                return
            self._learn_from(row)
            yield Epoch(row)

    def _learn_from(self, row: Array) -> None:
        """Let schedule and early stopping look at an epoch's test loss; the row gets the new learning rate."""
        if self.training.schedule.watches:
            self.training.schedule.look(self.schedule_memory, float(row[3]))
            row[7] = self.learning_rate()
        if self.training.patience is not None:
            self.best.look(self, float(row[3]))

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
        size = len(batch)
        if size not in self._batches:
            self._batches[size] = BatchUpdate(self, size)
        self._begin_update()
        self._batches[size].run(batch)
        self.position += size

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
            self._begin_update()
            self.measure_if_due()
            run(self.optimizer.calls)
            self.position += len(batch)

    def _count_sample(self, size: int) -> None:
        """Where a layer reads the batch as a whole, samples are only counted, and the last one brings the update."""
        self.taken += 1
        if self.taken >= size:
            self.taken = 0
            self._update()

    def _begin_update(self) -> None:
        self.update += 1
        self.optimizer.prepare(self.update, self.learning_rate())

    def measure_if_due(self) -> None:
        """Measure after each update if somebody watches, else after an epoch's last one."""
        if self._watched or self.position + self.training.batch_size >= self.samples:
            self.measure()

    def measure(self) -> None:
        """Note the norms of the gradients, before the update uses them up."""
        self.gradient_norms = [norm(piece) for piece in self._gradients]
        self.gradient_norm = math.hypot(*self.gradient_norms)

    def learning_rate(self) -> float:
        """The learning rate of the next update: the one set, times the schedule's factor."""
        done = self.epoch + self.position / self.samples
        return self.training.optimizer.learning_rate * self.training.schedule.factor(done, self.schedule_memory)

    def program(self, batch: int, samples: int) -> Program:
        """The program for so many samples, whose loss averages over `samples`; its gradient is the trainer's."""
        key = (batch, samples)
        if key not in self._programs:
            self._programs[key] = self.compile(batch, samples, self.gradients)
        return self._programs[key]

    def compile(self, batch: int, samples: int, gradients: Parameters, memory: Memory | None = None) -> Program:
        """A new program for training."""
        return Program(
            self.network,
            self.parameters,
            batch=batch,
            samples=samples,
            gradients=gradients,
            loss=self.loss,
            rng=self._noise_rng,
            memory=memory,
        )

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

    # changing

    def set(self, *, frozen: Sequence[str] | None = None, **changes: Any) -> None:
        """Change settings between two updates: those of `Training` that are live, `learning_rate`, `frozen` layers.

        Raises SpecError naming the field; then nothing has changed.
        """
        change_settings(self, frozen, changes)

    def edit(self, layer: str, name: str, index: Sequence[int], value: float) -> None:
        """Set one weight. Raises SpecError naming `layer`, `name`, `index` or `value`."""
        edit_weight(self.parameters, layer, name, index, value)
        self._judge_anew()

    def load(self, values: Array) -> None:
        """Set all weights, given as `packed` gives them. Raises DataError."""
        load_weights(self, values)
        self._judge_anew()

    # keeping

    def state(self) -> bytes:
        """Everything that `restore` needs to go on exactly as this trainer would."""
        from engine.checkpoint import dump

        return dump(self)

    @classmethod
    def restore(cls, experiment: Experiment, state: bytes, dtype: Any = np.float32, cores: int = 1) -> "Trainer":
        """A trainer that goes on bit for bit where the one that gave `state` was. Raises DataError if it is broken."""
        from engine.checkpoint import load

        return load(cls(experiment, dtype, cores), state)


__all__ = ["COLUMNS", "Trainer"]
