"""Winograd's way to convolve with 3×3 windows: each 2×2 tile of the output in 16 multiplications instead of 36.

A tile of 4×4 inputs d and a kernel g are brought into another basis, where the convolution is one product per entry,
and the result back: y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. With many tiles, channels and filters, each of the 16 entries is a
matrix product of its own, and each change of basis is a product with a small matrix of constants. Backward is the
same chain transposed. Lavin, Gray 2015, arXiv:1509.09308, F(2×2, 3×3).
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.builder import Array, Builder
from engine.windows import Windows

if TYPE_CHECKING:
    from engine.convolution import Sliding

INPUT = np.kron(*2 * [np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])])  # Bᵀ ⊗ Bᵀ, 16 × 16
KERNEL = np.kron(*2 * [np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])])  # G ⊗ G, 16 × 9
OUTPUT = np.kron(*2 * [np.array([[1, 1, 1, 0], [0, 1, -1, -1]])])  # Aᵀ ⊗ Aᵀ, 4 × 16
EVEN = 5  # the entry that reaches all four outputs of a tile alike: where a bias is added


def pays(s: "Sliding") -> bool:
    """Whether this way is faster: plain 3×3 windows, enough channels and filters to outweigh the changes of basis."""
    w = s.windows
    plain = w.size == (3, 3) and w.strides == (1, 1) and w.dilation == (1, 1)
    rows, columns = s.y.shape[:2]
    tiles = -(-rows // 2) * -(-columns // 2)
    return plain and min(s.x.shape[3], s.y.shape[3]) >= 16 and 16 * tiles <= 0.7 * 9 * rows * columns


def winograd(b: Builder, s: "Sliding") -> None:
    """The calls of a convolution by 3×3 windows without groups."""
    (rows, columns, n, filters), channels = s.y.shape, s.x.shape[3]
    th, tw = -(-rows // 2), -(-columns // 2)
    tiles = th * tw * n
    # an odd row or column more is computed and thrown away, so that tiles fill the output
    bottom, right = s.windows.after
    border = (bottom + 2 * th - rows, right + 2 * tw - columns)
    windows = Windows((4, 4), (2, 2), (1, 1), s.windows.before, border)
    to_input, to_kernel, to_output = (a.astype(b.dtype) for a in (INPUT, KERNEL, OUTPUT))
    pieces, kernel = b.buffer(4, 4, th, tw, n * channels), s.matrix[: len(s.matrix) - s.bias].reshape(9, -1)
    v, u = b.buffer(16, tiles, channels), b.buffer(16, channels, filters)
    m, z = b.buffer(16, tiles, filters), b.buffer(4, tiles, filters)

    image = windows.with_border(b, s.x)
    h, w, _, _ = image.strides
    overlapping = as_strided(image, pieces.shape, (h, w, 2 * h, 2 * w, image.itemsize))
    b.forward(np.copyto, pieces, overlapping)
    b.forward(to_input.dot, _flat(pieces), _flat(v))
    b.forward(to_kernel.dot, kernel, _flat(u))
    b.forward(np.matmul, v, u, m)
    if s.bias:
        b.forward(np.add, m[EVEN], s.matrix[-1], m[EVEN])
    b.forward(to_output.dot, _flat(m), _flat(z))
    for tile, place in _corners(z.reshape(2, 2, th, tw, n, filters), s.y):
        b.forward(np.copyto, place, tile)

    if s.dy is None or s.dmatrix is None:
        return
    dz = z if (rows, columns) == (2 * th, 2 * tw) else b.like(z)  # zero where outputs are thrown away
    for tile, place in _corners(dz.reshape(2, 2, th, tw, n, filters), s.dy):
        b.backward(np.copyto, tile, place)
    dm, dv, du, dpieces = m, pieces.reshape(v.shape), u, v.reshape(pieces.shape)  # what is not needed any more
    b.backward(to_output.T.dot, _flat(dz), _flat(dm))
    if s.bias:
        b.backward(np.ones(tiles, b.dtype).dot, dm[EVEN], s.dmatrix[-1])
    if s.dx is not None:
        b.backward(np.matmul, dm, u.transpose(0, 2, 1), dv)
    b.backward(np.matmul, v.transpose(0, 2, 1), dm, du)
    b.backward(to_kernel.T.dot, _flat(du), s.dmatrix[: len(s.matrix) - s.bias].reshape(9, -1))
    if s.dx is not None:
        b.backward(to_input.T.dot, _flat(dv), _flat(dpieces))
        _add_back(b, windows, dpieces, s.dx)


def _flat(a: Array) -> Array:
    """(4, 4, …) or (16, …) as (16, rest); (4, …) as (4, rest)."""
    return a.reshape(16 if a.shape[:2] == (4, 4) else len(a), -1)


def _corners(tiles: Array, image: Array) -> list[tuple[Array, Array]]:
    """Where the four corners of the tiles, (2, 2, th, tw, N, C), lie in the image: pairs of views of one shape."""
    _, _, th, tw, n, c = tiles.shape
    if image.shape[:2] == (2 * th, 2 * tw):
        return [(tiles, image.reshape(th, 2, tw, 2, n, c).transpose(1, 3, 0, 2, 4, 5))]
    views = [(tiles[i, j], image[i::2, j::2]) for i in range(2) for j in range(2)]
    return [(tile[: view.shape[0], : view.shape[1]], view) for tile, view in views]


def _add_back(b: Builder, windows: Windows, pieces: Array, gradient: Array) -> None:
    """Backward: add overlapping 4×4 pieces, (4, 4, th, tw, NC), up to an image; first down, then across."""
    _, _, th, tw, wide = pieces.shape
    down = b.buffer(th + 1, 2, 4, tw, wide)
    whole = windows.framed(b, gradient)
    across = whole.reshape(th + 1, 2, tw + 1, 2, wide)
    _halves(b, pieces.transpose(2, 0, 1, 3, 4), down)
    _halves(b, down.transpose(3, 2, 0, 1, 4), across.transpose(2, 3, 0, 1, 4))
    windows.without_border(b, whole, gradient)


def _halves(b: Builder, pieces: Array, out: Array) -> None:
    """out[t] = pieces[t][:2] + pieces[t - 1][2:]: neighbours lie half on each other."""
    first, second = pieces[:, :2], pieces[:, 2:]
    b.backward(np.copyto, out[0], first[0])
    if len(pieces) > 1:
        b.backward(np.add, first[1:], second[:-1], out[1:-1])
    b.backward(np.copyto, out[-1], second[-1])
