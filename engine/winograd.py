"""Winograd's way to convolve with 3×3 windows: each 2×2 tile of the output in 16 multiplications instead of 36.

A tile of 4×4 inputs d and a kernel g are brought into another basis, where the convolution is one product per entry,
and the result back: y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. With many tiles, channels and filters, each of the 16 entries is a
matrix product of its own, and so is each change of basis, with a small matrix of constants from the left, first for
the rows, then for the columns of all tiles. Backward is the same chain transposed. Lavin, Gray 2015, arXiv:1509.09308,
F(2×2, 3×3).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.builder import Array, Builder
from engine.windows import Windows

if TYPE_CHECKING:
    from engine.convolution import Sliding

B = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])  # Bᵀ
G = np.kron(*2 * [np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])])  # for rows and columns at once
A = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])  # Aᵀ
EVEN = 5  # the entry that reaches all four outputs of a tile alike: where a bias is added


def pays(s: "Sliding") -> bool:
    """Whether this way is faster: plain 3×3 windows, enough channels and filters to outweigh the changes of basis."""
    w = s.windows
    plain = w.size == (3, 3) and w.strides == (1, 1) and w.dilation == (1, 1)
    rows, columns = s.y.shape[:2]
    share = 16 * -(-rows // 2) * -(-columns // 2) / (9 * rows * columns)  # of the multiplications, odd edges included
    return plain and share <= 0.7 and min(s.x.shape[3], s.y.shape[3]) >= (8 if share <= 0.6 else 16)


def winograd(b: Builder, s: "Sliding") -> None:
    """The calls of a convolution by 3×3 windows without groups.

    Letters: t, u number the tiles down and across; i, j the entries of a tile, 4 × 4 or, of an output, 2 × 2.
    """
    (rows, columns, n, filters), channels = s.y.shape, s.x.shape[3]
    th, tw = -(-rows // 2), -(-columns // 2)
    tiles, width = th * tw * n, 2 * tw + 2
    # an odd row or column more is computed and thrown away, so that tiles fill the output
    more = (2 * th - rows, 2 * tw - columns)
    windows = Windows((4, 4), (2, 2), (1, 1), s.windows.before, _plus(s.windows.after, more))
    filled = Windows((2, 2), (2, 2), (1, 1), (0, 0), more)
    b_, a_, g_ = (c.astype(b.dtype) for c in (B, A, G))
    kernel = s.matrix[: len(s.matrix) - s.bias].reshape(9, -1)
    v, u = b.buffer(16, tiles, channels), b.buffer(16, channels, filters)
    m, half = b.buffer(16, tiles, filters), b.buffer(2, th, tw, 4, n * filters)  # half way: i, t, u, j
    down = b.buffer(th, 4, width, n * channels)  # t, i, column
    v_tuj = v.reshape(4, 4, th, tw, -1).transpose(2, 0, 3, 1, 4)  # t, i, u, j
    m_tui = m.reshape(4, 4, th, tw, -1).transpose(1, 2, 3, 0, 4)  # j, t, u, i
    half_tui = half.transpose(3, 1, 2, 0, 4)  # j, t, u, i

    image = windows.with_border(b, s.x)
    row, column = image.strides[0], down.strides[2]
    b.forward(np.matmul, b_, _view(image, (th, 4, width * n * channels), 2 * row, row), down.reshape(th, 4, -1))
    overlapping = _view(down, (th, 4, tw, 4, n * channels), *down.strides[:2], 2 * column, column)
    b.forward(np.matmul, b_, overlapping, v_tuj)
    b.forward(g_.dot, kernel, u.reshape(16, -1))
    b.forward(np.matmul, v, u, m)
    if s.bias:
        b.forward(np.add, m[EVEN], s.matrix[-1], m[EVEN])
    b.forward(np.matmul, a_, m_tui, half_tui)
    y = filled.framed(b, s.y)
    b.forward(np.matmul, a_, half, _tiled(y))
    if y is not s.y:
        b.forward(np.copyto, s.y, filled.inside(y, s.y))

    if s.dy is None or s.dmatrix is None:
        return
    dy = filled.framed(b, s.dy)  # zero where outputs are thrown away
    if dy is not s.dy:
        b.backward(np.copyto, filled.inside(dy, s.dy), s.dy)
    dm, du, dv = m, u, v  # each in the place of what is not needed any more
    b.backward(np.matmul, a_.T, _tiled(dy), half)
    b.backward(np.matmul, a_.T, half_tui, m_tui)
    if s.bias:
        b.backward(np.ones(tiles, b.dtype).dot, dm[EVEN], s.dmatrix[-1])
    if s.dx is not None:
        back = b.buffer(16, filters, channels)  # products read their right factor faster row by row
        b.backward(np.copyto, back, u.transpose(0, 2, 1))
    b.backward(np.matmul, v.transpose(0, 2, 1), dm, du)
    b.backward(g_.T.dot, du.reshape(16, -1), s.dmatrix[: len(s.matrix) - s.bias].reshape(9, -1))
    if s.dx is None:
        return
    b.backward(np.matmul, dm, back, dv)
    pieces = _part(b, m, (th, 4, tw, 4, n * channels))  # t, i, u, j
    b.backward(np.matmul, b_.T, v_tuj, pieces)
    _add_halves(b, pieces.transpose(2, 3, 0, 1, 4), down.reshape(th, 4, tw + 1, 2, -1).transpose(2, 3, 0, 1, 4))
    pieces = _part(b, v, (th, 4, width * n * channels))
    b.backward(np.matmul, b_.T, down.reshape(pieces.shape), pieces)
    whole = windows.framed(b, s.dx)
    _add_halves(b, pieces, whole.reshape(th + 1, 2, -1))
    windows.without_border(b, whole, s.dx)


def _plus(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    return a[0] + b[0], a[1] + b[1]


def _view(a: Array, shape: tuple[int, ...], *strides: int) -> Array:
    return as_strided(a, shape, (*strides, a.itemsize))


def _tiled(image: Array) -> Array:
    """An image of whole 2×2 tiles as (i, t, u, j, NC)."""
    rows, columns, n, c = image.shape
    return image.reshape(rows // 2, 2, columns // 2, 2, n * c).transpose(1, 0, 2, 3, 4)


def _part(b: Builder, large: Array, shape: tuple[int, ...]) -> Array:
    """An array for when nothing else is in a large one: the first part of it, if that is enough."""
    size = int(np.prod(shape))
    return large.reshape(-1)[:size].reshape(shape) if size <= large.size else b.buffer(*shape)


def _add_halves(b: Builder, pieces: Array, out: Array) -> None:
    """Backward: out[t] = pieces[t][:2] + pieces[t - 1][2:], since neighbouring tiles of inputs overlap by half."""
    first, second = pieces[:, :2], pieces[:, 2:]
    b.backward(np.copyto, out[0], first[0])
    b.backward(np.add, first[1:], second[:-1], out[1:-1])
    b.backward(np.copyto, out[-1], second[-1])
