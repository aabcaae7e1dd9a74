"""How much work a network is, without doing it: so that a question can be refused or cut down before it takes long."""

import math

from engine.network import Network, Node

CALL = 1500  # multiply-adds in the time of one NumPy call


def work(network: Network) -> int:
    """About how many multiply-adds one example takes forward."""
    return sum(max(node.count() * _places(node), math.prod(node.out_shape)) for node in network.nodes)


def _places(node: Node) -> int:
    """How often a layer's weights are used for one example: once, or at every place or step."""
    if len(node.out_shape) > 1:
        return math.prod(node.out_shape[:-1])
    return math.prod(node.in_shapes[0][:-1])
