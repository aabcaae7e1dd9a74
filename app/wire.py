"""A frame of the stream as bytes: a length, a short JSON header, and raw little-endian arrays that need no copy.

    offset 0   u32   H, the bytes of the header's text; 4 + H is a multiple of 8
    offset 4   JSON  {"v": 1, "seq": …, …, "arrays": [[name, dtype, shape], …]}, padded with spaces to H bytes
    4 + H      the arrays in that order, each C-contiguous and starting at a multiple of 8 (zeros between them)

`docs/api.md` lists the header's keys; `tests/data/wire.json` holds this module and `static/js/lib/wire.js` together.
"""

import json
import math
import struct
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

VERSION = 1
DTYPES: dict[str, np.dtype[Any]] = {"f4": np.dtype("<f4"), "f8": np.dtype("<f8")}


def encode(head: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """The bytes of one frame. `arrays` are float32 or float64 of any shape."""
    return _joined(b"{" + _keys({"v": VERSION, **head}, arrays), _packed(arrays))


class Shared:
    """What a frame holds for everybody alike: `numbered` is `encode` with {"seq": n, …} and costs next to nothing."""

    def __init__(self, head: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        self.head, self.arrays = head, arrays

    def numbered(self, seq: int) -> bytes:
        """The bytes of the frame for one watcher, whose frame number `seq` it is."""
        keys, packed = self._encoded
        return _joined(b'{"v":%d,"seq":%d,%b' % (VERSION, seq, keys), packed)

    @cached_property
    def _encoded(self) -> tuple[bytes, bytes]:
        return _keys(self.head, self.arrays), _packed(self.arrays)


def _keys(head: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """The header's text after its first brace."""
    listed = [(name, f"f{a.dtype.itemsize}", a.shape) for name, a in arrays.items()]
    return json.dumps({**head, "arrays": listed}, separators=(",", ":"), allow_nan=False).encode()[1:]


def _packed(arrays: Mapping[str, np.ndarray]) -> bytes:
    """The arrays one after the other; what is before them is a multiple of 8 long."""
    parts, size = [], 0
    for array in arrays.values():
        gap = -size % 8
        raw = array.astype(DTYPES[f"f{array.dtype.itemsize}"], copy=False).tobytes()
        parts += [b"\0" * gap, raw]
        size += gap + len(raw)
    return b"".join(parts)


def _joined(text: bytes, packed: bytes) -> bytes:
    pad = -(4 + len(text)) % 8
    return b"".join((struct.pack("<I", len(text) + pad), text, b" " * pad, packed))


def decode(frame: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header and the arrays (views of the bytes) of one frame. Raises ValueError where it is not such a frame."""
    if len(frame) < 4:
        raise ValueError(f"Expected a frame, got {len(frame)} bytes.")
    position = 4 + struct.unpack_from("<I", frame)[0]
    if position % 8 or position > len(frame):
        raise ValueError(f"Expected a header that ends at a multiple of 8 within {len(frame)} bytes, got {position}.")
    head = json.loads(frame[4:position])
    if not isinstance(head, dict) or head.get("v") != VERSION:
        raise ValueError(f"Expected a frame of version {VERSION}, got {head if len(str(head)) < 200 else '…'}.")
    arrays = {}
    for name, dtype, shape in head.get("arrays") or [["", "none", []]]:
        if dtype not in DTYPES or any(type(n) is not int or n < 0 for n in shape):
            raise ValueError(f"Expected an array of f4 or f8 with a shape, got {dtype} {shape}.")
        position += -position % 8
        arrays[name] = np.frombuffer(frame, DTYPES[dtype], math.prod(shape), position).reshape(shape)
        position += arrays[name].nbytes
    return head, arrays
