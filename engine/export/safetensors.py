"""Safetensors: named arrays in one file that nothing can hide in. Written and read here, without a library.

    length of the header (8 bytes, little end first) | header, JSON padded with spaces | all values, one after the other

The header gives each array's type, shape and place; `__metadata__` may hold texts.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from engine.builder import Array
from engine.errors import DataError, LimitError

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "|u1", "BOOL": "|b1"}
MAX_BYTES = 64 * 2**20
MAX_HEADER = 4 * 2**20
MAX_ARRAYS = 10_000


def write(arrays: Mapping[str, Array], metadata: Mapping[str, str] | None = None) -> bytes:
    """The file's bytes; arrays as float32, in their order."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    pieces, start = [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array, "<f4").tobytes()
        place = [start, start + len(data)]
        header[name] = {"dtype": "F32", "shape": list(np.shape(array)), "data_offsets": place}
        pieces.append(data)
        start += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(pieces)


def read(data: bytes, *, max_bytes: int = MAX_BYTES) -> tuple[dict[str, Array], dict[str, str]]:
    """(arrays, metadata). Raises LimitError for a file too large, DataError for one that is damaged or lies."""
    if len(data) > max_bytes:
        raise LimitError(f"The file has {len(data):,} bytes, at most {max_bytes:,} are read.", where="file")
    if len(data) < 8 or (size := struct.unpack("<Q", data[:8])[0]) > min(MAX_HEADER, len(data) - 8):
        raise DataError("This is no safetensors file.", where="file")
    try:
        header = json.loads(data[8 : 8 + size])
    except (ValueError, RecursionError):
        raise DataError("This is no safetensors file: its header is not readable.", where="file") from None
    if not isinstance(header, dict) or len(header) > MAX_ARRAYS:
        raise DataError("This is no safetensors file: its header is no list of arrays.", where="file")
    found = header.pop("__metadata__", {})
    metadata = {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}
    values = memoryview(data)[8 + size :]
    return {name: _array(name, about, values) for name, about in header.items()}, metadata


def _array(name: str, about: Any, values: memoryview) -> Array:
    def refuse(reason: str) -> DataError:
        return DataError(f"The array {name[:60]!r} {reason}.", where="file")

    try:
        kind, shape, (start, end) = about["dtype"], about["shape"], about["data_offsets"]
    except (KeyError, TypeError, ValueError):
        raise refuse("has no type, shape or place") from None
    if kind not in TYPES:
        raise refuse(f"has the type {str(kind)[:20]}; these are read: {', '.join(TYPES)}")
    numbers = [start, end, *shape] if isinstance(shape, list) and len(shape) <= 8 else [None]
    if not all(type(n) is int and 0 <= n <= 2**40 for n in numbers):
        raise refuse("has no sensible shape or place")
    dtype = np.dtype(TYPES[kind])
    if not start <= end <= len(values) or end - start != math.prod(shape) * dtype.itemsize:
        raise refuse("has not as many values as its shape says")
    return np.frombuffer(values[start:end], dtype).reshape(shape)
