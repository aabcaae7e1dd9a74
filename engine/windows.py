"""Windows that slide over an image: how many fit, which values they see, and how what they learn is added up again.

Convolution and pooling read their input through the same windows. Arrays are images as they are stored, (H, W, N, C);
a sequence is an image one column wide. A *tap* is one place in the window, seen for all windows at once: a view
(rows, columns, N, C) of the image.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.builder import Array, Builder
from engine.errors import ShapeError
from engine.layer import show_shape

Pair = tuple[int, int]
PADDINGS = ("valid", "same", "explicit")


@dataclass(frozen=True)
class Windows:
    """Size, step, gaps and border of the windows, each along (rows, columns). Make one with `slide`."""

    size: Pair
    strides: Pair
    dilation: Pair
    before: Pair  # rows above and columns to the left that the border adds
    after: Pair  # rows below and columns to the right

    @property
    def span(self) -> Pair:
        """From the first to the last place of a window, gaps included."""
        return _pair((k - 1) * d + 1 for k, d in zip(self.size, self.dilation, strict=True))

    @property
    def bordered(self) -> bool:
        """Whether the border adds anything."""
        return any(self.before + self.after)

    @property
    def apart(self) -> bool:
        """Whether no value is seen by two windows."""
        return all(step >= span for step, span in zip(self.strides, self.span, strict=True))

    @property
    def edges(self) -> tuple[int, int, int, int]:
        """What the border adds on the left, on the right, above and below: PyTorch's order."""
        return self.before[1], self.after[1], self.before[0], self.after[0]

    def count(self, image: Sequence[int]) -> Pair:
        """How many windows fit on an image of so many rows and columns."""
        return _pair(
            (n + lo + hi - span) // step + 1
            for n, lo, hi, span, step in zip(image, self.before, self.after, self.span, self.strides, strict=False)
        )

    def reads(self, count: Sequence[int]) -> Pair:
        """How many rows and columns, border included, so many windows see."""
        return _pair((n - 1) * step + span for n, step, span in zip(count, self.strides, self.span, strict=False))

    def taps(self, image: Array, count: Pair) -> list[Array]:
        """Every place in the window, row by row, seen for all windows of an image that has its border."""
        (di, dj), (si, sj) = self.dilation, self.strides
        rows, columns = (count[0] - 1) * si + 1, (count[1] - 1) * sj + 1
        return [
            image[i * di : i * di + rows : si, j * dj : j * dj + columns : sj]
            for i in range(self.size[0])
            for j in range(self.size[1])
        ]

    def seen(self, image: Array, count: Pair, groups: int = 1) -> Array:
        """All windows as one view (rows, columns, N, groups, size…, C / groups) of an image that has its border."""
        n, c = image.shape[2:]
        h, w, sample, channel = image.strides
        share = c // groups
        strides = (
            *(h * self.strides[0], w * self.strides[1], sample, share * channel),
            *(h * self.dilation[0], w * self.dilation[1], channel),
        )
        return as_strided(image, (*count, n, groups, *self.size, share), strides)

    def places(self, images: Array, count: Pair, groups: int = 1) -> Array:
        """Of one image for each place in the window, (*size, H, W, N, C), what windows see there: (*size, groups,
        rows, columns, N, C / groups)."""
        i, j, h, w, sample, channel = images.strides
        n, c = images.shape[4:]
        share = c // groups
        strides = (
            *(i + h * self.dilation[0], j + w * self.dilation[1], share * channel),
            *(h * self.strides[0], w * self.strides[1], sample, channel),
        )
        return as_strided(images, (*self.size, groups, *count, n, share), strides)

    def inside(self, image: Array, like: Array) -> Array:
        """The image without its border; `like` has its size."""
        (top, left), (rows, columns) = self.before, like.shape[:2]
        return image[top : top + rows, left : left + columns]

    def with_border(self, b: Builder, image: Array, fill: float = 0.0) -> Array:
        """The image with its border of `fill` around it: itself where there is none."""
        whole = self.framed(b, image)
        if whole is not image:
            whole.fill(fill)
            b.forward(np.copyto, self.inside(whole, image), image)
        return whole

    def add_back(self, b: Builder, taps: Sequence[Array], gradient: Array) -> None:
        """Backward: give every value of an image the sum of what the windows that see it say, tap by tap."""
        whole = self.framed(b, gradient)
        places = self.taps(whole, _pair(taps[0].shape[:2]))
        if not self.tiles(gradient):
            b.backward(whole.fill, 0)
        for place, tap in zip(places, taps, strict=True):
            if self.apart:
                b.backward(np.copyto, place, tap)
            else:
                b.backward(np.add, place, tap, place)
        self.without_border(b, whole, gradient)

    def without_border(self, b: Builder, whole: Array, gradient: Array) -> None:
        """Backward: what an image's gradient with border says of the image itself."""
        if whole is not gradient:
            b.backward(np.copyto, gradient, self.inside(whole, gradient))

    def tiles(self, image: Array) -> bool:
        """Whether each value of the image is seen by exactly one window, and nothing of a border."""
        sizes = zip(image.shape[:2], self.size, self.strides, strict=True)
        return not self.bordered and self.dilation == (1, 1) and all(k == s and n % k == 0 for n, k, s in sizes)

    def framed(self, b: Builder, image: Array) -> Array:
        """A buffer for the image with its border; the image itself where there is none."""
        if not self.bordered:
            return image
        edges = zip(self.before, self.after, strict=True)
        return b.buffer(*(n + sum(e) for n, e in zip(image.shape[:2], edges, strict=True)), *image.shape[2:])


def slide(
    image: Sequence[int], size: Pair, strides: Pair, padding: str, border: Pair = (0, 0), dilation: Pair = (1, 1)
) -> Windows:
    """Windows over an image of that many rows and columns.

    padding: 'valid', no border; 'same', the border that gives ⌈rows / stride⌉ windows, where an odd row more goes
    below, as in Keras; 'explicit', `border` on both sides. Raises ShapeError where not even one window fits.
    """
    bare = Windows(size, strides, dilation, (0, 0), (0, 0))
    if padding == "same":
        missing = [
            max(0, (-(-n // step) - 1) * step + span - n)
            for n, step, span in zip(image, strides, bare.span, strict=False)
        ]
        border = _pair(n // 2 for n in missing)
        return Windows(size, strides, dilation, border, _pair(n - lo for n, lo in zip(missing, border, strict=True)))
    if padding == "explicit":
        bare = Windows(size, strides, dilation, border, border)
    if min(bare.count(image)) < 1:
        raise ShapeError(
            f"A window of {_show(bare.span)} does not fit on an image of {_show(image)}"
            + (f" with a border of {_show(border)}." if padding == "explicit" else "."),
            fix="Make the window smaller, or choose the padding 'same'.",
        )
    return bare


def _pair(numbers: Iterable[int]) -> Pair:
    first, second = numbers
    return first, second


def _show(size: Sequence[int]) -> str:
    return show_shape(tuple(size[:2]))
