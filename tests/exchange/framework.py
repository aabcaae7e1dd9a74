"""Run exported programs and models of one framework, all in one process: starting a framework takes seconds.

python -I framework.py FRAMEWORK FOLDER: in each folder below FOLDER, run what was exported, and write what it gives for
the examples in given.npz (`raw` and `ready`) to outputs.npy, or why it fails to failed.txt. Imports nothing of ours.
"""

import contextlib
import os
import runpy
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np

Given = dict[str, np.ndarray]


def program(folder: Path) -> dict:
    """The names of a program that was run as its user does, so its own assertions count."""
    (path,) = folder.glob("*.py")
    sys.argv = [str(path)]
    os.chdir(folder)
    return runpy.run_path(str(path), run_name="__main__")


def of_numpy(folder: Path, given: Given) -> np.ndarray:
    found = program(folder)["predict"](given["raw"])
    strangers = {"engine", "app", "torch", "keras", "scipy"} & set(sys.modules)
    assert not strangers, f"bare NumPy, and {strangers}"
    return found


def of_torch(folder: Path, given: Given) -> np.ndarray:
    import torch

    model = program(folder)["model"]
    with torch.no_grad():
        return getattr(model, "predict", model)(torch.from_numpy(given["ready"])).numpy()


def of_keras(folder: Path, given: Given) -> np.ndarray:
    return program(folder)["model"].predict(given["ready"], verbose=0)


def of_onnx(folder: Path, given: Given) -> np.ndarray:
    import onnxruntime

    (path,) = folder.glob("*.onnx")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"input": given["ready"]})[0]


RUN: dict[str, Callable[[Path, Given], np.ndarray]] = {
    "numpy": of_numpy,
    "torch": of_torch,
    "keras": of_keras,
    "onnx": of_onnx,
}

if __name__ == "__main__":
    framework, where = sys.argv[1:]
    for folder in sorted(Path(where).iterdir()):
        try:
            with np.load(folder / "given.npz") as file, contextlib.redirect_stdout(None):
                outputs = RUN[framework](folder, dict(file))
            np.save(folder / "outputs.npy", outputs)
        except Exception:  # told to whoever asks about this folder; the others go on
            (folder / "failed.txt").write_text(traceback.format_exc(), encoding="utf-8")
