"""Looking inside a network in use: predictions, every layer's values, and how well it does.

Each look has a program of its own, so it disturbs neither the training nor the next look.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from engine.builder import Array, to_samples
from engine.errors import ShapeError, SpecError
from engine.layer import show_shape
from engine.program import Program, stored_inputs

if TYPE_CHECKING:
    from engine.train import Trainer

CHUNK = 256


class Probe:
    """Looks at one trainer's network."""

    def __init__(self, trainer: "Trainer") -> None:
        self.trainer = trainer
        self._programs: dict[tuple[int, bool], Program] = {}

    def predict(self, inputs: Array) -> Array:
        """Outputs (N, …) for network-ready inputs (N, *input_shape).

        Raises ShapeError where they do not fit, SpecError where they are not finite.
        """
        return np.concatenate([p.outputs().copy() for p in self._run(inputs, keep=False)])

    def activations(self, inputs: Array) -> dict[str, Array]:
        """Every layer's output (N, …) by id, and what it was before the activation as '<id>:pre'."""
        seen: dict[str, list[Array]] = {}
        for program in self._run(inputs, keep=True):
            for id, tensor in program.tensors.items():
                seen.setdefault(id, []).append(to_samples(tensor.value, len(tensor.shape)).copy())
            for id, tensor in program.before.items():
                if tensor is not program.tensors[id]:
                    seen.setdefault(f"{id}:pre", []).append(to_samples(tensor.value, len(tensor.shape)).copy())
        return {id: np.concatenate(pieces) for id, pieces in seen.items()}

    def evaluate(self, split: str = "test", outputs: bool = True) -> dict[str, Any]:
        """Loss, metric, confusion matrix (None for regression) and outputs on 'train' or 'test'.

        Outputs take a second pass over the split; None where they are not wished.
        """
        if split not in ("train", "test"):
            raise SpecError(f"Expected train or test, got {split!r}.", where="split")
        part, t = int(split == "test"), self.trainer
        row = t.row()
        where = t.data.test if part else t.data.train
        return {
            "loss": float(row[2 + part]),
            "metric": float(row[4 + part]),
            "confusion": t.evaluator.confusion(part),
            "outputs": self.predict(t.data.inputs[where]) if outputs else None,
        }

    def _examples(self, inputs: Any) -> Array:
        t, shape = self.trainer, self.trainer.network.input_shape
        try:
            with np.errstate(over="ignore"):
                x = np.asarray(inputs, t.dtype)
            got = f"an array {show_shape(x.shape) or 'without axes'}"
        except (TypeError, ValueError, OverflowError):
            x, got = np.empty(0), "something that is no array of numbers"
        if x.shape[1:] != shape or not len(x):
            raise ShapeError(f"Expected a list of examples of shape {show_shape(shape)}, got {got}.", where="inputs")
        if not np.isfinite(x).all():
            raise SpecError("Expected finite numbers.", where="inputs", fix="Leave out NaN, infinity and beyond 3e38.")
        return x

    def _run(self, inputs: Array, *, keep: bool) -> Any:
        t, x = self.trainer, self._examples(inputs)
        stored = stored_inputs(t.network, x, t.dtype)
        for lo in range(0, len(x), CHUNK):
            index = np.arange(lo, min(lo + CHUNK, len(x)))
            key = (len(index), keep)
            if key not in self._programs:
                if len(self._programs) >= 4:  # sizes asked for by chance must not pile up
                    self._programs.pop(next(iter(self._programs)))
                self._programs[key] = Program(t.network, t.parameters, batch=len(index), keep=keep)
            program = self._programs[key]
            program.load(stored, index)
            program.run()
            yield program
