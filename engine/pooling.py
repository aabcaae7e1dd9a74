"""What MaxPool2D and AvgPool2D share: windows over an image, each channel by itself."""

from dataclasses import dataclass
from typing import Any

from engine.layer import Layer, Shape, need_rank
from engine.spec import choice, pair
from engine.windows import Pair, Windows, slide


@dataclass(frozen=True)
class Pooling(Layer):
    """Base of the pooling layers."""

    pool_size: tuple[int, int] = pair((2, 2), lo=1, hi=64, help="Height and width of a window.")
    strides: tuple[int, int] | None = pair(
        None,  # type: ignore[arg-type]
        lo=1,
        hi=64,
        help="How far a window moves, down and across; empty: by its own size.",
    )
    padding: str = choice(
        "valid",
        ("valid", "same"),
        help="What happens at the edges: windows stay inside (valid), or reach over them so that nothing is left out"
        " (same).",
    )

    looks_back = False

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(inputs[0], 3, "an image (height × width × channels)", "Choose a data set of images.")
        return (*self._windows(inputs[0]).count(inputs[0]), inputs[0][2])

    def reads(self, shape: Shape, wanted: Shape) -> Shape:
        if self.padding != "valid":
            return shape
        return (*self._windows(shape).reads(wanted), shape[2])

    def _windows(self, shape: Shape) -> Windows:
        return slide(shape, self.pool_size, self._steps, self.padding)

    @property
    def _steps(self) -> Pair:
        return self.strides or self.pool_size

    # the same layer elsewhere

    def _keras(self, kind: str) -> str:
        return f"keras.layers.{kind}Pooling2D({self.pool_size}, strides={self._steps}, padding='{self.padding}')"

    def _torch(self, kind: str, in_shape: Shape, **facts: Any) -> str:
        """Windows that reach further below than above are PyTorch's ceil_mode, where they move by more than 1.

        Empty where PyTorch has no such layer: means over an uneven edge.
        """
        windows, frame = self._windows(in_shape), ""
        edges = zip(windows.before, windows.after, self._steps, strict=True)
        if any(above != below and step == 1 for above, below, step in edges):
            if kind != "Max":
                return ""
            frame = f"nn.ConstantPad2d({windows.edges}, float('-inf'))"
        elif windows.bordered:
            facts |= {"padding": windows.before, "ceil_mode": windows.after != windows.before}
        more = "".join(f", {name}={value}" for name, value in facts.items())
        code = f"nn.{kind}Pool2d({self.pool_size}, stride={self._steps}{more})"
        return f"nn.Sequential({frame}, {code})" if frame else code
