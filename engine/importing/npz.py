"""NPZ files from strangers: nothing is unpacked to a disk, nothing unpickled, and memory has a limit."""

import io
import math
import zipfile
import zlib

import numpy as np
from numpy.lib import format as npy

from engine.builder import Array
from engine.errors import DataError, LimitError

MAX_BYTES = 64 * 2**20  # of all arrays together, unpacked
MAX_ARRAYS = 1000
UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
)
KINDS = "fiub"  # numbers and truth values; never objects


def read_npz(data: bytes, *, max_bytes: int = MAX_BYTES) -> dict[str, Array]:
    """Its arrays by name. Raises LimitError for one too large, DataError for anything that is no plain array."""
    if len(data) > max_bytes:
        raise LimitError(f"The file has {len(data):,} bytes, at most {max_bytes:,} are read.", where="file")
    out: dict[str, Array] = {}
    left = max_bytes
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            entries = file.infolist()
            if len(entries) > MAX_ARRAYS:
                raise LimitError(
                    f"The file has {len(entries):,} entries, at most {MAX_ARRAYS:,} are read.", where="file"
                )
            for entry in entries:
                if entry.is_dir() or not entry.filename.endswith(".npy"):
                    raise DataError(f"{entry.filename[:60]!r} in this file is no array.", where="file")
                with file.open(entry) as opened:
                    raw = opened.read(left + 1)  # what the directory says of its size may be a lie
                if len(raw) > left:
                    raise LimitError(f"Unpacked, the file has more than {max_bytes:,} bytes.", where="file")
                left -= len(raw)
                out[entry.filename.removesuffix(".npy")] = _array(entry.filename, raw)
    except UNREADABLE as error:
        raise DataError(f"This is no NPZ file ({type(error).__name__}).", where="file") from None
    except (ValueError, OverflowError):
        raise DataError("This NPZ file is damaged.", where="file") from None
    return out


def _array(name: str, raw: bytes) -> Array:
    """One .npy: its header is read by NumPy's own parser, its values only if they are all there."""
    stream = io.BytesIO(raw)
    version = npy.read_magic(stream)
    reader = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
    if reader is None:
        raise DataError(f"{name[:60]!r} is written in a way that is not read.", where="file")
    shape, fortran, dtype = reader(stream, max_header_size=10_000)
    if dtype.kind not in KINDS or dtype.hasobject:
        raise DataError(
            f"{name[:60]!r} holds {dtype.name[:20]}, not numbers.", where="file", fix="Only arrays of numbers are read."
        )
    values = raw[stream.tell() :]
    if len(shape) > 8 or math.prod(shape) * dtype.itemsize != len(values):
        raise DataError(f"{name[:60]!r} has not as many values as its shape says.", where="file")
    flat = np.frombuffer(values, dtype)
    return flat.reshape(shape[::-1]).T if fortran else flat.reshape(shape)
