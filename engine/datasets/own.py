"""Data of somebody's own: read by `app.uploads`, kept in the folder of data sets under an id that experiments name.

own/<id>/about.json    what there is to know beforehand: task, view, shape, columns, classes, preset …
own/<id>/inputs.npy    (n, *shape) float64, or bytes where they are pictures
own/<id>/targets.npy   (n,) int64 class numbers or float64 values
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.datasets import files
from engine.datasets.base import ByParameters, Raw, dataset, mlp, split, training
from engine.errors import DataError, SpecError
from engine.spec import _param, show

FILES = {"about": "about.json", "inputs": "inputs.npy", "targets": "targets.npy"}
FOLDER = "own"
TRAIN_FRACTION = 0.8
ID = re.compile(r"[A-Za-z0-9_-]{22}")
NONE = ""  # nothing is chosen yet
GONE = "This data set is not on this server: it was deleted, or uploaded to another one."
AGAIN = "Upload it again, or choose another data set."


@dataclass(frozen=True)
class About:
    """What is known of a data set before its examples are read."""

    name: str = "Your own data"
    task: str = "classification"
    view: str = "table"
    shape: tuple[int, ...] = (1,)
    columns: tuple[str, ...] = ("value",)
    plain: tuple[str, ...] = ()  # columns that are not standardized: 0 or 1 for each category
    class_names: tuple[str, ...] | None = ("no", "yes")
    samples: int = 0
    divide_by: float = 1.0


PRESET = {
    "layers": mlp([8], "relu", out=1, out_activation="sigmoid"),
    "training": training("binary_cross_entropy", "adam", 0.01),
}


def place(id: str) -> Path | None:
    """The folder of a data set, where there is one."""
    found = None if files.folder() is None or id == NONE else Path(files.folder() or "", FOLDER, id)
    return found if found is not None and (found / FILES["about"]).is_file() else None


@lru_cache(maxsize=256)
def _about(folder: Path) -> tuple[About, dict[str, Any]]:
    told = json.loads((folder / FILES["about"]).read_text(encoding="utf-8"))
    known = {name: _tuples(told[name]) for name in About.__dataclass_fields__}
    return About(**known), told["preset"]


def _tuples(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def about(id: str) -> tuple[About, dict[str, Any]]:
    """What is known, and the network to start with. Raises SpecError where there is no such data set."""
    if id == NONE:
        return About(), PRESET
    if not ID.fullmatch(id):
        raise SpecError(f"Expected the id of an uploaded data set, got {show(id)}.", where="id", fix=AGAIN)
    folder = place(id)
    if folder is None:
        raise SpecError(GONE, where="id", fix=AGAIN)
    return _about(folder)


def fact(name: str) -> ByParameters:
    """A fact that the upload knows."""
    return ByParameters(lambda made: getattr(about(made.id)[0], name))


@dataset(
    "own",
    label="Your own data",
    task=fact("task"),
    view=fact("view"),
    shape=fact("shape"),
    columns=fact("columns"),
    plain=fact("plain"),
    class_names=fact("class_names"),
    samples=fact("samples"),
    divide_by=fact("divide_by"),
    preset=ByParameters(lambda made: about(made.id)[1]),
    train_fraction=TRAIN_FRACTION,
    needs_files=True,
    personal=True,
)
class Own:
    """A table or pictures of your own, uploaded to this server."""

    id: str = _param(NONE, "text", "Which data: the id that the upload was answered with.", label="Id")
    split: str = split()

    def __post_init__(self) -> None:
        about(self.id)  # what is not there is told where it is named

    def generate(self, rng: np.random.Generator) -> Raw:
        if self.id == NONE:
            raise DataError("No data are chosen.", where="id", fix="Upload some first: POST /api/v1/datasets/uploads.")
        folder = place(self.id)
        if folder is None:
            raise DataError(GONE, where="id", fix=AGAIN)
        return Raw(*(np.load(folder / FILES[name], allow_pickle=False) for name in ("inputs", "targets")))
