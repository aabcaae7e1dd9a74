"""The part of a program that holds the examples and makes them ready: the same numbers as on the page.

A short table stands in the program itself, row by row; anything larger goes into an .npz file beside it.
"""

import textwrap
from dataclasses import dataclass

import numpy as np

from engine.builder import Array
from engine.errors import SpecError
from engine.export.numbers import array, number
from engine.export.snapshot import Snapshot
from engine.formula import Formula

# What each feature of a point is in code.
FEATURES = {
    "x": "x",
    "y": "y",
    "x_squared": "x * x",
    "y_squared": "y * y",
    "x_times_y": "x * y",
    "sin_x": "np.sin(x)",
    "sin_y": "np.sin(y)",
}


@dataclass(frozen=True)
class Examples:
    """Examples in the order of the split, training part first. raw: (n, *shape); targets: (n,)."""

    raw: Array
    targets: Array
    train: int
    dtype: type  # measured tables keep every digit, so that standardizing loses none

    @classmethod
    def of(cls, s: Snapshot) -> "Examples":
        order = np.concatenate([s.data.train, s.data.test])
        return cls(
            s.data.raw[order],
            s.data.raw_targets[order],
            len(s.data.train),
            np.float64 if s.data.view == "table" else np.float32,
        )

    def count(self) -> int:
        """How many numbers they are."""
        return self.raw.size + self.targets.size

    def table(self, s: Snapshot) -> str:
        """The examples as text, one row each: what is given, then the target."""
        rows = np.concatenate([self.raw, self.targets[:, None]], axis=1)
        names = ", ".join(s.data.spec.raw_names)
        target = "class (" + ", ".join(f"{k} {c}" for k, c in enumerate(s.data.classes)) + ")" if s.data.classes else ""
        lines = [
            f"# {names}, {target or 'value to predict'}: {self.train} rows to train with,"
            f" then {len(rows) - self.train} to test with",
            f"EXAMPLES = {array(rows, dtype=self.dtype)}",
        ]
        return "\n".join(_folded(lines[0]) + lines[1:])

    def arrays(self) -> dict[str, Array]:
        """The examples for a file, in the smallest type that holds them exactly enough."""
        return {"examples": _small(self.raw, self.dtype), "targets": _small(self.targets, self.dtype)}


def _folded(comment: str) -> list[str]:
    return textwrap.wrap(comment, 118, subsequent_indent="# ")


def _small(values: Array, dtype: type) -> Array:
    if np.issubdtype(values.dtype, np.integer) or (values == np.floor(values)).all():
        for whole in (np.uint8, np.int16):
            if np.iinfo(whole).min <= values.min() and values.max() <= np.iinfo(whole).max:
                return values.astype(whole)
    return values.astype(dtype)


def prepare_code(s: Snapshot) -> str:
    """`prepare(raw)`: from the units of the data to what the network reads."""
    way = s.data.preprocessing
    lines = ["def prepare(raw):"]
    if way.kind == "features":
        codes = {f.name: f.code() if isinstance(f, Formula) else FEATURES.get(f.name, "") for f in way.features}
        unknown = [name for name, code in codes.items() if not code]
        if unknown:
            raise SpecError(
                f"The feature {unknown[0]} can not be exported.",
                where="data.features",
                fix="Add it to FEATURES in engine/export/examples.py.",
            )
        lines += ['    """Points (n, 2) as the network reads them."""', "    x, y = raw[:, 0], raw[:, 1]"]
        made = f"    return np.stack([{', '.join(codes.values())}], axis=1).astype(np.float32)"
        if len(made) > 118:
            made = "\n".join(["    features = [", *(f"        {code}," for code in codes.values()), "    ]"])
            made += "\n    return np.stack(features, axis=1).astype(np.float32)"
        return "\n".join([*lines, made])
    if way.kind == "standardize":
        lines += ['    """Every column with mean 0 and spread 1, as in training."""']
        return "\n".join(
            [
                f"MEAN = {array(np.asarray(way.mean), dtype=np.float64)}",
                f"SCALE = {array(np.asarray(way.scale), dtype=np.float64)}",
                "",
                "",
                *lines,
            ]
            + ["    return ((raw - MEAN) / SCALE).astype(np.float32)"]
        )
    if way.kind == "divide":
        lines += ['    """Pixels from 0 to 1."""', f"    return (raw / {float(way.scale)!r}).astype(np.float32)"]
        return "\n".join(lines)
    return "\n".join([*lines, '    """Examples as the network reads them: as they are."""']) + (
        "\n    return raw.astype(np.float32)"
    )


def encode_code(s: Snapshot) -> str:
    """`encode(targets)`: the numbers that the loss compares outputs with."""
    coding, way = s.coding, s.data.preprocessing
    low, high = number(coding.low), number(coding.high)
    if not coding.classes:
        text = '"""Values to predict, (n, 1)."""'
        changed = (way.target_mean, way.target_scale) != (0.0, 1.0)
        made = f"(targets - {way.target_mean!r}) / {way.target_scale!r}" if changed else "targets"
        body = f"    return ({made}).astype(np.float32)[:, None]".replace("(targets).", "targets.")
    elif s.training.loss.name == "categorical_cross_entropy":
        text = '"""Numbers of classes, (n,)."""'
        body = "    return targets.astype(np.int64)"
    elif coding.outputs == 1:
        text = f'"""{low} for the first class, {high} for the second, (n, 1)."""'
        body = f"    return np.where(targets == 1, {high}, {low}).astype(np.float32)[:, None]"
    else:
        text = f'"""{high} for the right class, {low} for the others, (n, {coding.outputs})."""'
        body = f"    return np.where(np.arange({coding.outputs}) == targets[:, None], {high}, {low}).astype(np.float32)"
    return "\n".join(["def encode(targets):", f"    {text}", body])
