"""Layers that a file calls otherwise than the network here: they are found by their order, and the reader is told which
was taken for which.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from engine.builder import Array
from engine.errors import DataError

SHOWN = 12  # layers named in a note


def layer_of(name: str) -> str:
    """The layer that an array belongs to, by its name: `fc1.weight` and `dense/kernel` to fc1 and dense."""
    return name.rpartition("/" if "/" in name else ".")[0]


def is_known(arrays: Iterable[str], layers: Iterable[str]) -> bool:
    """Whether any array belongs to one of these layers by its name."""
    return not {layer_of(name) for name in arrays}.isdisjoint(layers)


def in_order(arrays: Mapping[str, Array], layers: Sequence[str]) -> tuple[dict[str, Array], str]:
    """(The arrays under the names of these layers, what was taken for which). Raises DataError for another number."""
    new = paired(_sorted(list(dict.fromkeys(layer_of(name) for name in arrays))), layers)
    renamed = {new[layer_of(name)] + name[len(layer_of(name)) :]: a for name, a in arrays.items()}
    pairs = _listed([f"{name} as {layer}" for name, layer in new.items()])
    return renamed, f"The file calls its layers otherwise; they were taken in their order: {pairs}."


def paired(theirs: Sequence[str], layers: Sequence[str]) -> dict[str, str]:
    """The layer here for each layer of the file, one after the other. Raises DataError for another number."""
    if len(theirs) != len(layers):
        raise DataError(
            f"The file has weights of {len(theirs)} layers ({_listed(theirs)}), "
            f"the network here has {len(layers)} with weights ({_listed(layers)}).",
            where="file",
            fix="Bring in the network that the file is of.",
        )
    return dict(zip(theirs, layers, strict=True))


def _sorted(theirs: list[str]) -> list[str]:
    """As in the file, unless its tool has sorted numbers as words: then by groups and their numbers."""
    heads = [head for head, _ in map(_parts, theirs)]
    groups = {head: [n for h, n in map(_parts, theirs) if h == head] for head in heads}
    if all(numbers == sorted(numbers) for numbers in groups.values()):
        return theirs
    return sorted(theirs, key=lambda name: (heads.index(_parts(name)[0]), _parts(name)[1]))


def _parts(name: str) -> tuple[str, int]:
    """What stands before the number at the end, and that; dense comes before dense_1."""
    found = re.fullmatch(r"(.*?)[._]?(\d+)", name)
    return (found[1], int(found[2])) if found and len(found[2]) < 9 else (name, 0)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name[:60] for name in names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
