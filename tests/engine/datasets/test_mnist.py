"""MNIST from its own files, where they are: found by name, checked, drawn without repetition."""

import os
from pathlib import Path

import numpy as np
import pytest

from engine.data import DataSpec, prepare
from engine.datasets import files
from engine.datasets.idx import load_idx
from engine.errors import DataError

ROOT = Path(__file__).parents[3]
MNIST = Path(os.environ.get("PLAYGROUND_TEST_MNIST") or ROOT.parent / "shared" / "data" / "mnist")
needs_files = pytest.mark.skipif(
    not (MNIST / "t10k-images-idx3-ubyte.gz").is_file(),
    reason=f"no MNIST files in {MNIST}; PLAYGROUND_TEST_MNIST may name their folder",
)


@pytest.fixture
def folder():
    """Say where sets are, and take it back afterwards."""
    yield files.set_folder
    files.set_folder(None)


def idx3(path, array):
    path.write_bytes(b"\0\0\x08" + bytes([array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes())


@needs_files
def test_the_original_files_hold_ten_thousand_digits():
    images = load_idx(MNIST / "t10k-images-idx3-ubyte.gz")
    labels = load_idx(MNIST / "t10k-labels-idx1-ubyte.gz")
    assert images.shape == (10_000, 28, 28)
    assert labels[:5].tolist() == [7, 2, 1, 0, 4]
    assert np.bincount(labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]


@needs_files
def test_mnist_is_ready_for_a_network(folder):
    folder(MNIST.parent)
    d = prepare(DataSpec.from_json({"type": "mnist", "samples": 300}))
    assert d.inputs.shape == (300, 28, 28, 1)
    assert (d.inputs.min(), d.inputs.max()) == (0, 1)
    assert d.raw.max() == 255
    assert len(np.unique(d.raw.reshape(300, -1), axis=0)) == 300
    with pytest.raises(DataError, match="at most as many images as the files hold, 10000, got 10001") as caught:
        prepare(DataSpec.from_json({"type": "mnist", "samples": 10_001}))
    assert caught.value.where == "data.samples"


@pytest.mark.parametrize("place", [None, "empty"])
def test_without_files_the_error_says_where_to_put_them(folder, tmp_path, place):
    folder(place and tmp_path / place)
    with pytest.raises(DataError, match="files of mnist are not here") as caught:
        prepare(DataSpec.from_json("mnist"))
    assert caught.value.where == "data.type"
    assert "train-images-idx3-ubyte.gz" in caught.value.fix
    assert str(tmp_path) not in caught.value.fix or place


def test_training_files_come_first_and_names_with_dots_are_found(folder, tmp_path):
    folder(tmp_path)
    (tmp_path / "mnist").mkdir()
    for start, value in (("t10k", 1), ("train", 2)):
        idx3(tmp_path / "mnist" / f"{start}-images.idx3-ubyte", np.full((20, 28, 28), value, np.uint8))
        idx3(tmp_path / "mnist" / f"{start}-labels.idx1-ubyte", np.full(20, value, np.uint8))
    assert [pair[0].name[:5] for pair in files.idx_pairs("mnist")] == ["train", "t10k-"]
    d = prepare(DataSpec.from_json({"type": "mnist", "samples": 40}))
    np.testing.assert_array_equal(d.raw[:, 0, 0, 0], d.targets)
    assert np.bincount(d.targets).tolist() == [0, 20, 20]


@pytest.mark.parametrize(
    "images, labels",
    [
        (np.zeros((20, 8, 8), np.uint8), np.zeros(20, np.uint8)),
        (np.zeros((20, 28, 28), np.uint8), np.zeros(19, np.uint8)),
        (np.zeros((20, 28, 28), np.uint8), np.full(20, 10, np.uint8)),
    ],
)
def test_files_that_do_not_belong_together_are_refused(folder, tmp_path, images, labels):
    folder(tmp_path)
    (tmp_path / "mnist").mkdir()
    idx3(tmp_path / "mnist" / "train-images-idx3-ubyte", images)
    idx3(tmp_path / "mnist" / "train-labels-idx1-ubyte", labels)
    with pytest.raises(DataError, match="Expected 28×28 images"):
        prepare(DataSpec.from_json({"type": "mnist", "samples": 20}))
