"""What Conv1D and Conv2D share: one window of weights for each filter, slid over the whole input.

All windows are copied side by side into one matrix with a last column of ones, so that a convolution is one product
with the stored weights, whose last row is the bias. `engine.winograd` has a faster way for the commonest case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.builder import Array, Builder, Tensor, Weights
from engine.errors import ShapeError, SpecError
from engine.layer import Layer, Shape
from engine.spec import choice, flag, integer, sub
from engine.windows import PADDINGS, Pair, Windows, slide
from engine.winograd import pays, winograd

FEW = 8  # channels below which a window's runs are so short that it is copied by taps, not by windows
TALL = 256  # windows in one product with so few columns: BLAS is twice as slow where a narrow matrix leaves the cache


@dataclass(frozen=True)
class Convolution(Layer):
    """Base of the convolutions; a subclass gives the fields that say where windows lie, one number or two each."""

    filters: int = integer(32, lo=1, hi=1024, help="How many patterns the layer looks for, that is channels it gives.")
    kernel_size: Any = None
    strides: Any = None
    padding: str = choice(
        "valid",
        PADDINGS,
        help="What happens at the edges: windows stay inside (valid), zeros around keep the size (same), or a border"
        " of zeros of your own (explicit).",
    )
    border: Any = None
    dilation: Any = None
    groups: int = integer(1, lo=1, hi=1024, help="Into how many groups channels are split that do not see each other.")
    activation: object = sub("activation", "linear", help="What each filter makes of its sum.")
    bias: bool = flag(True, help="Add a learned offset to each filter's sums.")
    kernel_initializer: object = sub("initializer", "glorot_uniform", help="How the first weights are drawn.")
    bias_initializer: object = sub("initializer", "zeros", help="How the first offsets are drawn.")

    looks_back = False  # all it needs is in the windows that it has copied

    def __post_init__(self) -> None:
        if self.filters % self.groups:
            raise SpecError(
                f"{self.filters} filters can not be split into {self.groups} groups.",
                where="groups",
                fix="Choose a number of groups that divides the number of filters.",
            )

    def _pairs(self) -> tuple[Pair, Pair, Pair, Pair]:
        """Kernel size, strides, border and dilation, each along (rows, columns)."""
        raise NotImplementedError

    def _windows(self, size: Shape) -> Windows:
        kernel, strides, border, dilation = self._pairs()
        return slide(size, kernel, strides, self.padding, border, dilation)

    def _out(self, image: Shape) -> Shape:
        """(H, W, C) → (rows, columns, filters)."""
        if image[2] % self.groups:
            raise ShapeError(
                f"{image[2]} channels can not be split into {self.groups} groups.",
                where="groups",
                fix="Choose a number of groups that divides the number of channels.",
            )
        return (*self._windows(image).count(image), self.filters)

    def storage(self, *inputs: Shape) -> dict[str, Shape]:
        return {"matrix": (self._rows(inputs[0]) + self.bias, self.filters)}

    def views(self, stored: Mapping[str, Array]) -> dict[str, Array]:
        m = stored["matrix"]
        size = self._pairs()[0] if isinstance(self.kernel_size, tuple) else (self.kernel_size,)
        kernel = m[: len(m) - self.bias].reshape(*size, -1, self.filters)
        return {"kernel": kernel, "bias": m[-1]} if self.bias else {"kernel": kernel}

    def fans(self, *inputs: Shape) -> tuple[int, int]:
        return self._rows(inputs[0]), int(np.prod(self._pairs()[0])) * self.filters

    def reads(self, shape: Shape, wanted: Shape) -> Shape:
        if self.padding != "valid":
            return shape
        rows, columns = self._windows(_image(shape)).reads(_image(wanted))
        return (rows, columns, shape[-1]) if len(shape) == 3 else (rows, shape[-1])

    def build(self, b: Builder, w: Weights, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        y, dx = b.tensor(self.out_shape(x.shape)), b.gradient(x)
        sliding = Sliding(
            windows=self._windows(_image(x.shape)),
            groups=self.groups,
            x=_as_image(x.value),
            dx=None if dx is None else _as_image(dx),
            y=_as_image(y.value),
            dy=_as_image(y.grad) if b.training else None,
            matrix=w.value["matrix"],
            dmatrix=w.grad["matrix"] if b.training else None,
            bias=self.bias,
        )
        (winograd if self.groups == 1 and pays(sliding) else multiply)(b, sliding)
        return y

    def _rows(self, shape: Shape) -> int:
        return int(np.prod(self._pairs()[0])) * (shape[-1] // self.groups)

    # the same layer elsewhere; kind: 1d or 2d

    def _keras(self, kind: str) -> str:
        facts = f"strides={self.strides}, dilation_rate={self.dilation}, groups={self.groups}, use_bias={self.bias}"
        padding = "same" if self.padding == "same" else "valid"
        code = (
            f"keras.layers.Conv{kind.upper()}({self.filters}, {self.kernel_size}, padding='{padding}', {facts},"
            " activation={activation})"
        )
        if self.padding != "explicit":
            return code
        return f"keras.Sequential([keras.layers.ZeroPadding{kind.upper()}({self.border}), {code}])"

    def _torch(self, kind: str, in_shape: Shape) -> str:
        facts = f"stride={self.strides}, dilation={self.dilation}, groups={self.groups}, bias={self.bias}"
        padding = f", padding={self.border}" if self.padding == "explicit" else ""
        code = f"nn.Conv{kind}({in_shape[-1]}, {self.filters}, {self.kernel_size}{padding}, {facts})"
        windows = self._windows(_image(in_shape))
        if self.padding != "same" or not windows.bordered:
            return code
        edges = windows.edges if kind == "2d" else windows.edges[2:]
        return f"nn.Sequential(nn.ZeroPad{kind}({edges}), {code})"


@dataclass(frozen=True)
class Sliding:
    """What a convolution works on: images (H, W, N, C) and the matrix (window's values [+ 1], filters)."""

    windows: Windows
    groups: int
    x: Array
    dx: Array | None
    y: Array
    dy: Array | None
    matrix: Array
    dmatrix: Array | None
    bias: bool


def multiply(b: Builder, s: Sliding) -> None:
    """y = windows · matrix, group by group; dmatrix = windowsᵀ · dy; dx adds up dy · matrixᵀ where windows lie."""
    groups, windows, channels = s.groups, s.windows, s.x.shape[3]
    count, places = (s.y.shape[0], s.y.shape[1]), s.y[..., 0].size
    k, f = s.matrix.shape[0], s.matrix.shape[1] // groups
    seen = windows.seen(windows.with_border(b, s.x), count, groups)  # (rows, columns, N, G, kh, kw, C/G)
    if channels // groups < FEW:  # long runs along the windows
        stored = b.buffer(groups, k, places, fill=1.0)
        taps = stored[:, : k - s.bias].reshape(groups, *seen.shape[4:], *seen.shape[:3])
        b.forward(np.copyto, taps, seen.transpose(3, 4, 5, 6, 0, 1, 2))
        blocks = _blocks(count[0], places)
        matrix = stored.reshape(groups, k, blocks, -1).transpose(2, 0, 3, 1)
    else:  # long runs along the channels
        stored = b.buffer(places, groups, k, fill=1.0)
        b.forward(np.copyto, stored[..., : k - s.bias].reshape(seen.shape), seen)
        blocks = 1
        matrix = stored.transpose(1, 0, 2)[None]
    b.forward(
        np.matmul, matrix, _by_group(s.matrix, groups), _by_group(s.y.reshape(blocks, places // blocks, -1), groups)
    )
    if s.dy is None or s.dmatrix is None:
        return
    dy = _by_group(s.dy.reshape(blocks, places // blocks, -1), groups)
    dmatrix = _by_group(s.dmatrix, groups)
    sums = b.buffer(blocks, *dmatrix.shape) if blocks > 1 else dmatrix[None]
    b.backward(np.matmul, matrix.transpose(0, 1, 3, 2), dy, sums)
    if blocks > 1:
        b.backward(np.add.reduce, sums, 0, None, dmatrix)
    if s.dx is None:
        return
    # an image for each place in the window, zero where no window has that place: their sum is dx
    whole, (rows, columns), n = windows.framed(b, s.dx), count, s.x.shape[2]
    images = b.buffer(*windows.size, *whole.shape)
    run = (columns * n,) if windows.strides[1] == 1 else (columns, n)
    shares = windows.places(images, count, groups).reshape(*windows.size, groups, rows, *run, -1, copy=False)
    back = b.buffer(*windows.size, groups, f, channels // groups)  # products read their right factor faster row by row
    kernel = s.matrix[: k - s.bias].reshape(*windows.size, -1, groups, f)
    b.backward(np.copyto, back, kernel.transpose(0, 1, 3, 4, 2))
    dy = np.moveaxis(s.dy.reshape(rows, *run, groups, f), -2, 0)
    b.backward(np.matmul, dy, np.expand_dims(back, tuple(range(3, 3 + len(run)))), shares)
    b.backward(np.add.reduce, images, (0, 1), None, whole)
    windows.without_border(b, whole, s.dx)


def _by_group(matrix: Array, groups: int) -> Array:
    """(…, rows, G · columns) as (…, G, rows, columns)."""
    return np.moveaxis(matrix.reshape(*matrix.shape[:-1], groups, -1), -2, -3)


def _blocks(rows: int, places: int) -> int:
    """Into how many blocks of whole rows of an image the windows fall, as many as leave `TALL` to each."""
    return max(n for n in range(1, rows + 1) if rows % n == 0 and (n == 1 or places // n >= TALL))


def _image(shape: Shape) -> Shape:
    """A sequence's shape as that of an image one column wide."""
    return shape if len(shape) == 3 else (shape[0], 1, shape[1])


def _as_image(array: Array) -> Array:
    return array if array.ndim == 4 else array[:, None]
