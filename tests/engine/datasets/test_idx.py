"""The IDX reader: any type and shape comes back; whatever else a file holds is refused without a large allocation."""

import contextlib
import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.datasets.idx import TYPES, load_idx
from engine.errors import DataError

CODES = {np.dtype(t): code for code, t in TYPES.items()}
SHAPES = hnp.array_shapes(min_dims=1, max_dims=4, max_side=5)


def idx_bytes(array):
    """The array as an IDX file."""
    big = array.astype(array.dtype.newbyteorder(">"))
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, CODES[big.dtype], array.ndim, *array.shape) + big.tobytes()


@pytest.fixture
def write(tmp_path):
    def put(content):
        path = tmp_path / "some-idx3-ubyte"
        path.write_bytes(content)
        return path

    return put


@pytest.mark.parametrize("dtype", [np.dtype(t).newbyteorder("=") for t in TYPES.values()], ids=str)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_every_type_comes_back_whole(dtype, pack, tmp_path):
    @given(hnp.arrays(dtype, SHAPES))
    @settings(max_examples=10, deadline=None, derandomize=True)
    def holds(array):
        path = tmp_path / "any"
        path.write_bytes(pack(idx_bytes(array)))
        read = load_idx(path)
        assert read.dtype == dtype
        assert read.dtype.isnative
        np.testing.assert_array_equal(read, array)

    holds()


@given(st.binary(max_size=40))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_an_array_or_a_plain_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "hostile"
    for full in (content, b"\0\0\x08" + content, b"\x1f\x8b" + content, gzip.compress(b"\0\0\x08" + content)):
        path.write_bytes(full)
        with contextlib.suppress(DataError):
            assert isinstance(load_idx(path), np.ndarray)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzipped"])
def test_a_header_that_promises_too_much_costs_no_memory(pack, write):
    path = write(pack(struct.pack(">BBBBIII", 0, 0, 8, 3, 600_000, 28, 28) + b"123"))
    tracemalloc.start()
    with pytest.raises(DataError, match=r"Expected 470,400,000 bytes of values .* got only 3"):
        load_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6


@pytest.mark.parametrize("sizes", [(2**32 - 1,) * 3, (2**31, 2**31), (2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1)])
def test_sizes_beyond_the_limit_are_refused_at_the_header(sizes, write):
    with pytest.raises(DataError, match="Expected at most 536,870,912 bytes"):
        load_idx(write(struct.pack(f">BBBB{len(sizes)}I", 0, 0, 8, len(sizes), *sizes)))


def test_a_bomb_is_not_unpacked(write):
    bomb = gzip.compress(struct.pack(">BBBBI", 0, 0, 8, 1, 10) + bytes(50_000_000))
    tracemalloc.start()
    with pytest.raises(DataError, match="got more"):
        load_idx(write(bomb))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5e6


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "Expected an IDX file"),
        (b"PK\3\4 a zip", "Expected an IDX file"),
        (b"\0\0\x07\x01\0\0\0\1x", "Expected an IDX file"),
        (b"\0\0\x08\x00", "Expected an IDX file"),
        (b"\0\0\x08\x03\0\0", "ends within them"),
        (b"\0\0\x08\x02\0\0\0\0\0\0\0\3", "Expected some values"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\3abc")[:-9], "damaged"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(content, words, write):
    with pytest.raises(DataError, match=words) as caught:
        load_idx(write(content))
    assert "some-idx3-ubyte" in caught.value.message


def test_a_missing_file_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        load_idx(tmp_path / "none")
