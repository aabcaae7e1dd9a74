"""A frame of the stream is the bytes that the shared vectors say, on this side as on the browser's."""

import json
from pathlib import Path

import numpy as np
import pytest

from app.wire import Shared, decode, encode

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "wire.json").read_text(encoding="utf-8"))


def arrays_of(vector):
    dtypes = {"f4": np.float32, "f8": np.float64}
    return {
        name: np.array([float(v) for v in vector["values"][name]], dtypes[dtype]).reshape(shape)
        for name, dtype, shape in vector["header"]["arrays"]
    }


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda v: v["name"])
def test_frame_is_exactly_these_bytes(vector):
    head = {k: v for k, v in vector["header"].items() if k not in ("v", "arrays")}
    assert encode(head, arrays_of(vector)).hex() == vector["hex"]


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda v: v["name"])
def test_what_watchers_share_becomes_each_one_s_own_frame(vector):
    head = {k: v for k, v in vector["header"].items() if k not in ("v", "arrays", "seq")}
    shared = Shared(head, arrays_of(vector))
    for seq in (1, 99, 123_456):
        assert shared.numbered(seq) == encode({"seq": seq, **head}, arrays_of(vector))


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda v: v["name"])
def test_bytes_are_exactly_this_frame(vector):
    head, arrays = decode(bytes.fromhex(vector["hex"]))
    assert head == vector["header"]
    for name, expected in arrays_of(vector).items():
        assert arrays[name].dtype == expected.dtype
        np.testing.assert_array_equal(arrays[name], expected)


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=lambda v: v["name"])
def test_arrays_are_aligned(vector):
    frame = bytes.fromhex(vector["hex"])
    start = np.frombuffer(frame, np.uint8).ctypes.data
    for array in decode(frame)[1].values():
        assert array.size == 0 or (array.ctypes.data - start) % 8 == 0


@pytest.mark.parametrize("vector", VECTORS["refused"], ids=lambda v: v["name"])
def test_what_is_no_frame_is_refused(vector):
    with pytest.raises(ValueError):
        decode(bytes.fromhex(vector["hex"]))


def test_columns_are_the_engine_s():
    from engine.events import COLUMNS

    assert list(COLUMNS) == VECTORS["columns"]
