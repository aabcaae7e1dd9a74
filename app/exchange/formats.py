"""The forms in which a run can be taken away: programs, models and weights, each as one file."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.export import safetensors
from engine.export.keras import keras_program
from engine.export.numpy import numpy_program
from engine.export.snapshot import Snapshot
from engine.export.state import keras_state, torch_state
from engine.export.torch import torch_program
from engine.export.torch_net import write
from engine.importing.weights import KERAS, OURS, TORCH, ours

PYTHON, ZIP, OCTETS = "text/x-python; charset=utf-8", "application/zip", "application/octet-stream"
MOMENT = (1980, 1, 1, 0, 0, 0)  # the same run gives the same bytes


@dataclass(frozen=True)
class File:
    """What is sent: its name, kind and bytes."""

    name: str
    media: str
    data: bytes


def _one(files: dict[str, bytes]) -> File:
    """A program as it is; with its numbers beside it, in a zip file."""
    names = list(files)
    if len(names) == 1:
        return File(names[0], PYTHON, files[names[0]])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, MOMENT), data)
    return File(names[0].removesuffix(".py") + ".zip", ZIP, packed.getvalue())


def _onnx(s: Snapshot, names: str) -> File:
    from app.exchange.onnx_out import onnx_model  # the library is optional

    facts = {"preprocess": s.data.preprocess, "classes": list(s.data.classes or ()), "seed": s.seed, "epoch": s.epoch}
    facts |= {"data": s.experiment.data.to_json(), "training": s.training.to_json()}
    return File(f"{s.name}.onnx", OCTETS, onnx_model(s.network, s.weights, facts).SerializeToString())


def _state(s: Snapshot, names: str) -> dict[str, np.ndarray]:
    if names == TORCH:
        return torch_state(s.network, s.weights, write(s.network, sums=False).prefixes)
    return keras_state(s.network, s.weights) if names == KERAS else ours(s.weights)


def _safetensors(s: Snapshot, names: str) -> File:
    about = {"names": names, "epoch": str(s.epoch)}
    return File(f"{s.name}_{names}.safetensors", OCTETS, safetensors.write(_state(s, names), about))


def _npz(s: Snapshot, names: str) -> File:
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **_state(s, names))
    return File(f"{s.name}_{names}.npz", OCTETS, file.getvalue())


FORMATS: dict[str, Callable[[Snapshot, str], File]] = {
    "keras": lambda s, names: _one(keras_program(s)),
    "torch": lambda s, names: _one(torch_program(s)),
    "numpy": lambda s, names: _one(numpy_program(s)),
    "onnx": _onnx,
    "safetensors": _safetensors,
    "npz": _npz,
}
NAMES = (OURS, TORCH, KERAS)
