"""A run as exporters want it, from what the server knows of it: its spec, its settings and its packed weights."""

from typing import Any

import numpy as np

from engine.experiment import Experiment
from engine.export.snapshot import Snapshot
from engine.train import Trainer


def trainer_of(spec: dict[str, Any], settings: dict[str, Any], packed: bytes, *, seed: int, epoch: int) -> Trainer:
    """A trainer with these weights; its losses follow from them, so they are those of the very same moment.

    packed: little-endian float32 in the order of the manifest. Settings that are not the trainer's are passed over.
    """
    trainer = Trainer(Experiment.from_json(spec))
    known = {"optimizer", "schedule", "regularizer", "batch_size", "epochs", "class_weights", "clip_norm", "clip_value"}
    known |= {"patience", "restore_best"}
    trainer.set(**{name: value for name, value in settings.items() if name in known})
    trainer.parameters.unpack(np.frombuffer(packed, "<f4"))
    trainer.seed, trainer.epoch = seed, epoch
    return trainer


def snapshot_of(spec: dict[str, Any], settings: dict[str, Any], packed: bytes, *, seed: int, epoch: int) -> Snapshot:
    """The same as a snapshot. Raises DataError for a run that has diverged."""
    return Snapshot.of(trainer_of(spec, settings, packed, seed=seed, epoch=epoch))
