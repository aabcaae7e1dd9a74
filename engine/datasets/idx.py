"""IDX, the format of MNIST and its kin: a few numbers that say type and shape, then the values.

    0 0 | type (1 byte) | rank (1 byte) | sizes (4 bytes each, big end first) | values

A file may be gzipped. Nothing in it is believed before it is checked: sizes must agree with the bytes that are
there, and no more than that is ever allocated.
"""

import gzip
import math
import zlib
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.errors import DataError

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MAX_BYTES = 512 * 2**20
CHUNK = 2**20


class Readable(Protocol):
    """An open file, packed or not."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end."""
        ...


def load_idx(path: str | Path, *, max_bytes: int = MAX_BYTES) -> np.ndarray:
    """The array in an IDX file, gzipped or not, in this machine's byte order. Raises DataError, naming the file."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            return read_idx(gzip.GzipFile(fileobj=file) if packed else file, max_bytes=max_bytes)
    except DataError as error:
        raise DataError(f"{path.name}: {error.message}", fix=error.fix) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f"{path.name} is damaged: {error}.", fix="Get the file anew.") from None
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from None


def read_idx(file: Readable, *, max_bytes: int = MAX_BYTES) -> np.ndarray:
    """The array in an open IDX file. Reads no further than one byte past what its header announces."""
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in TYPES or not 1 <= head[3] <= 8:
        raise DataError(
            f"Expected an IDX file: two zero bytes, a type and a rank first; this starts with {head.hex(' ')!r}.",
            fix="Give a file such as train-images-idx3-ubyte, gzipped or not.",
        )
    dtype, rank = np.dtype(TYPES[head[2]]), head[3]
    sizes = file.read(4 * rank)
    if len(sizes) < 4 * rank:
        raise DataError(
            f"Expected {rank} sizes in the header, but the file ends within them.", fix="Get the file anew."
        )
    shape = tuple(int(size) for size in np.frombuffer(sizes, ">u4"))
    expected = math.prod(shape) * dtype.itemsize
    if not expected:
        raise DataError(f"Expected some values, but the header announces shape {shape}.", fix="Give another file.")
    if expected > max_bytes:
        raise DataError(
            f"Expected at most {max_bytes:,} bytes of values, but the header announces {expected:,}.",
            fix="Give a smaller file.",
        )
    values = _read_up_to(file, expected + 1)
    if len(values) != expected:
        found = f"only {len(values):,}" if len(values) < expected else "more"
        raise DataError(
            f"Expected {expected:,} bytes of values for shape {shape}, got {found}.", fix="Get the file anew."
        )
    return np.frombuffer(values, dtype).reshape(shape).astype(dtype.newbyteorder("="))


def _read_up_to(file: Readable, n: int) -> bytearray:
    """At most n bytes, in chunks: asking for all at once would allocate n bytes even where there are few."""
    got = bytearray()
    while len(got) < n and (chunk := file.read(min(CHUNK, n - len(got)))):
        got += chunk
    return got
