"""Weights of a file go into a run over REST: out of one, into another, as an edit; hostile ones go nowhere."""

import asyncio
import pickle
import struct

import numpy as np
import pytest
from fastapi import HTTPException
from starlette.testclient import TestClient

from app.api.body import WRAPPING, BodyLimit, Larger
from app.exchange.weights_in import read_weights
from app.main import create_app
from app.settings import Settings
from engine.errors import DataError
from engine.export import safetensors
from engine.network import Network
from tests.exchange.test_weights import npy, zipped

API = "/api/v1"
KEY = {"Authorization": "Bearer an-owner-s-key-of-good-length"}
CONV = {"type": "conv2d", "filters": 3, "kernel_size": 3, "activation": "relu"}
LAYERS = [
    {"id": "conv", **CONV},
    {"id": "norm", "type": "batch_norm"},
    {"id": "flat", "type": "flatten"},
    {"id": "output", "type": "dense", "units": 10, "activation": "softmax"},
]
TRAINING = {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 200}
SPEC = {"data": {"type": "digits"}, "network": {"layers": LAYERS}, "training": TRAINING}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), workers=1, max_model_bytes=2**18)
    with TestClient(create_app(settings)) as client:
        yield client


def make(client, **changes):
    made = client.post(f"{API}/runs", json={**SPEC, **changes}, headers=KEY)
    assert made.status_code == 201
    return f"{API}/runs/{made.json()['id']}"


def advance(client, run, unit, count):
    body = {"state": "paused", "advance": {"unit": unit, "count": count}}
    client.put(f"{run}/state", json=body, headers=KEY)
    while client.get(run).json()["state"] == "running":
        pass


def put(client, run, data, **form):
    return client.put(f"{run}/weights", files={"file": ("file", data)}, data=form, headers=KEY)


def layers_of(client, run):
    return client.get(f"{run}/weights").json()["layers"]


def outputs_of(client, run):
    inputs = client.get(f"{run}/examples?limit=20").json()["inputs"]
    return np.array(client.post(f"{run}/predict", json={"inputs": inputs, "ready": True}).json()["outputs"])


@pytest.fixture(scope="module")
def trained(client):
    """A run after some updates, so that running means are there as well."""
    run = make(client)
    advance(client, run, "batch", 5)
    return run


FILES = ["safetensors?names=ours", "safetensors?names=torch", "safetensors?names=keras", "npz?names=keras", "onnx"]


@pytest.mark.parametrize("file", FILES)
def test_weights_go_out_of_one_run_and_into_another(client, trained, file):
    if file == "onnx":
        pytest.importorskip("onnx")
    other = make(client, seed=2)
    assert np.abs(outputs_of(client, other) - outputs_of(client, trained)).max() > 1e-3
    answer = put(client, other, client.get(f"{trained}/export/{file}").content)
    assert answer.status_code == 200, answer.json()
    np.testing.assert_allclose(outputs_of(client, other), outputs_of(client, trained), atol=1e-6)
    assert layers_of(client, other) == layers_of(client, trained)


def test_it_is_an_edit_like_others_and_can_be_taken_back(client, trained):
    run = make(client, seed=3)
    advance(client, run, "batch", 2)
    before, seq = client.get(f"{run}/export/npz").content, client.get(run).json()["seq"]
    losses = client.get(f"{run}/evaluation?split=test").json()["loss"]
    told = put(client, run, client.get(f"{trained}/export/npz").content).json()
    assert told["notes"] == [] and told["state"] == "paused" and told["seq"] == seq + 1
    history = client.get(f"{run}/history").json()
    row = dict(zip(history["columns"], history["rows"][-1], strict=True))
    assert row["test_loss"] == pytest.approx(client.get(f"{trained}/evaluation?split=test").json()["loss"], rel=1e-6)
    assert client.get(f"{run}/timeline").json()["moments"][-1]["seq"] == seq + 1
    put(client, run, before)
    assert client.get(f"{run}/evaluation?split=test").json()["loss"] == losses
    advance(client, run, "batch", 1)  # it goes on
    assert client.get(run).json()["update"] == 3


def test_what_the_optimizer_remembered_is_forgotten(client, trained):
    """Once loaded, a run goes on as any other with these weights, wherever it came from."""
    file = client.get(f"{trained}/export/npz").content
    ends = []
    for epochs in (0, 1):
        run = make(client, seed=4, training={**TRAINING, "shuffle": False})
        advance(client, run, "epoch", epochs) if epochs else None
        put(client, run, file)
        advance(client, run, "epoch", 1)  # the same batches in their order
        ends.append(layers_of(client, run))
    assert ends[0] == ends[1]


def changed(data, **arrays):
    found = dict(safetensors.read(data)[0])
    for name, array in arrays.items():
        if array is None:
            del found[name.replace("__", ".")]
        else:
            found[name.replace("__", ".")] = array
    return safetensors.write(found)


def test_an_array_that_does_not_fit_is_named_with_what_was_expected_and_what_came(client, trained):
    run = make(client)
    data = client.get(f"{trained}/export/safetensors").content
    before = layers_of(client, run)
    wrong = {
        "the array 'output.bias' has the shape (9,), but the network needs (10,)": {"output__bias": np.zeros(9)},
        "the array 'conv.kernel' is missing": {"conv__kernel": None},
        "not finite": {"output__bias": np.full(10, np.nan)},
    }
    for said, change in wrong.items():
        answer = put(client, run, changed(data, **change))
        assert answer.status_code == 422
        problem = answer.json()
        assert said in problem["detail"].replace("The", "the"), problem
        assert "not finite" in said or problem["where"] == f"weights.{next(iter(change)).replace('__', '.')}"
    assert layers_of(client, run) == before
    told = put(client, run, changed(data, head__bias=np.zeros(2))).json()
    assert told["notes"] == ["1 arrays are of no layer here and were left out: head.bias."]


def test_only_the_owner_may(client, trained):
    file = {"file": ("file", client.get(f"{trained}/export/npz").content)}
    assert client.put(f"{trained}/weights", files=file).status_code == 401
    other = {"Authorization": "Bearer another-key-of-good-length"}
    assert client.put(f"{trained}/weights", files=file, headers=other).status_code == 403
    assert client.put(f"{API}/runs/nobody/weights", files=file, headers=KEY).status_code == 404
    assert client.put(f"{trained}/weights", headers=KEY).status_code == 422


def huge():
    header = b'{"a": {"dtype": "F32", "shape": [1099511627776], "data_offsets": [0, 4398046511104]}}'
    return struct.pack("<Q", len(header)) + header


HOSTILE = {
    "nothing": (b"", "no file of weights"),
    "words": (b"hello, these are no weights", "no file of weights"),
    "a pickle": (pickle.dumps({"a": print}), "may hold a program"),
    "PyTorch's own": (zipped(("archive/data.pkl", pickle.dumps(print))), "may hold a program"),
    "Keras's own": (zipped(("config.json", b"{}"), ("model.weights.h5", b"\x89HDF")), "Keras's own"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "Keras's own"),
    "a bomb": (zipped(*((f"{k}.npy", npy(np.zeros(2**18, np.float32))) for k in range(30))), "Unpacked"),
    "an array too large to be": (huge(), "no sensible shape"),
    "cut off": (zipped(("a.npy", npy(np.zeros(100))))[:-30], "no NPZ file"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_that_are_none_or_mean_harm_are_refused_and_say_what_to_do(client, trained, name):
    before = layers_of(client, trained)
    data, said = HOSTILE[name]
    answer = put(client, trained, data)
    assert answer.status_code == 422
    assert said in answer.json()["detail"], answer.json()
    assert layers_of(client, trained) == before


def test_a_file_too_large_is_refused_before_it_is_read(client, trained):
    head = {**KEY, "Content-Type": "multipart/form-data; boundary=edge"}
    answer = client.put(f"{trained}/weights", content=b"x", headers={**head, "Content-Length": str(10 * 2**30)})
    assert answer.status_code == 413 and "max_model_bytes" in answer.json()["detail"]


def test_a_file_that_does_not_say_how_long_it_is_is_read_no_further_than_the_limit():
    asked = 0

    async def receive():
        nonlocal asked
        asked += 1
        return {"type": "http.request", "body": b"x" * 2**16, "more_body": True}

    async def reads_all(scope, receive, send):
        while (await receive())["more_body"]:
            pass

    kind = Larger("PUT", "/api/v1/runs/[^/]+/weights$", 2**20, "max_model_bytes")
    scope = {"type": "http", "method": "PUT", "path": "/api/v1/runs/a/weights", "headers": []}
    with pytest.raises(HTTPException, match="larger than 1,048,576 bytes"):
        asyncio.run(BodyLimit(reads_all, 1000, [kind])(scope, receive, lambda message: None))
    assert asked * 2**16 <= 2**20 + WRAPPING + 2**16


def test_other_requests_do_not_become_larger(client, trained):
    text = '{"edits": [' + " " * 2**20 + "]}"
    assert client.patch(f"{trained}/weights", content=text, headers=KEY).status_code == 413


def test_a_model_of_another_network_is_refused(client, trained):
    pytest.importorskip("onnx")
    from app.exchange.onnx_out import onnx_model
    from tests.exchange.networks import arrays, filled

    small = Network.from_json([{"id": "output", "type": "dense", "units": 1}], (2,))
    data = onnx_model(small, arrays(filled(small))).SerializeToString()
    answer = put(client, trained, data)
    assert answer.status_code == 422
    message = "The file has weights of 1 layers (output), the network here has 3 with weights (conv, norm, output)."
    assert answer.json()["detail"] == message
    network = Network.from_json(LAYERS, (8, 8, 1))
    with pytest.raises(DataError, match="no file of weights"):
        read_weights(b"{}", network, most=100, max_parameters=10)
