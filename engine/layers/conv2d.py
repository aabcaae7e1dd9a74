"""Conv2D: the same small pattern looked for everywhere in an image."""

from engine.convolution import Convolution, Pair
from engine.layer import Shape, need_rank
from engine.spec import pair, part


@part(
    "layer",
    "conv2d",
    label="Conv2D",
    formula=r"y_{i,j,f} = f\!\left(b_f + \sum_{u,v,c} x_{s i + d u,\; s j + d v,\; c}\, W_{u,v,c,f}\right)",
    examples=(
        ({"filters": 3, "kernel_size": 3}, (5, 6, 2)),
        ({"filters": 16, "kernel_size": 3, "activation": "tanh"}, (6, 6, 16)),
        ({"filters": 16, "kernel_size": 3, "padding": "same", "bias": False}, (5, 7, 16)),
        ({"filters": 2, "kernel_size": [2, 3], "bias": False}, (4, 5, 8)),
        ({"filters": 2, "kernel_size": [3, 4], "strides": [2, 3], "padding": "same"}, (6, 7, 3)),
        ({"filters": 2, "kernel_size": 2, "padding": "explicit", "border": [1, 2]}, (3, 3, 1)),
        ({"filters": 2, "kernel_size": 3, "dilation": [2, 1], "activation": "relu"}, (6, 5, 9)),
        ({"filters": 4, "kernel_size": 2, "strides": 3, "dilation": 2}, (7, 8, 1)),
        ({"filters": 6, "kernel_size": 2, "groups": 2, "padding": "same"}, (3, 4, 4)),
        ({"filters": 3, "kernel_size": 3, "groups": 3, "bias": False, "padding": "same"}, (4, 4, 3)),
        ({"filters": 4, "kernel_size": 2, "groups": 2}, (3, 4, 16)),
        ({"filters": 5, "kernel_size": 1}, (3, 2, 4)),
    ),
    source="LeCun et al. 1989, Neural Computation 1(4); torch.nn.Conv2d",
)
class Conv2D(Convolution):
    """Slides small windows of weights over an image: each filter looks for one pattern and marks where it is.

    Shapes: (H, W, C) → (rows, columns, F); kernel (kh, kw, C / groups, F), bias (F,). Rows: ⌊(H + border − d (kh − 1)
    − 1) / s⌋ + 1, and ⌈H / s⌉ with the padding 'same'. Stored as one matrix (kh·kw·C/groups + 1, F) whose last row
    is the bias. Gradients: dW = Σ x dy over all windows, dx = Σ W dy over the windows that see a value.
    """

    kernel_size: tuple[int, int] = pair((3, 3), lo=1, hi=64, help="Height and width of a window.")
    strides: tuple[int, int] = pair((1, 1), lo=1, hi=64, help="How far a window moves, down and across.")
    border: tuple[int, int] = pair(
        (0, 0), lo=0, hi=64, help="Zeros added above and below, left and right, with the padding 'explicit'."
    )
    dilation: tuple[int, int] = pair((1, 1), lo=1, hi=64, help="1 for a dense window; more leaves gaps in it.")

    def _pairs(self) -> tuple[Pair, Pair, Pair, Pair]:
        return self.kernel_size, self.strides, self.border, self.dilation

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(inputs[0], 3, "an image (height × width × channels)", "Choose a data set of images.")
        return self._out(inputs[0])

    def keras(self, in_shape: Shape) -> str:
        """Keras's layer for inputs of this shape; it leaves the border to a layer of its own."""
        return self._keras("2D")

    def torch(self, in_shape: Shape) -> str:
        """PyTorch's layer for inputs of this shape, which is (C, H, W) there."""
        return self._torch("2d", in_shape)
