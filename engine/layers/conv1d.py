"""Conv1D: the same small pattern looked for everywhere in a sequence."""

from engine.convolution import Convolution, Pair
from engine.layer import Shape, need_rank
from engine.spec import integer, part


@part(
    "layer",
    "conv1d",
    label="Conv1D",
    formula=r"y_{t,f} = f\!\left(b_f + \sum_{u,c} x_{s t + d u,\; c}\, W_{u,c,f}\right)",
    examples=(
        ({"filters": 3, "kernel_size": 3}, (6, 2)),
        ({"filters": 2, "kernel_size": 4, "strides": 2, "padding": "same", "activation": "relu"}, (7, 8)),
        ({"filters": 2, "kernel_size": 2, "padding": "explicit", "border": 2, "bias": False}, (4, 1)),
        ({"filters": 4, "kernel_size": 3, "dilation": 2, "groups": 2}, (7, 4)),
        ({"filters": 3, "kernel_size": 1}, (3, 9)),
    ),
    source="Waibel et al. 1989, IEEE Trans. ASSP 37(3); torch.nn.Conv1d",
)
class Conv1D(Convolution):
    """Slides small windows of weights along a sequence: each filter looks for one pattern and marks where it is.

    Shapes: (T, D) → (steps, F); kernel (k, D / groups, F), bias (F,). Steps: ⌊(T + border − d (k − 1) − 1) / s⌋ + 1,
    and ⌈T / s⌉ with the padding 'same'. All else is as in Conv2D.
    """

    kernel_size: int = integer(3, lo=1, hi=64, help="How many steps a window is long.")
    strides: int = integer(1, lo=1, hi=64, help="How many steps a window moves.")
    border: int = integer(0, lo=0, hi=64, help="Zeros added before and after, with the padding 'explicit'.")
    dilation: int = integer(1, lo=1, hi=64, help="1 for a dense window; more leaves gaps in it.")

    def _pairs(self) -> tuple[Pair, Pair, Pair, Pair]:
        return (self.kernel_size, 1), (self.strides, 1), (self.border, 0), (self.dilation, 1)

    def out_shape(self, *inputs: Shape) -> Shape:
        need_rank(inputs[0], 2, "a sequence (steps × features)", "Choose a data set of sequences.")
        steps, _, filters = self._out((inputs[0][0], 1, inputs[0][1]))
        return (steps, filters)

    def keras(self, in_shape: Shape) -> str:
        """Keras's layer for inputs of this shape; it leaves the border to a layer of its own."""
        return self._keras("1D")

    def torch(self, in_shape: Shape) -> str:
        """PyTorch's layer for inputs of this shape, which is (D, T) there."""
        return self._torch("1d", in_shape)
