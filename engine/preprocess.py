"""How an example in the user's units becomes what the network reads: features of a point, then (x − mean) / scale.

The numbers are kept, so that a prediction for a new example is made with the very same ones, here, on the page
and in exported code.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import DataError
from engine.features import Feature, compute

Numbers = np.ndarray | float


@dataclass(frozen=True, eq=False)
class Preprocess:
    """The numbers of the way in (`mean` and `scale`, per column) and of the way out (of the target)."""

    kind: str  # none | features | divide | standardize
    shape: tuple[int, ...]  # of one example as the user gives it
    features: tuple[Feature, ...] = ()
    mean: Numbers = 0.0
    scale: Numbers = 1.0
    target_mean: float = 0.0
    target_scale: float = 1.0

    def inputs(self, raw: Any) -> np.ndarray:
        """(n, *shape) in the user's units → (n, *input_shape) float32. Raises DataError where="inputs"."""
        try:
            values = np.asarray(raw, np.float64)
        except (TypeError, ValueError):
            raise DataError("Expected numbers only.", where="inputs", fix=self._wanted()) from None
        if values.ndim != len(self.shape) + 1 or values.shape[1:] != self.shape:
            raise DataError(f"Got an array of shape {values.shape}.", where="inputs", fix=self._wanted())
        if not np.isfinite(values).all():
            raise DataError("Expected finite numbers, got NaN or infinity.", where="inputs", fix=self._wanted())
        with np.errstate(over="ignore"):
            if self.features:
                values = compute(self.features, values)
            ready = ((values - self.mean) / self.scale).astype(np.float32)
        if not np.isfinite(ready).all():
            raise DataError("A number is too large for single precision.", where="inputs", fix=self._wanted())
        return ready

    def _wanted(self) -> str:
        return f"Give a list of examples, each of shape {self.shape}."

    def targets(self, raw: np.ndarray) -> np.ndarray:
        """Class numbers stay int64; values become float32 with the target's mean and scale taken out."""
        if np.issubdtype(raw.dtype, np.integer):
            return raw
        return ((raw - self.target_mean) / self.target_scale).astype(np.float32)

    def restore(self, outputs: np.ndarray) -> np.ndarray:
        """Predicted values in the user's units (float64); the inverse of `targets` for regression."""
        return np.asarray(outputs, np.float64) * self.target_scale + self.target_mean

    def to_json(self) -> dict[str, Any]:
        """All of it as JSON: {"kind", "features", "mean", "scale", "target": {"mean", "scale"} or null}."""
        changed = (self.target_mean, self.target_scale) != (0.0, 1.0)
        return {
            "kind": self.kind,
            "features": [feature.name for feature in self.features],
            "mean": np.asarray(self.mean).tolist(),
            "scale": np.asarray(self.scale).tolist(),
            "target": {"mean": self.target_mean, "scale": self.target_scale} if changed else None,
        }


def standardize(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scale of every column, (n, D) → (D,), (D,). A column that never changes gets scale 1."""
    mean, scale = values.mean(axis=0), values.std(axis=0)
    return mean, np.where(scale > 0, scale, 1.0)
