"""An optimizer at work on one set of weights: its memory, its numbers for this update, and its calls."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.builder import Array, Call, zeros
from engine.clipping import clip_calls

if TYPE_CHECKING:
    from engine.experiment import Training
    from engine.train import Trainer


class OptimizerState:
    """Applies regularization and the optimizer's rule to the weights that are not frozen.

    slots: what an optimizer of the same kind remembers; copied. since: after which update of the run its memory begins;
    the optimizer counts its own updates from there.
    """

    def __init__(self, trainer: "Trainer", slots: dict[str, Array] | None = None, since: int | None = None) -> None:
        self.since = trainer.update if since is None else since
        optimizer, p, g = trainer.training.optimizer, trainer.parameters, trainer.gradients
        self.optimizer = optimizer
        self.slots = {name: p.zeros(p.flat.shape, p.dtype) for name in optimizer.slots()}
        for name, slot in (slots or {}).items():
            if name in self.slots:
                self.slots[name][:] = slot
        self.numbers = {name: p.zeros((), p.dtype) for name in optimizer.scalars(1, 1.0)}
        self._vectors, self._scratch = (p.flat, g.flat), zeros(p.flat.shape, p.dtype)
        self._parts = p.unfrozen(trainer.frozen)
        self.before = gradient_calls(trainer.training, p.flat, g.flat, trainer.mask, self._scratch, self._parts)
        self.calls = self.before + self.steps(slice(0, p.flat.size))

    def renewed(self, trainer: "Trainer") -> "OptimizerState":
        """For changed settings; the memory is kept where the new optimizer is of the same kind."""
        same = trainer.training.optimizer.name == self.optimizer.name
        return OptimizerState(trainer, self.slots, self.since) if same else OptimizerState(trainer)

    def steps(self, within: slice) -> list[Call]:
        """The optimizer's own calls for the weights in that stretch; those in `before` have to be made before."""
        common = [slice(max(part.start, within.start), min(part.stop, within.stop)) for part in self._parts]
        parts = [part for part in common if part.start < part.stop]
        return step_calls(self.optimizer, *self._vectors, self.slots, self.numbers, self._scratch, parts)

    def prepare(self, update: int, learning_rate: float) -> None:
        """Set the numbers of one update of the run, which counts from 1."""
        for name, value in self.optimizer.scalars(update - self.since, learning_rate).items():
            self.numbers[name][...] = value


def gradient_calls(
    training: "Training", p: Array, g: Array, mask: Array, scratch: Array, parts: Sequence[slice]
) -> list[Call]:
    """The calls that add the penalty's part to the gradients g and clip them, where the weights are not frozen."""
    calls: list[Call] = []
    for part in parts:
        calls += training.regularizer.calls(p[part], g[part], mask[part], scratch[part])
    return calls + clip_calls([g[part] for part in parts], training.clip_value, training.clip_norm)


def step_calls(
    optimizer: Any,
    p: Array,
    g: Array,
    slots: Mapping[str, Array],
    numbers: Mapping[str, Array],
    scratch: Array,
    parts: Sequence[slice],
) -> list[Call]:
    """The calls by which an optimizer changes the weights p by the gradients g, in those parts."""
    calls: list[Call] = []
    for part in parts:
        mine = {name: slot[part] for name, slot in slots.items()}
        calls += optimizer.calls(p[part], g[part], mine, numbers, scratch[part])
    return calls
