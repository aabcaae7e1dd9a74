"""How a convolution's or a pooling's windows lie on its input, in numbers that every other tool understands."""

from typing import Any

from engine.layer import Shape
from engine.windows import Windows, slide


def windows(layer: Any, in_shape: Shape) -> Windows:
    """Size, strides, dilation and border of a layer's windows on an input (H, W, C), or (T, D): one column wide."""
    if layer.name == "conv1d":
        size, strides, border, dilation = (
            (n, fill)
            for n, fill in ((layer.kernel_size, 1), (layer.strides, 1), (layer.border, 0), (layer.dilation, 1))
        )
        return slide((in_shape[0], 1), size, strides, layer.padding, border, dilation)
    if layer.name == "conv2d":
        return slide(in_shape[:2], layer.kernel_size, layer.strides, layer.padding, layer.border, layer.dilation)
    return slide(in_shape[:2], layer.pool_size, layer.strides or layer.pool_size, layer.padding)


def axes(pair: tuple[int, int], in_shape: Shape) -> list[int]:
    """A number for each axis that windows slide along: two for an image, one for a sequence."""
    return list(pair[: len(in_shape) - 1])
