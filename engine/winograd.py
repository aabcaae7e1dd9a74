"""Winograd's way to convolve with 3×3 windows: each 2×2 tile of the output in 16 multiplications instead of 36.

A tile of 4×4 inputs d and a kernel g are brought into another basis, where the convolution is one product per entry,
and the result back: y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A. With many tiles, channels and filters, each of the 16 entries is a
matrix product of its own. Kernels and outputs change their basis by a product with a small matrix of constants; inputs
by a few additions, first down, then across, since Bᵀ has but two entries ±1 in a row. Backward is the same chain
transposed. Lavin, Gray 2015, arXiv:1509.09308, F(2×2, 3×3).
"""

from typing import TYPE_CHECKING

import numpy as np

from engine.builder import Array, Builder
from engine.windows import Windows

if TYPE_CHECKING:
    from engine.convolution import Sliding

# Bᵀ d = (d₀ − d₂, d₁ + d₂, d₂ − d₁, d₁ − d₃)
INPUT = ((np.subtract, 0, 2), (np.add, 1, 2), (np.subtract, 2, 1), (np.subtract, 1, 3))
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
    to_kernel, to_output = KERNEL.astype(b.dtype), OUTPUT.astype(b.dtype)
    kernel = s.matrix[: len(s.matrix) - s.bias].reshape(9, -1)
    v, u = b.buffer(16, tiles, channels), b.buffer(16, channels, filters)
    m, z = b.buffer(16, tiles, filters), b.buffer(4, tiles, filters)
    down, entries = b.buffer(4, th, 2 * tw + 2, n * channels), v.reshape(4, 4, th, tw, n * channels)

    image = windows.with_border(b, s.x).reshape(2 * th + 2, 2 * tw + 2, -1)
    for k, (function, i, j) in enumerate(INPUT):
        b.forward(function, image[i : i + 2 * th : 2], image[j : j + 2 * th : 2], down[k])
    for k, (function, i, j) in enumerate(INPUT):
        b.forward(function, down[:, :, i : i + 2 * tw : 2], down[:, :, j : j + 2 * tw : 2], entries[:, k])
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
    dm, dv, du = m, b.like(v) if s.dx is not None else v, u  # in the place of what is not needed any more
    b.backward(to_output.T.dot, _flat(dz), _flat(dm))
    if s.bias:
        b.backward(np.ones(tiles, b.dtype).dot, dm[EVEN], s.dmatrix[-1])
    if s.dx is not None:
        back = b.buffer(16, filters, channels)  # products read their right factor faster row by row
        b.backward(np.copyto, back, u.transpose(0, 2, 1))
        b.backward(np.matmul, dm, back, dv)
    b.backward(np.matmul, v.transpose(0, 2, 1), dm, du)
    b.backward(to_kernel.T.dot, _flat(du), s.dmatrix[: len(s.matrix) - s.bias].reshape(9, -1))
    if s.dx is not None:
        whole = windows.framed(b, s.dx)
        dimage, dentries = whole.reshape(2 * th + 2, 2 * tw + 2, -1), dv.reshape(entries.shape)
        _input_back(b, dentries.transpose(1, 3, 0, 2, 4), down.transpose(2, 0, 1, 3))
        _input_back(b, down, dimage)
        windows.without_border(b, whole, s.dx)


def _flat(a: Array) -> Array:
    """(16, …) as (16, rest), (4, …) as (4, rest)."""
    return a.reshape(len(a), -1)


def _corners(tiles: Array, image: Array) -> list[tuple[Array, Array]]:
    """Where the four corners of the tiles, (2, 2, th, tw, N, C), lie in the image: pairs of views of one shape."""
    _, _, th, tw, n, c = tiles.shape
    if image.shape[:2] == (2 * th, 2 * tw):
        return [(tiles, image.reshape(th, 2, tw, 2, n, c).transpose(1, 3, 0, 2, 4, 5))]
    views = [(tiles[i, j], image[i::2, j::2]) for i in range(2) for j in range(2)]
    return [(tile[: view.shape[0], : view.shape[1]], view) for tile, view in views]


def _input_back(b: Builder, entries: Array, image: Array) -> None:
    """Backward along one axis: image = B entries, where each two neighbouring tiles (4, t, …) overlap by half."""
    first, second, third, fourth = entries
    even, odd = image[0::2], image[1::2]
    rest = b.like(first)  # what a tile says of its third place, then of its second
    b.backward(np.add, second, third, rest)
    b.backward(np.subtract, rest, first, rest)
    b.backward(np.copyto, even[0], first[0])
    b.backward(np.add, first[1:], rest[:-1], even[1:-1])
    b.backward(np.copyto, even[-1], rest[-1])
    b.backward(np.subtract, second, third, rest)
    b.backward(np.add, rest, fourth, rest)
    b.backward(np.copyto, odd[0], rest[0])
    b.backward(np.subtract, rest[1:], fourth[:-1], odd[1:-1])
    b.backward(np.negative, fourth[-1], odd[-1])
