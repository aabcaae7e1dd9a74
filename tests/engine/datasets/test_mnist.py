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
    with pytest.raises(DataError, match="files of mnist are not on this server yet") as caught:
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


def numbered(folder, start, n, first):
    """Files whose images are told apart by the values of their pixels."""
    images = np.repeat(np.arange(first, first + n, dtype=np.uint8), 28 * 28).reshape(n, 28, 28)
    idx3(folder / f"{start}-images-idx3-ubyte", images)
    idx3(folder / f"{start}-labels-idx1-ubyte", np.arange(first, first + n, dtype=np.uint8) % 10)


@pytest.mark.parametrize(
    "samples, share, train, test",
    [(70, 6 / 7, range(60), range(60, 70)), (20, 0.6, range(12), range(62, 70)), (35, 0.1, range(3), range(38, 70))],
)
def test_in_their_own_order_the_first_images_train_and_the_last_ones_test(
    folder, tmp_path, samples, share, train, test
):
    folder(tmp_path)
    (tmp_path / "mnist").mkdir()
    numbered(tmp_path / "mnist", "train", 60, 0)
    numbered(tmp_path / "mnist", "t10k", 10, 60)
    chosen = {"type": "mnist", "samples": samples, "train_fraction": share, "split": "in_order"}
    for seed in (1, 2):
        d = prepare(DataSpec.from_json({**chosen, "seed": seed}))
        assert d.spec.to_json()["split"] == "in_order"
        assert d.raw[d.train, 0, 0, 0].tolist() == [*train]
        assert d.raw[d.test, 0, 0, 0].tolist() == [*test]
        np.testing.assert_array_equal(d.targets, d.raw[:, 0, 0, 0] % 10)


@needs_files
def test_mixed_unless_asked_otherwise(folder):
    folder(MNIST.parent)
    mixed, ordered = (
        prepare(DataSpec.from_json({"type": "mnist", "samples": 100, **more})) for more in ({}, {"split": "in_order"})
    )
    assert mixed.spec.part.split == "mixed"
    assert ordered.targets[:5].tolist() == [7, 2, 1, 0, 4]  # as the files begin
    assert mixed.targets[mixed.train][:5].tolist() != [7, 2, 1, 0, 4]
