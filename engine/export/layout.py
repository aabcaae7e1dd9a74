"""Where the channels of images and sequences stand in other tools, and where axes have to change places for that.

Here the channels are last: (N, H, W, C), (N, T, D). PyTorch's and ONNX's convolutions want them first: (N, C, H, W),
(N, C, T). `plan` follows a network from its input and says, for every layer, which of its inputs have to be
transposed and how its output lies. Plain rows have no layout: they are the same either way.
"""

from dataclasses import dataclass
from typing import Any

from engine.errors import SpecError
from engine.layer import Shape
from engine.network import INPUT, Network, Node

LAST, FIRST, ANY = "last", "first", "any"

# What each layer wants. ANY: it takes its inputs as they lie, and its output lies as its first input does.
WANTED: dict[str, str] = {
    "activation": ANY,
    "add": ANY,
    "avg_pool2d": FIRST,
    "batch_norm": FIRST,
    "concatenate": ANY,
    "conv1d": FIRST,
    "conv2d": FIRST,
    "dense": LAST,
    "dropout": ANY,
    "embedding": LAST,
    "flatten": LAST,
    "global_avg_pool2d": FIRST,
    "gru": LAST,
    "layer_norm": LAST,
    "lstm": LAST,
    "max_pool2d": FIRST,
    "multiply": ANY,
    "reshape": LAST,
    "simple_rnn": LAST,
    "spatial_dropout2d": FIRST,
}


@dataclass(frozen=True)
class Place:
    """A layer in its layout: how each input has to lie (its source lies as `sources` says), and how its output does."""

    node: Node
    sources: tuple[str, ...]
    wanted: tuple[str, ...]
    out: str

    @property
    def layer(self) -> Any:
        """The declared layer; its parameters are attributes."""
        return self.node.layer

    @property
    def shape(self) -> Shape:
        """The shape of its (first) input, channels last."""
        return self.node.in_shapes[0]

    def turns(self) -> tuple[tuple[int, ...] | None, ...]:
        """For each input the order of its axes, batch included, as `transpose` takes it; None where nothing changes."""
        return tuple(
            None if have == want else turn(len(shape), want)
            for have, want, shape in zip(self.sources, self.wanted, self.node.in_shapes, strict=True)
        )


def turn(rank: int, to: str) -> tuple[int, ...] | None:
    """The order of axes that brings (N, *shape) with `rank` axes besides N into a layout; None where it is the same."""
    if rank < 2:
        return None
    return (0, rank, *range(1, rank)) if to == FIRST else (0, *range(2, rank + 1), 1)


def laid(shape: Shape, layout: str) -> Shape:
    """A shape, without the batch, as it is in a layout."""
    return (shape[-1], *shape[:-1]) if layout == FIRST and len(shape) > 1 else tuple(shape)


def plan(network: Network) -> tuple[Place, ...]:
    """Every layer with its layouts, in the order of computation. The network's input has its channels last.

    Raises SpecError for a layer that has no row here.
    """
    lies: dict[str, str] = {INPUT: LAST}
    out = []
    for node in network.nodes:
        want = WANTED.get(node.layer.name)
        if want is None:
            raise SpecError(
                f"{node.layer.label} can not be exported: nobody has said how its channels lie elsewhere.",
                where=f"network.layers.{node.id}",
                fix="Add it to WANTED in engine/export/layout.py.",
            )
        sources = tuple(lies[i] for i in node.inputs)
        if want == ANY:
            want = sources[0]
        if _mixes(node) and len(node.in_shapes[0]) > 1:
            want = FIRST
        wanted = tuple(want if len(shape) > 1 else have for have, shape in zip(sources, node.in_shapes, strict=True))
        lies[node.id] = want if len(node.out_shape) > 1 else LAST
        out.append(Place(node, sources, wanted, lies[node.id]))
    return tuple(out)


def _mixes(node: Node) -> bool:
    """A softmax of its own: PyTorch's catalogue entry takes the sum over axis 1."""
    activation = getattr(node.layer, "activation", None)
    return node.layer.name == "activation" and activation is not None and activation.name == "softmax"
