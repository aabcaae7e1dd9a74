"""Pictures and arrays: folders in a zip file, IDX and NPZ, made into the same examples whichever way they come."""

import gzip
import io
import json
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from app.uploads.choices import Choices, Limits
from app.uploads.made import put
from app.uploads.problems import Unreadable
from app.uploads.reading import _read, look
from engine.data import DataSpec, prepare
from engine.datasets import files
from engine.errors import LimitError
from tests.app.conftest import API
from tests.app.test_datasets_rest import Data

GREY = np.random.default_rng(0).integers(0, 256, (12, 10, 10), np.uint8)
LABELS = np.arange(12, dtype=np.uint8) % 3


def picture(pixels, kind="PNG", **how):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **how)
    return file.getvalue()


def folders(pictures):
    """A zip file of (folder/name, bytes)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as pack:
        for name, data in pictures:
            pack.writestr(name, data)
    return file.getvalue()


def idx(array):
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def npz(save=np.savez, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return file.getvalue()


@pytest.fixture
def read(tmp_path):
    """Read files given as name=bytes."""

    def read_files(*given, limits=Limits(), **choices):
        listed = []
        for number, (name, data) in enumerate(given):
            (tmp_path / str(number)).write_bytes(data)
            listed.append((name, str(tmp_path / str(number))))
        return _read(listed, Choices(**choices), limits)

    return read_files


WAYS = {
    "folders": [("a.zip", folders((f"all/{LABELS[k]}/{k:02}.png", picture(GREY[k])) for k in range(12)))],
    "two idx files": [("train-labels-idx1-ubyte", idx(LABELS)), ("train-images-idx3-ubyte", idx(GREY))],
    "packed idx files": [
        ("train-images-idx3-ubyte.gz", gzip.compress(idx(GREY))),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(LABELS))),
    ],
    "idx files in a zip file": [
        ("a.zip", folders([("x/t-labels-idx1-ubyte.gz", gzip.compress(idx(LABELS))), ("x/t-idx3-ubyte", idx(GREY))]))
    ],
    "npz": [("a.npz", npz(x=GREY, y=LABELS))],
    "packed npz": [("a.npz", npz(np.savez_compressed, x=GREY[..., None], y=LABELS.astype(float)))],
    "npz in two parts": [("a.npz", npz(x_train=GREY[:8], y_train=LABELS[:8], x_test=GREY[8:], y_test=LABELS[8:]))],
    "npz by columns": [("a.npz", npz(x=np.asfortranarray(GREY), y=LABELS))],
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_pictures_come_out_whichever_way_they_came_in(read, way):
    made = read(*WAYS[way])
    assert made.class_names == ("0", "1", "2")
    np.testing.assert_array_equal(made.inputs, GREY[..., None])
    np.testing.assert_array_equal(made.targets, LABELS)


def test_what_is_kept_is_what_an_experiment_reads(read, tmp_path):
    made = read(*WAYS["npz"])
    about = put(made, tmp_path / "own", "owner")
    before = files.folder()  # of the server that other tests share
    files.set_folder(tmp_path)
    try:
        data = prepare(DataSpec.from_json({"type": "own", "id": about["id"], "split": "in_order"}))
    finally:
        files.set_folder(before)
    np.testing.assert_allclose(data.inputs, GREY[..., None] / 255, atol=1e-7)
    np.testing.assert_array_equal(data.targets, LABELS)
    assert (len(data.train), len(data.test)) == (9, 3)


def test_pictures_are_brought_to_one_size_in_grey_or_colour(read):
    wide = np.zeros((40, 80, 3), np.uint8)
    wide[:, :20], wide[:, 20:60], wide[:, 60:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    tall = np.full((70, 30), 200, np.uint8)
    file = folders([("a/1.png", picture(wide)), ("b/2.jpg", picture(tall, "JPEG")), ("b/read me.txt", b"x")])
    made = read(("mixed.zip", file))
    assert made.inputs.shape == (2, 32, 32, 3)  # some are in colour
    assert made.notes[1] == "1 other file in the zip file left out."
    np.testing.assert_array_equal(made.inputs[0, 16, 16], (0, 255, 0))  # the middle of it
    assert read(("mixed.zip", file), size=8, colour=False).inputs.shape == (2, 8, 8, 1)


def test_transparent_parts_are_white_and_pictures_stand_as_the_camera_says(read):
    clear = np.zeros((8, 8, 4), np.uint8)
    turned = Image.new("L", (8, 8))
    turned.putpixel((0, 0), 255)
    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = 3  # upside down
    turned.save(file, "PNG", exif=exif)
    made = read(("a.zip", folders([("a/1.png", picture(clear)), ("b/1.png", file.getvalue())])))
    assert (made.inputs[0] == 255).all()
    assert made.inputs[1, 7, 7].max() == 255 and made.inputs[1, 0, 0].max() == 0


def test_a_table_of_numbers_and_classes_as_words(read):
    x = np.random.default_rng(1).normal(size=(20, 3))
    made = read(("a.npz", npz(x=x, y=np.array(["b", "a"] * 10))))
    assert (made.view, made.columns, made.class_names) == ("table", ("x1", "x2", "x3"), ("a", "b"))
    np.testing.assert_array_equal(made.inputs, x)
    assert made.targets[:2].tolist() == [1, 0]
    assert read(("a.npz", npz(x=x, y=np.linspace(0, 1, 20)))).class_names is None


GOOD = picture(GREY[0])
REFUSED = {
    "one class": (lambda: [("a.zip", folders([("a/1.png", GOOD), ("a/2.png", GOOD)]))], "a folder for each class"),
    "no folders": (lambda: [("a.zip", folders([("1.png", GOOD)]))], "lies in no folder"),
    "a damaged picture": (
        lambda: [("a.zip", folders([("a/1.png", GOOD[:60]), ("b/2.png", GOOD)]))], "'a/1.png' cannot be read",
    ),
    "no picture": (lambda: [("a.zip", folders([("a/1.png", b"text"), ("b/2.png", GOOD)]))], "'a/1.png' cannot be read"),
    "images without labels": (lambda: [("i-idx3-ubyte", idx(GREY))], "in pairs"),
    "too few labels": (lambda: [("i-idx3-ubyte", idx(GREY)), ("l-idx1-ubyte", idx(LABELS[:5]))], "in pairs"),
    "an array too few": (lambda: [("a.npz", npz(x=GREY))], "Expected the arrays x and y, got 'x'"),
    "no finite number": (lambda: [("a.npz", npz(x=np.full((5, 2), np.inf), y=np.arange(5)))], "Row 1, column 'x1'"),
    "labels for others": (lambda: [("a.npz", npz(x=GREY, y=LABELS[:7]))], "do not belong together"),
    "a cube": (lambda: [("a.npz", npz(x=np.zeros((9, 2, 2, 2)), y=np.arange(9)))], "The examples have the shape"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_does_not_fit_is_refused(read, name):
    make, said = REFUSED[name]
    with pytest.raises(Unreadable, match=said):
        read(*make())


def test_pictures_over_a_limit_are_refused_before_they_are_unpacked(read):
    for limits, name in (
        (Limits(max_samples=5), "max_samples"),
        (Limits(max_dataset_bytes=10_000), "max_dataset_bytes"),
    ):
        with pytest.raises(LimitError, match=name):
            read(*WAYS["folders"], limits=limits)


def test_a_look_shows_some_of_each_class(tmp_path):
    ((name, data),) = WAYS["folders"]
    (tmp_path / "0").write_bytes(data)
    found = look([(name, str(tmp_path / "0"))], Choices(), Limits())
    assert found["classes"] == [["0", 4], ["1", 4], ["2", 4]]
    assert [sample["label"] for sample in found["samples"]] == [c for c in "012" for _ in range(4)]
    assert found["samples"][0]["png"].startswith("data:image/png;base64,")
    json.dumps(found, allow_nan=False)


def test_idx_files_train_over_rest(client):
    data = Data(client)
    sent = [("file", (name, body)) for name, body in WAYS["packed idx files"]]
    answer = client.post(f"{API}/datasets/uploads", files=sent, headers=data.headers)
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert kept["name"] == "train"
    run = client.post(f"{API}/runs", json={"data": kept["data"]}, headers=data.headers).json()
    assert run["check"]["input_shape"] == [10, 10, 1]
    data.delete_all()
