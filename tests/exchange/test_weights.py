"""Weights out and in under everybody's names, and files that mean no good."""

import io
import pickle
import struct
import zipfile

import numpy as np
import pytest

from engine.errors import DataError, LimitError, PlaygroundError
from engine.export import safetensors
from engine.export.state import keras_state, torch_state
from engine.export.torch_net import write
from engine.importing.npz import read_npz
from engine.importing.torch_code import from_torch
from engine.importing.weights import ours, put
from engine.network import Network
from tests.exchange.networks import arrays, filled, named_cases, outputs
from tests.exchange.test_torch_in import TEXTBOOK

CASES = [(name, n) for name, n in named_cases() if n.count()]
EVERY = pytest.mark.parametrize("network", [network for _, network in CASES], ids=[name for name, _ in CASES])


def npz(named):
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **named)
    return read_npz(file.getvalue())


def tensors(named):
    return safetensors.read(safetensors.write(named))[0]


@EVERY
@pytest.mark.parametrize("through", [npz, tensors])
def test_weights_come_back_under_everybodys_names(network, through):
    parameters = filled(network)
    named = arrays(parameters)
    prefixes = write(network, sums=False).prefixes
    for state in (ours(named), keras_state(network, named), torch_state(network, named, prefixes)):
        back, notes = put(network, through(state))
        np.testing.assert_array_equal(back.packed(), parameters.packed())
        assert notes == []


def test_the_library_reads_what_we_write_and_the_other_way_round(rng):
    library = pytest.importorskip("safetensors.numpy")
    named = {
        "a.b": rng.standard_normal((2, 3)).astype(np.float32),
        "c": np.float32(3.5),
        "d": np.zeros((0, 4), np.float32),
    }
    theirs = library.load(safetensors.write(named, {"made": "here"}))
    back, metadata = safetensors.read(library.save({k: np.asarray(v) for k, v in named.items()}))
    for name, a in named.items():
        np.testing.assert_array_equal(theirs[name], a)
        np.testing.assert_array_equal(back[name], a)
    assert metadata == {}
    assert safetensors.read(safetensors.write(named, {"made": "here"}))[1] == {"made": "here"}


def test_a_pytorch_network_gives_the_same_here_with_its_own_weights(rng):
    """Code and state dict together: channels first there, last here, and the first Linear's rows in their order."""
    torch = pytest.importorskip("torch")
    code = TEXTBOOK.replace("6 * 6", "5 * 5")
    space = {"torch": torch, "nn": torch.nn, "optim": torch.optim}
    start, end = code.index("class CNN"), code.index("transform =")
    exec(code[start:end], space)
    model = space["CNN"]().eval()
    state = {name: a.numpy() for name, a in model.state_dict().items()}
    found = from_torch(code)
    network = Network.from_json(found.network, found.input_shape)
    parameters, notes = put(network, tensors(state), prefixes=found.prefixes, rows=found.rows)
    x = rng.uniform(0, 1, (3, 28, 28, 1)).astype(np.float32)
    with torch.no_grad():
        theirs = model(torch.from_numpy(x.reshape(3, 1, 28, 28))).numpy()
    np.testing.assert_allclose(outputs(parameters, x), theirs, rtol=1e-4, atol=1e-5)
    assert notes == []


def test_both_offsets_of_an_lstm_count(rng):
    torch = pytest.importorskip("torch")
    code = "from torch import nn\nclass Net(nn.Module):\n  def __init__(self):\n    super().__init__()\n"
    code += "    self.read = nn.LSTM(1, 4, batch_first=True)\n    self.out = nn.Linear(4, 2)\n"
    code += "  def forward(self, x):\n    return self.out(self.read(x)[0][:, -1])\n"
    space = {}
    exec(code, space)
    model = space["Net"]()
    found = from_torch(code, (5, 1))
    network = Network.from_json(found.network, found.input_shape)
    state = {name: a.numpy() for name, a in model.state_dict().items()}
    parameters, _ = put(network, state, prefixes=found.prefixes)
    x = rng.standard_normal((3, 5, 1)).astype(np.float32)
    with torch.no_grad():
        np.testing.assert_allclose(outputs(parameters, x), model(torch.from_numpy(x)).numpy(), rtol=1e-5, atol=1e-6)


def test_what_is_missing_misshapen_or_too_much_is_named():
    network = dict(CASES)["a text reader"]
    named = ours(arrays(filled(network)))
    with pytest.raises(DataError, match=r"'next\.bias' is missing"):
        put(network, {k: a for k, a in named.items() if k != "next.bias"})
    with pytest.raises(DataError, match=r"'next\.bias' has the shape \(8,\)"):
        put(network, {**named, "next.bias": named["next.bias"][:-1]})
    with pytest.raises(DataError, match="not finite"):
        put(network, {**named, "next.bias": np.full_like(named["next.bias"], np.nan)})
    assert put(network, {**named, "other.bias": named["next.bias"]})[1] == [
        "1 arrays are of no layer here and were left out: other.bias."
    ]


# Files that mean no good


def npy(array, **kwargs):
    file = io.BytesIO()
    np.save(file, array, **kwargs)
    return file.getvalue()


def zipped(*entries, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return file.getvalue()


def lying(shape, dtype="<f4"):
    """An .npy whose header promises more than there is."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + b"\0" * 8


def objects():
    """An array of objects: reading it would run whatever it says."""
    header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + "\n"
    harm = pickle.dumps([print])
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + harm


NPZ = {
    "no zip": b"hello",
    "nothing": b"",
    "a pickle": pickle.dumps({"a": 1}),
    "a bare npy": npy(np.zeros(3)),
    "objects": zipped(("a.npy", objects())),
    "texts": zipped(("a.npy", npy(np.array(["x", "y"])))),
    "something else inside": zipped(("a.py", b"import os")),
    "a folder": zipped(("a/", b"")),
    "more than there is": zipped(("a.npy", lying((10**12,)))),
    "a negative size": zipped(("a.npy", lying((-1,)))),
    "a shape that is code": zipped(("a.npy", lying("__import__('os').getpid()"))),
    "a huge header": zipped(("a.npy", b"\x93NUMPY\x02\x00" + struct.pack("<I", 10**6) + b" " * 10**6)),
    "cut off": zipped(("a.npy", npy(np.zeros(1000))))[:-40],
    "damaged": zipped(("a.npy", npy(np.arange(1000.0)))).replace(b"\x93NUMPY", b"\x93NUMPX", 1)[:200] + b"x" * 200,
}


@pytest.mark.parametrize("data", NPZ.values(), ids=NPZ.keys())
def test_npz_files_that_are_not_plain_arrays_are_refused(data):
    with pytest.raises(DataError):
        read_npz(data)


def test_a_zip_bomb_stops_at_the_limit():
    bomb = zipped(*((f"{k}.npy", npy(np.zeros(2**20, np.float32))) for k in range(40)))
    assert len(bomb) < 2**18
    with pytest.raises(LimitError, match="Unpacked"):
        read_npz(bomb, max_bytes=2**24)


def test_a_size_that_lies_does_not_help():
    honest = zipped(("a.npy", npy(np.zeros(2**20, np.float32))))
    place = honest.rindex(b"PK\x01\x02") + 24  # the size in the directory
    lie = honest[:place] + struct.pack("<I", 100) + honest[place + 4 :]
    with pytest.raises(PlaygroundError):
        read_npz(lie, max_bytes=2**16 * 4)


def test_names_that_climb_out_of_the_folder_are_names_only(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = read_npz(zipped(("../../evil.npy", npy(np.zeros(2))), ("/etc/passwd.npy", npy(np.zeros(2)))))
    assert set(found) == {"../../evil", "/etc/passwd"}
    assert list(tmp_path.iterdir()) == []


def test_too_many_or_too_large_npz_files_are_refused():
    with pytest.raises(LimitError):
        read_npz(zipped(*((f"{k}.npy", b"") for k in range(1001))))
    with pytest.raises(LimitError):
        read_npz(b"x" * 11, max_bytes=10)


def header(text, values=b"\0" * 16):
    raw = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(raw)) + raw + values


ONE = '{"a": {"dtype": "%s", "shape": %s, "data_offsets": %s}}'
TENSORS = {
    "nothing": b"",
    "too short": b"\x01",
    "a header beyond its end": struct.pack("<Q", 2**60) + b"{}",
    "no JSON": header("{"),
    "a tower of brackets": header("[" * 100_000),
    "a list": header("[]"),
    "no place": header('{"a": {"dtype": "F32", "shape": [4]}}'),
    "an unknown type": header(ONE % ("F8_E5M2", "[4]", "[0, 16]")),
    "another size": header(ONE % ("F32", "[5]", "[0, 16]")),
    "beyond the file": header(ONE % ("F32", "[400]", "[0, 1600]")),
    "a negative place": header(ONE % ("F32", "[4]", "[-16, 0]")),
    "a huge shape": header(ONE % ("F32", f"[{2**62}, 4]", "[0, 16]")),
    "truth for a number": header(ONE % ("F32", "[true]", "[0, 4]")),
    "a text for a shape": header(ONE % ("F32", '"4"', "[0, 16]")),
}


@pytest.mark.parametrize("data", TENSORS.values(), ids=TENSORS.keys())
def test_safetensors_that_lie_are_refused(data):
    with pytest.raises(DataError):
        safetensors.read(data)


def test_large_safetensors_are_refused():
    with pytest.raises(LimitError):
        safetensors.read(b"x" * 11, max_bytes=10)
