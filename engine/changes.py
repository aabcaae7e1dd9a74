"""Changes between two updates: settings and weights, checked first, so that a mistake changes nothing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array
from engine.early_stopping import Best
from engine.errors import DataError, SpecError
from engine.experiment import change
from engine.optimizer_state import OptimizerState
from engine.parameters import Parameters
from engine.spec import show

if TYPE_CHECKING:
    from engine.train import Trainer


def change_settings(trainer: "Trainer", frozen: Sequence[str] | None, changes: dict[str, Any]) -> None:
    """Give a trainer other settings; what it remembers stays where it still fits.

    Raises SpecError naming the field.
    """
    before, training = trainer.training, change(trainer.training, **changes)
    if trainer.taken and training.batch_size != before.batch_size:
        raise SpecError("A batch is half taken in.", where="batch_size", fix="Finish the batch first.")
    trainer.experiment.check_training(training)
    if frozen is not None:
        if isinstance(frozen, str) or not isinstance(frozen, Sequence):
            raise SpecError("Expected a list of the ids of layers.", where="frozen")
        trainer.parameters.unfrozen(frozen)
        trainer.frozen = tuple(frozen)
    trainer.training = training
    if training.class_weights != before.class_weights or training.batch_size != before.batch_size:
        trainer.use_loss()
    if training.schedule.name != before.schedule.name:
        trainer.schedule_memory = training.schedule.start()
    if training.patience is None:
        trainer.best = Best()
    trainer.use_optimizer(trainer.optimizer.renewed(trainer))


def edit_weight(parameters: Parameters, layer: str, name: str, index: Sequence[int], value: float) -> None:
    """Set one weight. Raises SpecError naming `layer`, `name`, `index` or `value`."""
    array = parameters.find(layer, name)
    most = float(np.finfo(parameters.dtype).max)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= most:
        raise SpecError(f"Expected a number from -{most:.2g} to {most:.2g}, got {show(value)}.", where="value")
    fits = isinstance(index, Sequence) and len(index) == array.ndim
    if not fits or not all(_whole(i) and 0 <= i < n for i, n in zip(index, array.shape, strict=True)):
        shape = list(array.shape)
        raise SpecError(f"{show(index)} is no place in {layer}.{name}, which has the shape {shape}.", where="index")
    array[tuple(index)] = value


def load_weights(trainer: "Trainer", values: Array) -> None:
    """All weights at once, in the order of the manifest. What was remembered about the others is forgotten.

    Raises DataError; then nothing has changed.
    """
    if not np.isfinite(values).all():
        raise DataError("Some of the weights are not finite.", where="weights")
    trainer.parameters.unpack(values)
    trainer.best = Best()
    trainer.use_optimizer(OptimizerState(trainer))


def _whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
