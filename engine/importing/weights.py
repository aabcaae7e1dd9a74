"""Weights from a file into a network: under our names, Keras's, or those of a PyTorch state dict.

ours      hidden1.kernel, hidden1.bias          the order of gates and axes as here
Keras     hidden1/kernel, norm/moving_mean      the end of each variable's path
PyTorch   hidden1.weight, rnn.weight_ih_l0      with the modules' paths where they are known from code
"""

import re
from collections.abc import Mapping

import numpy as np

from engine.builder import Array
from engine.errors import DataError
from engine.export.names import identifiers
from engine.export.state import keras_state, torch_state
from engine.importing.foreign import in_order, is_known
from engine.importing.inverse import Arrays, Named, write_back
from engine.layer import Shape
from engine.network import Network
from engine.parameters import Parameters

OURS, KERAS, TORCH = "ours", "keras", "torch"
CELL = re.compile(r"/(lstm|gru|simple_rnn)_cell(_\d+)?(?=/)")  # in Keras a layer inside the layer that is meant
NO_WEIGHTS = re.compile(r"num_batches_tracked$|(^|/)seed_generator")


def put(
    network: Network,
    arrays: Arrays,
    *,
    prefixes: Mapping[str, str] | None = None,
    rows: Mapping[str, Shape] | None = None,
) -> tuple[Parameters, list[str]]:
    """(The network's weights, notes). Raises DataError where an array is missing, misshapen or not finite.

    prefixes: each layer's path in a state dict. rows: Dense layers whose inputs are the values of an image with its
    channels first, and that image's shape here.
    """
    parameters = Parameters(network)
    whose = kind(arrays)
    paths = dict(prefixes) if prefixes else identifiers(node.id for node in network.nodes)
    found, note = called(whose, network, arrays, paths)
    try:
        if whose == KERAS:
            write_back(parameters, lambda w: keras_state(network, w), found)
        elif whose == TORCH:
            found = _summed(found)
            paths = _padded(network, found, paths)
            write_back(parameters, lambda w: torch_state(network, w, paths), found)
            _reorder(network, parameters, rows or {})
        else:
            write_back(parameters, ours, found)
    except DataError as error:
        raise DataError(error.message, where=error.where, fix=f"{note} {error.fix}".strip()) from None
    used = set(_names(whose, network, parameters, paths))
    extra = sorted(name for name in found if name not in used)
    notes = [note] if note else []
    notes += [f"{len(extra)} arrays are of no layer here and were left out: {', '.join(extra)[:100]}."] if extra else []
    return parameters, notes


def called(
    whose: str, network: Network, arrays: Arrays, paths: Mapping[str, str] | None = None
) -> tuple[dict[str, Array], str]:
    """(The arrays with the layers' names of here, a note). The note is empty where they had these names already."""
    found = {name: np.asarray(a) for name, a in arrays.items() if not NO_WEIGHTS.search(name)}
    if whose == KERAS:
        found = {"/".join(CELL.sub("", name).split("/")[-2:]): a for name, a in found.items()}
    weighted = [id for id, named in Parameters(network).arrays() if named]
    if whose == TORCH:
        here = paths or identifiers(node.id for node in network.nodes)
        weighted = [here[id] for id in weighted]
        known = is_known(found, [*weighted, *(f"{path}.1" for path in weighted)])
    else:
        known = is_known(found, weighted)
    return (found, "") if known else in_order(found, weighted)


def ours(weights: Named) -> dict[str, Array]:
    """Every array as 'layer.name'."""
    return {f"{id}.{name}": a for id, arrays in weights.items() for name, a in arrays.items()}


def kind(arrays: Arrays) -> str:
    """Whose names these are: OURS, KERAS or TORCH. Raises DataError where there are none."""
    if not arrays:
        raise DataError("There are no arrays in this file.", where="file")
    if any("/" in name for name in arrays):
        return KERAS
    ends = {name.rpartition(".")[2] for name in arrays}
    return TORCH if ends & {"weight", "weight_ih_l0", "running_mean"} else OURS


def _names(whose: str, network: Network, parameters: Parameters, paths: Mapping[str, str]) -> list[str]:
    named = {id: {**a, **parameters.states[id]} for id, a in parameters.named.items()}
    if whose == KERAS:
        return list(keras_state(network, named))
    return list(torch_state(network, named, paths) if whose == TORCH else ours(named))


def _summed(arrays: dict[str, Array]) -> dict[str, Array]:
    """PyTorch's two offsets of a recurrent layer act as their sum, but in a GRU, whose arrays have three gates."""
    out = dict(arrays)
    for name, a in arrays.items():
        other, kernel = name.replace("bias_hh", "bias_ih"), name.replace("bias_hh", "weight_hh")
        known = "bias_hh_l0" in name and other in out and kernel in out and a.ndim == 1 and out[kernel].ndim == 2
        if known and len(a) != 3 * out[kernel].shape[-1] and a.shape == out[other].shape:
            out[other], out[name] = out[other] + a, np.zeros_like(a)
    return out


def _padded(network: Network, found: Arrays, paths: dict[str, str]) -> dict[str, str]:
    """A convolution behind an nn.ZeroPad has its weights one step further in."""
    return {id: f"{path}.1" if f"{path}.1.weight" in found else path for id, path in paths.items()}


def _reorder(network: Network, parameters: Parameters, rows: Mapping[str, Shape]) -> None:
    """Rows of a Dense kernel from the order channels, rows, columns into rows, columns, channels."""
    for id, (*places, channels) in rows.items():
        kernel = parameters.named[id]["kernel"]
        first = kernel.reshape(channels, *places, -1)
        kernel[...] = np.moveaxis(first, 0, -2).reshape(kernel.shape).copy()
