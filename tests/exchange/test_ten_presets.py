"""Ten presets, untrained and trained, exported and run by NumPy, PyTorch, Keras and ONNX Runtime: all say the same.

Each framework runs in a process of its own, once for all of them.
"""

import functools
import importlib.util
import itertools
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.exchange.formats import FORMATS, PYTHON, ZIP
from engine.experiment import Experiment
from engine.export.snapshot import Snapshot
from engine.presets import presets
from engine.train import Trainer
from tests.exchange import framework
from tests.exchange.runs import IMAGES, images

TEN = (
    "keras_textbook",
    "pytorch_textbook",
    "xor_by_hand",
    "residual",
    "residual_cnn",
    "batch_norm_mlp",
    "lstm_sine",
    "smallest_spiral",
    "smallest_iris",
    "smallest_reg_gauss",
)
UPDATES = (0, 5)
EXAMPLES = 12
NEEDS = {"numpy": "numpy", "torch": "torch", "keras": "keras", "onnx": "onnxruntime"}


def trained(name, updates, folder):
    (preset,) = (p for p in presets() if p.name == name)
    spec = preset.experiment()
    if spec["data"]["type"] == "mnist":
        spec["data"] |= {"samples": IMAGES}  # made up, so that no file is needed
        spec["training"] |= {"batch_size": 8}
    with images(folder):
        trainer = Trainer(Experiment.from_json(spec))
    steps = (event for event in trainer.events("update") if hasattr(event, "batch_position"))
    list(itertools.islice(steps, updates))
    assert trainer.update == updates
    return trainer


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """By name and updates: the folder's name, the snapshot, examples, and what the engine says of them."""
    home, found = tmp_path_factory.mktemp("images"), {}
    for name, updates in itertools.product(TEN, UPDATES):
        trainer = trained(name, updates, home)
        some = trainer.data.train[:EXAMPLES]
        given = {"raw": trainer.data.raw[some], "ready": trainer.data.inputs[some].astype(np.float32)}
        found[name, updates] = Snapshot.of(trainer), given, trainer.predict(given["ready"])
    return found


def unpack(file, folder):
    folder.mkdir()
    if file.media == ZIP:
        (folder / file.name).write_bytes(file.data)
        subprocess.run([sys.executable, "-m", "zipfile", "-e", file.name, "."], cwd=folder, check=True)
    else:
        assert file.media == PYTHON or file.name.endswith(".onnx")
        (folder / file.name).write_bytes(file.data)


@pytest.fixture(scope="module")
def told(cases, tmp_path_factory):
    """Where a framework has left what it gives; it runs when first asked about."""

    @functools.cache
    def run(name: str) -> Path:
        home = tmp_path_factory.mktemp(name)
        for (preset, updates), (snapshot, given, _) in cases.items():
            folder = home / f"{preset}-{updates}"
            unpack(FORMATS[name](snapshot, "ours"), folder)
            np.savez(folder / "given.npz", **given)
        command = [sys.executable, "-I", framework.__file__, name, str(home)]
        done = subprocess.run(
            command, env={**os.environ, "KERAS_BACKEND": "torch"}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return home

    return run


@pytest.mark.parametrize("updates", UPDATES)
@pytest.mark.parametrize("preset", TEN)
@pytest.mark.parametrize("name", framework.RUN)
def test_what_is_exported_says_the_same_where_it_goes(cases, told, name, preset, updates):
    if importlib.util.find_spec(NEEDS[name]) is None or (name == "onnx" and importlib.util.find_spec("onnx") is None):
        pytest.skip(f"{NEEDS[name]} is not here")
    folder = told(name) / f"{preset}-{updates}"
    failed = folder / "failed.txt"
    assert not failed.exists(), failed.read_text(encoding="utf-8")
    np.testing.assert_allclose(np.load(folder / "outputs.npy"), cases[preset, updates][2], rtol=1e-5, atol=1e-5)
