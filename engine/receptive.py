"""One value of a feature map: the window of its input that it was made from, number by number.

What a layer gives for a sequence, (T, F), is a map of one row whose columns are the steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.builder import Array
from engine.errors import SpecError
from engine.layer import Shape
from engine.layers.avg_pool2d import AvgPool2D
from engine.layers.conv1d import Conv1D
from engine.layers.conv2d import Conv2D
from engine.layers.max_pool2d import MaxPool2D
from engine.network import INPUT, Network, Node
from engine.recurrent import Recurrent
from engine.spec import show

if TYPE_CHECKING:
    from engine.train import Trainer

HOW: dict[type, str] = {Conv1D: "sum", Conv2D: "sum", MaxPool2D: "largest", AvgPool2D: "mean"}
Field = tuple[int, int, int, int]  # first row, first column, last row, last column


@dataclass(frozen=True)
class Share:
    """What one channel of the input adds: patch (h, w), NaN where the border lies; kernel (h, w) of a convolution.

    whole: the channel as a map (H, W).
    """

    channel: int
    patch: Array
    kernel: Array | None
    sum: float
    whole: Array


@dataclass(frozen=True)
class Made:
    """How a value came about. rows, columns: of the input, outside of it where the border lies; field: of the picture
    or the sequence, None where the network reads neither.

    rest: the sum of the channels that are not among `shares`, of `channels` that are read. winner: the place in the
    window of the largest value, the first of equal ones.
    """

    how: str
    reads: str
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    shares: tuple[Share, ...]
    rest: float
    channels: int
    bias: float | None
    pre: float
    output: float
    activation: str
    winner: tuple[int, int] | None
    field: Field | None


def made(trainer: "Trainer", x: Array, layer: str, at: tuple[int, int, int], most: int = 4) -> Made:
    """The value at (row, column, channel) that a convolution or pooling layer gives for the example x.

    The `most` channels that count most come first. Raises SpecError naming layer, row, column or channel.
    """
    network = trainer.network
    node = _node(network, layer)
    for name, wanted, size in zip(("row", "column", "channel"), at, _as_map(node.out_shape), strict=True):
        if not 0 <= wanted < size:
            raise SpecError(f"{layer} has no {name} {wanted}.", where=name, fix=f"Choose from 0 to {size - 1}.")
    given = trainer.activations(x[None]) | {INPUT: x[None]}
    names = (layer, f"{layer}:pre", node.inputs[0])
    seen = {name: given[name][0].reshape(_as_map(given[name].shape[1:])) for name in names if name in given}
    image = seen[node.inputs[0]]
    rows, columns = _window(node, at)
    inside = [np.array([0 <= k < n for k in line]) for line, n in zip((rows, columns), image.shape, strict=False)]
    patch = np.full((len(rows), len(columns), image.shape[2]), np.nan)
    patch[np.ix_(*inside)] = image[np.ix_(*(np.array(p)[i] for p, i in zip((rows, columns), inside, strict=True)))]
    shares, bias = _shares(trainer, node, image, patch, at[2])
    shares.sort(key=lambda share: -abs(share.sum))
    how = HOW[type(node.layer)]
    largest = np.unravel_index(np.nanargmax(patch[..., at[2]]), patch.shape[:2]) if how == "largest" else None
    output = float(seen[layer][at])
    return Made(
        how=how,
        reads=node.inputs[0],
        rows=rows,
        columns=columns,
        shares=tuple(shares[:most]),
        rest=sum(share.sum for share in shares[most:]),
        channels=len(shares),
        bias=bias,
        pre=float(seen.get(f"{layer}:pre", seen[layer])[at]),
        output=output,
        activation=getattr(getattr(node.layer, "activation", None), "name", "linear"),
        winner=None if largest is None else (int(largest[0]), int(largest[1])),
        field=_field(network, node, (rows[0], columns[0], rows[-1], columns[-1])),
    )


def _node(network: Network, layer: str) -> Node:
    known = [node.id for node in network.nodes if type(node.layer) in HOW]
    if layer not in known:
        fix = f"Choose from: {', '.join(known)}." if known else "Put a convolution into the network."
        raise SpecError(f"{show(layer)} is no convolution or pooling layer.", where="layer", fix=fix)
    return next(node for node in network.nodes if node.id == layer)


def _window(node: Node, at: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows and columns of the input that the window sees, counted from the input's first, without the border."""
    shape, is_sequence = node.in_shapes[0], len(node.in_shapes[0]) == 2
    w = node.layer._windows((shape[0], 1) if is_sequence else shape)  # type: ignore[attr-defined]
    place = (at[1], at[0]) if is_sequence else at[:2]  # to the windows, a sequence is a column
    lines = zip(place, w.strides, w.before, w.size, w.dilation, strict=True)
    down, across = (tuple(k * step - before + i * gap for i in range(size)) for k, step, before, size, gap in lines)
    return (across, down) if is_sequence else (down, across)


def _shares(
    trainer: "Trainer", node: Node, image: Array, patch: Array, channel: int
) -> tuple[list[Share], float | None]:
    """What each channel that is read adds, and the bias."""
    if not isinstance(node.layer, Conv1D | Conv2D):
        own = patch[..., channel]
        value = np.nanmax(own) if isinstance(node.layer, MaxPool2D) else np.nanmean(own)
        return [Share(channel, own, None, float(value), image[..., channel])], None
    weights = trainer.parameters.find(node.id, "kernel")[..., channel].astype(np.float64)
    kernel = weights.reshape(*patch.shape[:2], -1)  # (h, w, C / groups)
    count, per_group = kernel.shape[2], node.layer.filters // node.layer.groups
    first = channel // per_group * count
    sums = np.nansum(patch[..., first : first + count] * kernel, axis=(0, 1))
    shares = [
        Share(c, patch[..., c], kernel[..., c - first], float(sums[c - first]), image[..., c])
        for c in range(first, first + count)
    ]
    return shares, float(trainer.parameters.find(node.id, "bias")[channel]) if node.layer.bias else None


def _field(network: Network, node: Node, window: Field) -> Field | None:
    """What a window of the node's input sees of the picture: the smallest rectangle that holds it all."""
    if len(network.input_shape) not in (2, 3):
        return None
    seen: dict[str, Field] = {node.inputs[0]: _within(window, node.in_shapes[0])}
    for before in reversed(network.nodes[: network.nodes.index(node)]):
        if before.id not in seen:
            continue
        for source, shape in zip(before.inputs, before.in_shapes, strict=True):
            box = _within(_behind(before, shape, seen[before.id]), shape)
            a, b = box, seen.get(source, box)
            seen[source] = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    return seen[INPUT]


def _behind(node: Node, shape: Shape, box: Field) -> Field:
    """What a rectangle of a layer's output is made from in an input of that shape."""
    if type(node.layer) in HOW:
        first, last = _window(node, box[:2]), _window(node, box[2:])
        return first[0][0], first[1][0], last[0][-1], last[1][-1]
    rows, columns, _ = _as_map(shape)
    if not {len(shape), len(node.out_shape)} <= {2, 3} or _as_map(node.out_shape)[:2] != (rows, columns):
        return 0, 0, rows - 1, columns - 1
    return (0, 0, *box[2:]) if isinstance(node.layer, Recurrent) else box  # all steps so far, or value by value


def _within(box: Field, shape: Shape) -> Field:
    (top, left, bottom, right), (rows, columns, _) = box, _as_map(shape)
    return max(0, top), max(0, left), min(rows - 1, bottom), min(columns - 1, right)


def _as_map(shape: Shape) -> tuple[int, int, int]:
    """Rows, columns and channels: of a sequence one row, of a vector one place."""
    rows, columns, channels = (1, 1, *shape)[-3:]
    return rows, columns, channels
