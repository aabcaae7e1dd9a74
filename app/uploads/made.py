"""A data set that was made of somebody's files, and how it is put where `engine.datasets.own` finds it."""

import base64
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from app.uploads.choices import Limits
from app.uploads.network import preset
from app.uploads.problems import over
from engine.datasets.own import FILES, TRAIN_FRACTION

NUMBER_BYTES = 12  # what one input number takes: as given (8) and network-ready (4)


@dataclass
class Made:
    """Examples, and all that is known about them. inputs: (n, *shape), bytes where they are pictures; targets: (n,)."""

    name: str
    view: str  # table | image
    inputs: np.ndarray
    targets: np.ndarray
    columns: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()  # columns that stay as they are: 0 or 1 for a category
    class_names: tuple[str, ...] | None = None
    target: str = ""
    groups: list[dict[str, Any]] = field(default_factory=list)  # the columns that stand for one of categories
    notes: list[str] = field(default_factory=list)
    divide_by: float = 1.0

    def about(self) -> dict[str, Any]:
        """What `engine.datasets.own` and the page have to know, as JSON."""
        n, shape = len(self.inputs), self.inputs.shape[1:]
        return {
            "version": 1,
            "name": self.name,
            "task": "regression" if self.class_names is None else "classification",
            "view": self.view,
            "shape": list(shape),
            "columns": list(self.columns),
            "plain": list(self.plain),
            "class_names": None if self.class_names is None else list(self.class_names),
            "samples": n,
            "divide_by": self.divide_by,
            "train_fraction": TRAIN_FRACTION,
            "preset": preset(shape, len(self.class_names or ()), int(n * TRAIN_FRACTION)),
            "target": self.target,
            "groups": self.groups,
            "notes": self.notes,
        }

    def check(self, limits: Limits) -> None:
        """Raises LimitError where it is larger than a data set may be."""
        if len(self.inputs) > limits.max_samples:
            raise over("max_samples", limits.max_samples, "data sets of {n} examples", len(self.inputs))
        room(self.inputs.size, limits)


def room(numbers: int, limits: Limits) -> None:
    """Raises LimitError where so many input numbers take more bytes than a data set may; asked before they are made."""
    size = numbers * NUMBER_BYTES
    if size > limits.max_dataset_bytes:
        raise over("max_dataset_bytes", limits.max_dataset_bytes, "data sets of {n} bytes", size)


def put(made: Made, folder: Path, owner: str) -> dict[str, Any]:
    """Write it into a folder of its own below `folder`; answers what is known about it, `id` and `bytes` included.

    The id follows from owner, content and name: the same upload again is the same data set, and links to it work again
    after it was deleted. Nobody guesses it.
    """
    about = made.about()
    arrays = {"inputs": np.ascontiguousarray(made.inputs), "targets": np.ascontiguousarray(made.targets)}
    digest = hashlib.sha256(json.dumps([owner, about], sort_keys=True).encode())
    for array in arrays.values():
        digest.update(array.tobytes())
    id = base64.urlsafe_b64encode(digest.digest()).decode()[:22]
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        for name, array in arrays.items():
            np.save(place / FILES[name], array, allow_pickle=False)
        (place / FILES["about"]).write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")
        size = sum(file.stat().st_size for file in place.iterdir())
        if not (folder / id).is_dir():
            os.replace(place, folder / id)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return {**about, "id": id, "bytes": size}
