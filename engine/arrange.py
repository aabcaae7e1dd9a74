"""A network's work can be arranged so that there is less of it, and the same comes out.

Values that nothing reads are not made: a pool that leaves the last row out, and the convolution before it, shrink what
reaches them, up to the network's input. An activation that never falls gives the same before and after a layer that
only chooses among its inputs, max f(z) = f(max z), so it goes behind it, where fewer values are left. And a value that
nobody looks at again going backward can be overwritten by its gradient, which is then in the cache already.
"""

from dataclasses import dataclass
from typing import Any

from engine.layer import Shape
from engine.network import INPUT, Network, Node


@dataclass(frozen=True)
class Plan:
    """read: the part of each layer's output, or of the input, that is read. activations: which comes behind a layer.

    spent: layers whose output is not looked at again once everything before the loss is computed.
    """

    read: dict[str, Shape]
    activations: dict[str, Any]
    spent: frozenset[str]


def arrange(network: Network, *, looking: bool = False) -> Plan:
    """The plan for a network; one in which nothing is moved or left out for whoever wants to look at every value."""
    activations: dict[str, Any] = {node.id: None for node in network.nodes}
    for node in network.nodes:
        f = getattr(node.layer, "activation", None)
        at = node.id
        while not looking and f is not None and f.rises and (after := _chooser_after(network, at)):
            at = after.id
        if f is not None:
            activations[at] = f
    whole = {INPUT: network.read_shape} | {node.id: node.out_shape for node in network.nodes}
    if looking:
        return Plan(whole, activations, frozenset())
    spent = (node.id for node in network.nodes if _is_spent(network, node, activations[node.id]))
    return Plan(_read(network, whole), activations, frozenset(spent))


def _chooser_after(network: Network, id: str) -> Node | None:
    """The layer that reads this one alone and only chooses among its values, with no activation of its own."""
    readers = [node for node in network.nodes if id in node.inputs]
    if len(readers) != 1 or readers[0] is network.output or hasattr(readers[0].layer, "activation"):
        return None
    return readers[0] if readers[0].layer.keeps_order else None


def _read(network: Network, whole: dict[str, Shape]) -> dict[str, Shape]:
    read = {id: tuple(0 for _ in shape) for id, shape in whole.items()}
    read[network.output.id] = network.output.out_shape
    for node in reversed(network.nodes):
        for id in node.inputs:
            wanted = node.layer.reads(whole[id], read[node.id])
            read[id] = tuple(map(max, read[id], wanted))
    return read


def _is_spent(network: Network, node: Node, activation: Any) -> bool:
    looked_at = node is network.output or (activation is not None and activation.name != "linear")
    about = [node, *(reader for reader in network.nodes if node.id in reader.inputs)]
    return not looked_at and not any(n.layer.looks_back for n in about)
