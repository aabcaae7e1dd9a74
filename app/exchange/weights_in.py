"""Files of weights for a network that is there: safetensors, NPZ or ONNX, told apart by their first bytes."""

from typing import Literal

from engine.builder import Array
from engine.errors import DataError
from engine.export import safetensors
from engine.importing.foreign import paired
from engine.importing.inverse import named
from engine.importing.npz import read_npz
from engine.importing.weights import TORCH, called, kind, ours, put
from engine.layer import Shape
from engine.network import INPUT, Network
from engine.parameters import Parameters

Order = Literal["channels_last", "channels_first"]
SAME_ORDER = ("activation", "dropout", "spatial_dropout2d")  # what may lie between an image in a row and who reads it
ZIP, HDF5, PICKLE, MODEL = b"PK", b"\x89HDF", b"\x80", b"\x08"  # what files begin with
TORCH_FILE = ("Files of PyTorch's own may hold a program, so they are not read.",
    "Save the weights alone: safetensors.torch.save_file(model.state_dict(), 'weights.safetensors').")  # fmt: skip
KERAS_FILE = ("Files of Keras's own (.keras, .h5) are not read.",
    "Save the weights alone: numpy.savez('weights.npz', **{v.path: v for v in model.variables}).")  # fmt: skip


def read_weights(
    data: bytes, network: Network, *, most: int, max_parameters: int, order: Order | None = None
) -> tuple[Parameters, list[str]]:
    """(All weights of the network, notes). Raises DataError naming array and shapes, LimitError where it is too large.

    order: of an image's values in a row, with PyTorch's names; None: as here if the file's layers are called as here.
    """
    arrays = _arrays(data, network, most, max_parameters)
    rows, whose = images_in_rows(network), kind(arrays)
    chosen = order or ("channels_first" if called(whose, network, arrays)[1] else "channels_last")
    parameters, notes = put(network, arrays, rows=rows if chosen == "channels_first" else None)
    if rows and whose == TORCH and order is None:
        read = ", ".join(rows)
        if chosen == "channels_first":
            notes.append(
                f"{read} reads images channel by channel, as in PyTorch; order=channels_last is the other way."
            )
        else:
            notes.append(
                f"{read} reads images row by row, as in programs exported here; order=channels_first is the other."
            )
    return parameters, notes


def images_in_rows(network: Network) -> dict[str, Shape]:
    """Dense layers that read the values of an image in a row, and that image's shape."""
    nodes = {node.id: node for node in network.nodes}
    found: dict[str, Shape] = {}
    for node in network.nodes:
        if node.layer.name != "dense":
            continue
        source = node.inputs[0]
        while source != INPUT and nodes[source].layer.name in SAME_ORDER:
            source = nodes[source].inputs[0]
        if source != INPUT and nodes[source].layer.name == "flatten":
            shape = nodes[source].in_shapes[0]
            if len(shape) > 2 and shape[-1] > 1:  # one channel has one order
                found[node.id] = shape
    return found


def _arrays(data: bytes, network: Network, most: int, max_parameters: int) -> dict[str, Array]:
    if data.startswith(ZIP):
        _no_archive_of_others(data)
        return read_npz(data, max_bytes=most)
    if data.startswith(HDF5):
        raise DataError(KERAS_FILE[0], where="file", fix=KERAS_FILE[1])
    if data.startswith(PICKLE):
        raise DataError(TORCH_FILE[0], where="file", fix=TORCH_FILE[1])
    if data[8:9] == b"{":
        return safetensors.read(data, max_bytes=most)[0]
    return _of_model(data, network, most, max_parameters)


def _no_archive_of_others(data: bytes) -> None:
    """Zip files that are no NPZ, told by the names in them, which stand there as they are."""
    if b"model.weights.h5" in data:
        raise DataError(KERAS_FILE[0], where="file", fix=KERAS_FILE[1])
    if b"data.pkl" in data:
        raise DataError(TORCH_FILE[0], where="file", fix=TORCH_FILE[1])


def _of_model(data: bytes, network: Network, most: int, max_parameters: int) -> dict[str, Array]:
    """The weights of an ONNX model, whose layers may have other names than here: they follow in the same order."""
    from app.exchange.onnx_in import read_onnx  # the library is optional

    if not data.startswith(MODEL):
        fix = "Choose a file that ends in .safetensors, .npz or .onnx."
        raise DataError("This is no file of weights.", where="file", fix=fix)
    model = read_onnx(data, max_bytes=most, max_parameters=max_parameters)
    theirs = {id: arrays for id, arrays in named(model.parameters).items() if arrays}
    new = paired(list(theirs), [id for id, arrays in named(Parameters(network)).items() if arrays])
    return ours({new[id]: arrays for id, arrays in theirs.items()})
