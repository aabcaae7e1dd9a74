"""From the declaration of a data set to arrays that a network can train on: made, split, made ready.

    spec = DataSpec.from_json({"type": "circle", "noise": 10, "seed": 3})
    data = prepare(spec)
    data.inputs[data.train], data.targets[data.train]

Two independent streams of random numbers come from the seed, one for the points and one for the split: a larger
training share keeps all examples that trained before, and more noise moves the same points. A set that is split in its
own order trains with its first examples and tests with its last.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

import engine.datasets  # noqa: F401  enters the data sets in the catalogue
from engine.datasets.base import IN_ORDER, MIXED, Dataset
from engine.errors import DataError, SpecError
from engine.features import DEFAULT, make_features
from engine.preprocess import Preprocess, standardize
from engine.spec import Param, coerce, make, to_json

SEED = Param("seed", "integer", 1, "Rules the points made and which of them train.", lo=0, hi=2**53 - 1)
TRAIN_FRACTION = Param(
    "train_fraction", "real", 0.5, "Which share of the examples trains; the others test.", lo=0.1, hi=0.9
)
OWN = ("seed", "train_fraction", "features")
TINY = 1e-9  # 0.29 * 100 is 28.999999999999996


@dataclass(frozen=True)
class DataSpec:
    """Which examples, what the network is shown of them, and how they are split.

    features: for views "plane" the names of features, for views "table" the names of columns, else empty.
    """

    part: Dataset
    seed: int = 1
    train_fraction: float = 0.5
    features: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, spec: Any) -> "DataSpec":
        """Read `{"type", …parameters, "seed"?, "train_fraction"?, "features"?}`, a name, or None (circle).

        Raises SpecError whose `where` starts with "data".
        """
        spec = {} if spec is None else {"type": spec} if isinstance(spec, str) else spec
        if not isinstance(spec, dict):
            raise SpecError(
                f"Expected an object, got {spec!r:.60}.", where="data", fix='Give it as {"type": "circle"}.'
            )
        try:
            part = make("dataset", {"type": "circle"} | spec, extra=OWN)
            seed = coerce(SEED, spec.get("seed", SEED.default))
            given = spec.get("train_fraction")
            fraction = coerce(TRAIN_FRACTION, part.train_fraction if given is None else given)
        except SpecError as error:
            raise error.at("data") from None
        return cls(part, seed, fraction, _features(part, spec.get("features")))

    def to_json(self) -> dict[str, Any]:
        """The JSON that `from_json` reads, every default written out."""
        out = to_json(self.part) | {"seed": self.seed, "train_fraction": self.train_fraction}
        return out | {"features": list(self.features)} if self.features else out

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Names of the classes; None where numbers are predicted."""
        return self.part.class_names

    @property
    def raw_names(self) -> tuple[str, ...]:
        """What the user gives for one example, along its last axis; empty for images."""
        return self.features if self.part.view == "table" else self.part.columns

    @property
    def raw_shape(self) -> tuple[int, ...]:
        """The shape of one example in the user's units."""
        return (len(self.features),) if self.part.view == "table" else self.part.shape

    @property
    def input_names(self) -> tuple[str, ...]:
        """What the network reads, along the last axis; empty for images."""
        return self.features or self.part.columns

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one example as the network reads it. Known without making any."""
        return (len(self.features),) if self.features else self.part.shape


def _features(part: Dataset, names: Any) -> tuple[str, ...]:
    """The names that the user chose, checked against what the set offers."""
    if part.view == "plane":
        return tuple(feature.name for feature in make_features(DEFAULT if names is None else names))
    where = "data.features"
    if part.view != "table":
        if names is not None:
            raise SpecError(f"{part.label} has no features to choose from.", where=where, fix="Leave features out.")
        return ()
    if names is None:
        return part.columns
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise SpecError(f"Expected a list of column names, got {names!r:.60}.", where=where, fix=_choose(part))
    for name in names:
        if name not in part.columns:
            raise SpecError(f"{part.label} has no column {name!r:.60}.", where=where, fix=_choose(part))
        if names.count(name) > 1:
            raise SpecError(f"{name} is in the list twice.", where=where, fix="Name each column once.")
    return tuple(names)


def _choose(part: Dataset) -> str:
    return f"Choose from: {', '.join(part.columns)}; or leave features out for all."


@dataclass(frozen=True, eq=False)
class Prepared:
    """Examples ready for a network, and what they were before. All arrays are read-only.

    raw: (n, *raw_shape) in the user's units, float64 (large images: uint8). inputs: (n, *input_shape) float32.
    raw_targets: (n,) int64 class numbers or float64 values. targets: the same, values as float32, and standardized
    where the set is a table. train, test: indices into all four, in the order of the split, never empty.
    """

    spec: DataSpec
    raw: np.ndarray
    raw_targets: np.ndarray
    train: np.ndarray
    test: np.ndarray
    preprocessing: Preprocess
    inputs: np.ndarray
    targets: np.ndarray

    @property
    def task(self) -> str:
        """classification or regression."""
        return self.spec.part.task

    @property
    def view(self) -> str:
        """How examples can be drawn: plane, line, image, table or sequence."""
        return self.spec.part.view

    @property
    def classes(self) -> tuple[str, ...] | None:
        """Names of the classes; None where numbers are predicted."""
        return self.spec.classes

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one example as the network reads it."""
        return self.spec.input_shape

    @property
    def input_names(self) -> tuple[str, ...]:
        """What the network reads, along the last axis; empty for images."""
        return self.spec.input_names

    @property
    def preprocess(self) -> dict[str, Any]:
        """JSON of the way from raw to network-ready, numbers included."""
        return self.preprocessing.to_json()

    def transform(self, raw: Any) -> np.ndarray:
        """Other examples in the user's units, (n, *raw_shape), made ready in the same way."""
        return self.preprocessing.inputs(raw)

    def restore(self, outputs: np.ndarray) -> np.ndarray:
        """Predicted values in the user's units (regression)."""
        return self.preprocessing.restore(outputs)

    def preview(self, limit: int) -> dict[str, Any]:
        """The first `limit` examples of each part of the split and all that is known about them, as JSON."""
        train, test = self.train[:limit], self.test[:limit]
        shown = np.concatenate([train, test])
        return {
            "inputs": self.raw[shown].tolist(),
            "targets": self.raw_targets[shown].tolist(),
            "split": ["train"] * len(train) + ["test"] * len(test),
            "index": shown.tolist(),
            "counts": {"train": len(self.train), "test": len(self.test)},
            "task": self.task,
            "view": self.view,
            "classes": None if self.classes is None else list(self.classes),
            "raw_names": list(self.spec.raw_names),
            "raw_shape": list(self.spec.raw_shape),
            "input_names": list(self.input_names),
            "input_shape": list(self.input_shape),
            "preprocess": self.preprocess,
        }


def prepare(spec: DataSpec) -> Prepared:
    """Make, split and make ready. The same spec gives the same arrays, bit for bit.

    Raises DataError: the set cannot be made (files missing), or a part of the split would be empty.
    """
    points, order = (np.random.Generator(np.random.PCG64(s)) for s in np.random.SeedSequence(spec.seed).spawn(2))
    try:
        made = spec.part.generate(points)
    except DataError as error:
        raise error.at("data") from None
    raw, targets = made.inputs, made.targets
    if spec.part.view == "table" and spec.features != spec.part.columns:
        raw = raw[:, [spec.part.columns.index(name) for name in spec.features]]

    in_order = getattr(spec.part, "split", MIXED) == IN_ORDER
    n = getattr(spec.part, "samples", len(raw)) if in_order else len(raw)
    border = math.floor(n * spec.train_fraction + TINY)
    if n < len(raw):  # those in the middle are not used
        raw, targets = (np.concatenate([a[:border], a[len(a) - n + border :]]) for a in (raw, targets))
    arranged = np.arange(n) if in_order else order.permutation(n)
    train, test = arranged[:border], arranged[border:]
    if not len(train) or not len(test):
        raise DataError(
            f"Expected examples to train and to test with, got {len(train)} and {len(test)} of {len(raw)}.",
            where="data.train_fraction",
            fix="Choose another share for training, or more examples.",
        )

    preprocessing = _preprocess(spec, raw[train], targets[train])
    prepared = Prepared(
        spec, raw, targets, train, test, preprocessing, preprocessing.inputs(raw), preprocessing.targets(targets)
    )
    for array in (prepared.raw, targets, train, test, prepared.inputs, prepared.targets):
        array.setflags(write=False)
    return prepared


def _preprocess(spec: DataSpec, raw: np.ndarray, targets: np.ndarray) -> Preprocess:
    """What this set needs, with numbers from the training examples alone: the test must not be looked at."""
    if spec.part.view == "plane":
        return Preprocess("features", spec.raw_shape, features=make_features(spec.features))
    if spec.part.view == "image":
        return Preprocess("divide", spec.raw_shape, scale=spec.part.divide_by)
    if spec.part.view != "table":
        return Preprocess("none", spec.raw_shape)
    mean, scale = standardize(raw)
    plain = [name in spec.part.plain for name in spec.features]
    mean, scale = np.where(plain, 0.0, mean), np.where(plain, 1.0, scale)
    if spec.classes is not None:
        return Preprocess("standardize", spec.raw_shape, mean=mean, scale=scale)
    (target_mean,), (target_scale,) = standardize(targets[:, None])
    return Preprocess("standardize", spec.raw_shape, (), mean, scale, float(target_mean), float(target_scale))
