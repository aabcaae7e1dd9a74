"""IDX and NPZ: arrays of examples and of what to learn about them. Pickled objects are refused, not looked into."""

import ast
import gzip
import io
import math
import struct
import zlib
from zipfile import ZipFile

import numpy as np

from app.uploads import zips
from app.uploads.choices import Limits
from app.uploads.columns import CLASSES
from app.uploads.made import Made, room
from app.uploads.problems import over, refuse
from app.uploads.text import clean
from engine.datasets.idx import read_idx
from engine.errors import DataError

INPUTS = ("x", "x_train", "x_test", "inputs", "images", "data", "features", "arr_0")
TARGETS = ("y", "y_train", "y_test", "targets", "labels", "target", "label", "arr_1")
MAGIC = b"\x93NUMPY"
LONGEST_HEADER = 10_000


def unpacked(data: bytes, limits: Limits) -> bytes:
    """What a gzip file holds, if that is not more than a data set may be."""
    most = limits.max_dataset_bytes
    try:
        found = gzip.GzipFile(fileobj=io.BytesIO(data)).read(most + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise refuse(f"The packed file is damaged: {error}.", "Pack it anew.") from None
    if len(found) > most:
        raise over("max_dataset_bytes", most, "files of {n} bytes unpacked", len(found))
    return found


def read_idx_files(files: list[tuple[str, bytes]], name: str, limits: Limits) -> Made:
    """Pairs of images and labels, training files first. Raises Unreadable, LimitError."""
    arrays = []
    for file, data in sorted(files, key=lambda f: (not f[0].startswith("train"), f[0])):
        try:
            arrays.append(read_idx(io.BytesIO(data), max_bytes=limits.max_dataset_bytes))
        except DataError as error:
            raise refuse(f"{file!r:.80}: {error.message}", error.fix) from None
    images, labels = [a for a in arrays if a.ndim > 1], [a for a in arrays if a.ndim == 1]
    if not images or [len(a) for a in images] != [len(a) for a in labels]:
        got = f"{len(images)} of examples and {len(labels)} of labels" if len(images) != len(labels) else "unequal ones"
        raise refuse(f"Expected IDX files in pairs, got {got}.", "Give images and their labels: two files, or a zip.")
    if len({a.shape[1:] for a in images}) > 1:
        raise refuse("The files hold examples of different shapes.", "Give files that belong together.")
    return _made(name, np.concatenate(images), np.concatenate(labels), limits)


def read_npz(opened: ZipFile, name: str, limits: Limits) -> Made:
    """The arrays x and y, or x_train, y_train, x_test, y_test. Raises Unreadable, LimitError."""
    arrays = {}
    for entry in zips.members(opened):
        key = entry.filename.removesuffix(".npy")
        if entry.file_size > limits.max_dataset_bytes:
            raise over("max_dataset_bytes", limits.max_dataset_bytes, "arrays of {n} bytes", entry.file_size)
        arrays[key] = _array(zips.read(opened, entry), key)
    x = [arrays[key] for key in INPUTS if key in arrays]
    y = [arrays[key] for key in TARGETS if key in arrays]
    if not x or len(x) != len(y):
        got = ", ".join(map(repr, arrays)) or "nothing"
        raise refuse(
            f"Expected the arrays x and y, got {got:.200}.", "np.savez('data.npz', x=…, y=…) makes such a file."
        )
    if len({a.shape[1:] for a in x}) > 1 or len({a.shape[1:] for a in y}) > 1 or any(a.ndim == 0 for a in x + y):
        raise refuse("The arrays do not fit together.", "Examples of training and test need the same shape.")
    return _made(name, np.concatenate(x), np.concatenate(y), limits)


def _array(data: bytes, key: str) -> np.ndarray:
    """An array as np.save wrote it, by its header alone: nothing in it is run."""
    try:
        if data[:6] != MAGIC:
            raise ValueError
        (length,) = struct.unpack_from("<H" if data[6] == 1 else "<I", data, 8)
        start = (10 if data[6] == 1 else 12) + length
        if length > LONGEST_HEADER:
            raise ValueError
        header = ast.literal_eval(data[start - length : start].decode("latin-1"))
        dtype, shape, fortran = np.dtype(header["descr"]), tuple(header["shape"]), bool(header["fortran_order"])
        if not all(type(size) is int and size >= 0 for size in shape):
            raise ValueError
    except (ValueError, SyntaxError, TypeError, KeyError, IndexError, struct.error, RecursionError, MemoryError):
        raise refuse(f"The array {key!r:.60} is damaged.", "Save it anew with np.savez.") from None
    if dtype.hasobject:
        said = f"The array {key!r:.60} holds pickled Python objects, which are programs: they are not read here."
        raise refuse(said, "Save plain numbers, or texts as np.array(texts, dtype=str).")
    if dtype.kind not in "biufU":
        raise refuse(f"The array {key!r:.60} holds {dtype}, and no numbers.", "Save plain numbers.")
    if math.prod(shape) * dtype.itemsize != len(data) - start:
        raise refuse(f"The array {key!r:.60} is damaged: its size is not what it says.", "Save it anew with np.savez.")
    return np.frombuffer(data, dtype, offset=start).reshape(shape, order="F" if fortran else "C")


def _made(name: str, x: np.ndarray, y: np.ndarray, limits: Limits) -> Made:
    """Examples and labels of any numeric type as a data set."""
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if len(x) != len(y) or y.ndim != 1:
        raise refuse(f"{len(x):,} examples and labels of shape {y.shape} do not belong together.", "Give one for each.")
    if len(x) < 4:
        raise refuse(f"There are only {len(x)} examples.", "Give at least 4.")
    if x.dtype.kind == "U" or x.ndim not in (2, 3, 4) or (x.ndim == 4 and x.shape[3] not in (1, 3)):
        fix = "Give (n, columns), (n, height, width) or (n, height, width, 1 or 3)."
        raise refuse(f"The examples have the shape {x.shape}, {x.dtype}.", fix)
    room(x.size, limits)
    if x.dtype != np.uint8:
        x = x.astype(np.float64)
        if (bad := ~np.isfinite(x.reshape(len(x), -1))).any():
            row, column = (int(k) for k in np.argwhere(bad)[0])
            raise refuse("there is no finite number", "Mend it, or take the example out.", row + 1, f"x{column + 1}")
    targets, classes = _targets(y)
    told = f"{len(classes)} classes" if classes else "numbers to predict"
    if x.ndim == 2:
        if x.shape[1] > limits.max_columns:
            raise over("max_columns", limits.max_columns, "data sets of {n} columns", x.shape[1])
        columns = tuple(f"x{k}" for k in range(1, x.shape[1] + 1))
        notes = [f"{len(x):,} rows of {x.shape[1]} numbers, {told}."]
        return Made(name, "table", x.astype(np.float64), targets, columns, notes=notes, target="y", class_names=classes)
    pictures = x if x.ndim == 4 else x[..., None]
    notes = [f"{len(x):,} pictures of {x.shape[2]}×{x.shape[1]} pixels, {told}."]
    full = 255.0 if x.dtype == np.uint8 else max(1.0, float(np.abs(x).max()))
    return Made(name, "image", pictures, targets, notes=notes, target="y", class_names=classes, divide_by=full)


def _targets(y: np.ndarray) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Class numbers and their names for whole numbers and texts, else the values as they are."""
    if y.dtype.kind == "f":
        if not np.isfinite(y).all():
            row = int(np.argwhere(~np.isfinite(y))[0][0]) + 1
            raise refuse("there is no finite number", "Mend it, or take the example out.", row, "y")
        if (y != np.floor(y)).any() or len(np.unique(y)) > CLASSES:
            return y.astype(np.float64), None
        y = y.astype(np.int64)
    values, targets = np.unique(y, return_inverse=True)
    if len(values) > CLASSES and y.dtype.kind in "iu":
        return y.astype(np.float64), None
    if not 2 <= len(values) <= CLASSES:
        raise refuse(f"Expected from 2 to {CLASSES} classes, got {len(values):,}.", "Give other labels.", column="y")
    names = tuple(clean(str(value)) for value in values)
    if len(set(names)) < len(names):
        raise refuse("two classes have the same first letters", "Shorten their names.", column="y")
    return targets.astype(np.int64), names
