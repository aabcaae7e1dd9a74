"""What one run may ask of the machine, checked where it is built, before memory is taken for it."""

import math
from dataclasses import dataclass
from typing import Any

from engine.data import DataSpec
from engine.errors import LimitError
from engine.experiment import Experiment, Training

FLOATS = 12  # bytes that one input number takes: as given (8) and network-ready (4)


@dataclass(frozen=True)
class Limits:
    """The defaults let everything through that the catalogue does; the settings of a server are narrower."""

    max_parameters: int = 2**31
    max_samples: int = 2**31
    max_dataset_bytes: int = 2**40
    max_epochs: int = 2**31
    max_layers: int = 200
    max_batch_values: int = 2**25  # outputs of all layers for one batch, held in memory at once
    max_moments: int = 256  # of a run's time line
    max_timeline_bytes: int = 8 * 2**20
    max_explained: int = 100_000  # numbers that one explanation may have
    max_surface_work: float = 3e9  # multiply-adds of one surface

    def check_spec(self, spec: Any) -> None:
        """What can be seen before anything is made. Raises LimitError."""
        if not isinstance(spec, dict):
            return
        data, network = spec.get("data"), spec.get("network")
        samples = data.get("samples") if isinstance(data, dict) else None
        if isinstance(samples, int | float) and samples > self.max_samples:
            raise _over("data.samples", "a data set", "samples", self.max_samples, samples)
        layers = network.get("layers") if isinstance(network, dict) else None
        if isinstance(layers, list) and len(layers) > self.max_layers:
            raise _over("network.layers", "a network", "layers", self.max_layers, len(layers))

    def check(self, experiment: Experiment) -> None:
        """Raises LimitError naming field and limit."""
        found = experiment.check()
        if found["parameters"] > self.max_parameters:
            raise _over("network.layers", "a network", "weights and biases", self.max_parameters, found["parameters"])
        self.check_data(experiment.data)
        self.check_training(experiment, experiment.training, "training.")

    def check_data(self, data: DataSpec) -> None:
        """Whether the arrays of a data set would be too large."""
        size = getattr(data.part, "samples", 0) * math.prod(data.input_shape) * FLOATS
        if size > self.max_dataset_bytes:
            raise _over("data.samples", "a data set", "bytes", self.max_dataset_bytes, size)

    def check_training(self, experiment: Experiment, training: Training, prefix: str = "") -> None:
        """The part of it that can change while a run goes on."""
        if training.epochs is not None and training.epochs > self.max_epochs:
            raise _over(f"{prefix}epochs", "a run", "epochs", self.max_epochs, training.epochs)
        values = sum(math.prod(layer["output_shape"]) for layer in experiment.check()["layers"]) * training.batch_size
        if values > self.max_batch_values:
            raise _over(f"{prefix}batch_size", "a batch", "outputs of layers", self.max_batch_values, values)


def _over(where: str, what: str, unit: str, limit: int, got: float) -> LimitError:
    message = f"This server allows at most {limit:,} {unit} for {what}, got {got:,.0f}."
    return LimitError(message, where=where, fix=f"Stay at or below {limit:,}.")
