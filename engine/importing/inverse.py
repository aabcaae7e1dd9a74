"""The way back from another tool's arrays, found from the way there.

An exporter turns weights around: axes change places, gates change their order, constants are added. `inverse` lets it
do that to numbers that say where they come from, and so learns where each weight ends up; no layer needs a second,
mirrored description that could disagree with the first.
"""

from collections.abc import Callable, Mapping

import numpy as np

from engine.builder import Array
from engine.errors import DataError
from engine.parameters import Parameters

Arrays = Mapping[str, Array]
Named = dict[str, dict[str, Array]]


def named(parameters: Parameters) -> Named:
    """Views of every array by layer and name, running statistics as well: writing to them writes to the weights."""
    return {id: {**arrays, **parameters.states[id]} for id, arrays in parameters.named.items()}


def write_back(parameters: Parameters, export: Callable[[Named], Arrays], found: Arrays) -> None:
    """Fill `parameters` so that `export` of them would give the arrays `found`.

    Raises DataError where an array is missing, has another shape, or is not finite.
    """
    trial = parameters.like()
    places = named(trial)
    sizes = [(array, array.size) for arrays in places.values() for array in arrays.values()]
    start = 1.0  # so that no number is its own negative
    for array, size in sizes:
        array[...] = np.arange(start, start + size).reshape(array.shape)
        start += size
    once = {name: np.array(array, np.float64) for name, array in export(places).items()}
    for array, _ in sizes:
        array *= -1.0
    twice = export(places)
    values = np.full(int(start), np.nan)
    for name, index in once.items():
        ours = index == -twice[name]  # the others are constants of the export
        ours &= index != 0
        if not ours.any():
            continue
        given = found.get(name)
        if given is None:
            has = ", ".join(list(found)[:8]) + (" …" if len(found) > 8 else "")
            fix = f"It has the shape {index.shape}. The file has: {has[:200]}."
            raise DataError(f"The array {name!r} is missing.", where=f"weights.{name}", fix=fix)
        if given.shape != index.shape:
            raise DataError(
                f"The array {name!r} has the shape {tuple(given.shape)}, but the network needs {index.shape}.",
                where=f"weights.{name}",
                fix="Take a file of the same network, or bring in the network that the file is of.",
            )
        values[index[ours].astype(np.intp)] = given[ours]
    if not np.isfinite(values[1:]).all():
        raise DataError("Some weights are missing or not finite.", where="weights")
    targets, start_at = named(parameters), 1
    for arrays in targets.values():
        for array in arrays.values():
            array[...] = values[start_at : start_at + array.size].reshape(array.shape)
            start_at += array.size
