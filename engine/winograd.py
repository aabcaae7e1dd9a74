"""Winograd's way to convolve with 3×3 windows: a tile of m×m outputs in (m + 2)² multiplications instead of 9 m².

A tile of n×n inputs d, n = m + 2, and a kernel g are brought into another basis, where the convolution is one product
per entry, and the result back: y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. With many tiles, channels and filters, each of the n²
entries is a matrix product of its own, and so is each change of basis, with a small matrix of constants from the left,
first for the rows, then for the columns of all tiles. Backward is the same chain transposed. Lavin, Gray 2015,
arXiv:1509.09308, F(m×m, 3×3).
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.builder import Array, Builder
from engine.windows import Windows

if TYPE_CHECKING:
    from engine.convolution import Sliding

# Where the polynomials are evaluated, infinity besides; a tile uses the first m + 1. Of small numbers, those that round
# least: in single precision F(5) is off by 2e-6 of the outputs' spread, the smaller ones by less than 1e-6, the usual
# way by 2e-7.
POINTS = (0.0, 1.0, -1.0, 2.0, -0.5, -2.0)
SIDES = range(2, len(POINTS))
PREDICTING = range(2, 3)  # what is shown and saved has to agree with other implementations to 1e-5


@dataclass(frozen=True)
class Basis:
    """The constants for tiles of m×m outputs, n = m + 2. a: Aᵀ (m, n); b: Bᵀ (n, n); g: G for both axes (n², 9).

    even: the entry that reaches all outputs of a tile alike, where a bias is added: the point (1, 1).
    """

    a: Array
    b: Array
    g: Array
    even: int


@cache
def basis(m: int, dtype: Any) -> Basis:
    """Toom's and Cook's: two polynomials are multiplied through their values at n points; transposed, they slide."""
    n = m + 2

    def values(terms: int) -> Array:
        """What takes a polynomial to its values; at infinity that is its last coefficient."""
        return np.vstack([np.vander(POINTS[: n - 1], terms, increasing=True), np.eye(terms)[-1]])

    g = values(3)
    return Basis(
        values(m).T.astype(dtype), np.linalg.inv(values(n)).T.astype(dtype), np.kron(g, g).astype(dtype), n + 1
    )


def tiling(s: "Sliding") -> tuple[int, int]:
    """The side m of the tiles that take fewest multiplications for all outputs, and how many these are."""
    rows, columns = s.y.shape[:2]
    sides = PREDICTING if s.dmatrix is None else SIDES
    cost, m = min(((m + 2) ** 2 * -(-rows // m) * -(-columns // m), m) for m in sides)
    return m, cost


def pays(s: "Sliding") -> bool:
    """Whether this way is faster: plain 3×3 windows, enough channels and filters to outweigh the changes of basis."""
    w = s.windows
    plain = w.size == (3, 3) and w.strides == (1, 1) and w.dilation == (1, 1)
    share = tiling(s)[1] / (9 * s.y.shape[0] * s.y.shape[1])  # of the multiplications, odd edges included
    return plain and share <= 0.7 and min(s.x.shape[3], s.y.shape[3]) >= (8 if share <= 0.6 else 16)


def winograd(b: Builder, s: "Sliding") -> None:
    """The calls of a convolution by 3×3 windows without groups.

    Letters: t, u number the tiles down and across; i, j the entries of a tile, n × n or, of an output, m × m.
    """
    (rows, columns, samples, filters), channels = s.y.shape, s.x.shape[3]
    m = tiling(s)[0]
    n, k = m + 2, basis(m, b.dtype)
    th, tw = -(-rows // m), -(-columns // m)
    tiles, width = th * tw * samples, m * tw + 2
    # rows or columns more are computed and thrown away, so that tiles fill the output
    more = (m * th - rows, m * tw - columns)
    windows = Windows((n, n), (m, m), (1, 1), s.windows.before, _plus(s.windows.after, more))
    filled = Windows((m, m), (m, m), (1, 1), (0, 0), more)
    kernel = s.matrix[: len(s.matrix) - s.bias].reshape(9, -1)
    v, u = b.buffer(n * n, tiles, channels), b.buffer(n * n, channels, filters)
    w, half = b.buffer(n * n, tiles, filters), b.buffer(m, th, tw, n, samples * filters)  # half way: i, t, u, j
    down = b.buffer(th, n, width, samples * channels)  # t, i, column
    v_tuj = v.reshape(n, n, th, tw, -1).transpose(2, 0, 3, 1, 4)  # t, i, u, j
    w_tui = w.reshape(n, n, th, tw, -1).transpose(1, 2, 3, 0, 4)  # j, t, u, i
    half_tui = half.transpose(3, 1, 2, 0, 4)  # j, t, u, i

    image = windows.with_border(b, s.x)
    row, column = image.strides[0], down.strides[2]
    b.forward(np.matmul, k.b, _view(image, (th, n, width * samples * channels), m * row, row), down.reshape(th, n, -1))
    overlapping = _view(down, (th, n, tw, n, samples * channels), *down.strides[:2], m * column, column)
    b.forward(np.matmul, k.b, overlapping, v_tuj)
    b.forward(k.g.dot, kernel, u.reshape(n * n, -1))
    b.forward(np.matmul, v, u, w)
    if s.bias:
        b.forward(np.add, w[k.even], s.matrix[-1], w[k.even])
    b.forward(np.matmul, k.a, w_tui, half_tui)
    y = filled.framed(b, s.y)
    b.forward(np.matmul, k.a, half, _tiled(y, m))
    if y is not s.y:
        b.forward(np.copyto, s.y, filled.inside(y, s.y))

    if s.dy is None or s.dmatrix is None:
        return
    dy = filled.framed(b, s.dy)  # zero where outputs are thrown away
    if dy is not s.dy:
        b.backward(np.copyto, filled.inside(dy, s.dy), s.dy)
    dw, du, dv = w, u, v  # each in the place of what is not needed any more
    b.backward(np.matmul, k.a.T, _tiled(dy, m), half)
    b.backward(np.matmul, k.a.T, half_tui, w_tui)
    if s.bias:
        b.backward(np.ones(tiles, b.dtype).dot, dw[k.even], s.dmatrix[-1])
    if s.dx is not None:
        back = b.buffer(n * n, filters, channels)  # products read their right factor faster row by row
        b.backward(np.copyto, back, u.transpose(0, 2, 1))
    b.backward(np.matmul, v.transpose(0, 2, 1), dw, du)
    b.backward(k.g.T.dot, du.reshape(n * n, -1), s.dmatrix[: len(s.matrix) - s.bias].reshape(9, -1))
    if s.dx is None:
        return
    b.backward(np.matmul, dw, back, dv)
    pieces = _part(b, w, (th, n, tw, n, samples * channels))  # t, i, u, j
    b.backward(np.matmul, k.b.T, v_tuj, pieces)
    _overlap(b, pieces.transpose(2, 3, 0, 1, 4), down.transpose(2, 0, 1, 3))
    pieces = _part(b, v, (th, n, width * samples * channels))
    b.backward(np.matmul, k.b.T, down.reshape(pieces.shape), pieces)
    whole = windows.framed(b, s.dx)
    _overlap(b, pieces, whole.reshape(len(whole), -1))
    windows.without_border(b, whole, s.dx)


def _plus(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] + b[0], a[1] + b[1]


def _view(a: Array, shape: tuple[int, ...], *strides: int) -> Array:
    return as_strided(a, shape, (*strides, a.itemsize))


def _tiled(image: Array, m: int) -> Array:
    """An image of whole m×m tiles as (i, t, u, j, NC)."""
    rows, columns, n, c = image.shape
    return image.reshape(rows // m, m, columns // m, m, n * c).transpose(1, 0, 2, 3, 4)


def _part(b: Builder, large: Array, shape: tuple[int, ...]) -> Array:
    """An array for when nothing else is in a large one: the first part of it, if that is enough."""
    size = int(np.prod(shape))
    return large.reshape(-1)[:size].reshape(shape) if size <= large.size else b.buffer(*shape)


def _overlap(b: Builder, pieces: Array, out: Array) -> None:
    """Backward: lay tiles of inputs (t, m + 2, …) along the first axis of `out`, m apart, and add up where two meet."""
    m = pieces.shape[1] - 2
    tiled = as_strided(out, (len(pieces), m, *out.shape[1:]), (m * out.strides[0], *out.strides))
    b.backward(np.copyto, tiled[0, :2], pieces[0, :2])
    b.backward(np.add, pieces[1:, :2], pieces[:-1, m:], tiled[1:, :2])
    b.backward(np.copyto, tiled[:, 2:], pieces[:, 2:m])
    b.backward(np.copyto, out[-2:], pieces[-1, m:])
