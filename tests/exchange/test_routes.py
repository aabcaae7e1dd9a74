"""Work in and out over REST: every format of a run, every source, and requests that mean no good."""

import base64
import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from starlette.testclient import TestClient

from app.api import exchange
from app.exchange import making
from app.exchange.formats import FORMATS, NAMES
from app.exchange.reading import READERS
from app.main import create_app
from app.settings import Settings
from engine.export import safetensors
from tests.exchange.programs import run as run_program
from tests.exchange.test_keras_in import TEXTBOOK as KERAS
from tests.exchange.test_torch_in import TEXTBOOK as TORCH

API = "/api/v1"
KEY = {"Authorization": "Bearer an-owner-s-key-of-good-length"}
LAYERS = [
    {"id": "hidden", "type": "dense", "units": 3, "activation": "tanh"},
    {"id": "output", "type": "dense", "units": 1, "activation": "tanh"},
]
SPEC = {"data": {"type": "circle", "samples": 60}, "network": {"layers": LAYERS}}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    made = create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), workers=1))
    if not any("/export/" in getattr(route, "path", "") for route in made.routes):
        made.include_router(exchange.router, prefix=API)
    with TestClient(made) as client:
        yield client


@pytest.fixture(scope="module")
def run(client):
    """A run after three epochs, paused."""
    made = client.post(f"{API}/runs", json=SPEC, headers=KEY).json()
    path = f"{API}/runs/{made['id']}"
    client.put(f"{path}/state", json={"state": "paused", "advance": {"unit": "epoch", "count": 3}}, headers=KEY)
    while client.get(path).json()["state"] == "running":
        pass
    return path


def test_every_format_and_source_is_in_the_interface():
    assert set(exchange.Format.__args__) == {*FORMATS, "svg", "chart", "spec", "csv", "curl", "python"}
    assert set(exchange.Source.__args__) == set(READERS)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Keras on PyTorch with NumPy 2
@pytest.mark.parametrize("format", ["numpy", "torch", "keras"])
def test_a_program_shows_the_losses_of_its_run(client, run, format, tmp_path, monkeypatch, capsys):
    if format != "numpy":
        torch = pytest.importorskip("torch")
    if format == "keras":
        os.environ.setdefault("KERAS_BACKEND", "torch")
        pytest.importorskip("keras")
    answer = client.get(f"{run}/export/{format}")
    assert answer.headers["content-disposition"] == f'attachment; filename="circle_{format}.py"'
    space = run_program({f"circle_{format}.py": answer.content}, tmp_path, monkeypatch)
    if format == "torch":
        torch.set_grad_enabled(True)
    history = client.get(f"{run}/history").json()
    shown = dict(zip(history["columns"], history["rows"][-1], strict=True))
    assert space["EPOCH"] == 3
    assert space["SHOWN"] == {"train": shown["train_loss"], "test": shown["test_loss"]}


def test_a_program_with_many_numbers_is_a_zip_file(client, tmp_path, monkeypatch):
    made = client.post(f"{API}/runs", json={"data": {"type": "adding", "samples": 400}}, headers=KEY).json()
    answer = client.get(f"{API}/runs/{made['id']}/export/numpy")
    assert answer.headers["content-disposition"] == 'attachment; filename="adding_numpy.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        run_program({name: archive.read(name) for name in archive.namelist()}, tmp_path, monkeypatch)


def test_others_are_answered_while_a_large_file_is_made(client, monkeypatch):
    """It is made elsewhere: here nothing of it can be, and the server goes on."""
    monkeypatch.setattr(making, "FORMATS", {})
    layers = [{"id": "wide", "type": "dense", "units": 4000}, {"id": "output", "type": "dense", "units": 10}]
    spec = {"data": {"type": "digits"}, "network": {"layers": [{"id": "flat", "type": "flatten"}, *layers]}}
    made = client.post(f"{API}/runs", json=spec, headers=KEY).json()
    with ThreadPoolExecutor() as others:
        file = others.submit(client.get, f"{API}/runs/{made['id']}/export/numpy")
        answered = 0
        while not file.done():
            assert client.get(f"{API}/runs/{made['id']}").status_code == 200
            answered += not file.done()
    assert file.result().headers["content-disposition"] == 'attachment; filename="digits_numpy.zip"'
    assert answered > 3


def test_weights_have_everybodys_names(client, run):
    layers = client.get(f"{run}/weights").json()["layers"]
    kernel = np.array(layers["hidden"]["kernel"], np.float32)
    expected = {
        "ours": ("hidden.kernel", kernel),
        "torch": ("hidden.weight", kernel.T),
        "keras": ("hidden/kernel", kernel),
    }
    assert set(expected) == set(NAMES)
    for names, (name, array) in expected.items():
        found, about = safetensors.read(client.get(f"{run}/export/safetensors", params={"names": names}).content)
        np.testing.assert_array_equal(found[name], array)
        assert about == {"names": names, "epoch": "3"}
        with np.load(io.BytesIO(client.get(f"{run}/export/npz?names={names}").content)) as file:
            np.testing.assert_array_equal(file[name], array)


def test_an_onnx_model_goes_out_and_comes_back(client, run):
    pytest.importorskip("onnx")
    data = client.get(f"{run}/export/onnx").content
    found = client.post(f"{API}/import/onnx", json={"text": base64.b64encode(data).decode()}).json()
    assert found["check"]["parameters"] == 13
    assert [layer["id"] for layer in found["spec"]["network"]["layers"]] == ["hidden", "output"]
    assert found["weights"] == client.get(f"{run}/weights").json()["layers"]


def test_a_model_larger_than_other_requests_comes_back_without_its_numbers_if_wished(client):
    pytest.importorskip("onnx")
    layers = [{"id": "wide", "type": "dense", "units": 4000}, {"id": "output", "type": "dense", "units": 10}]
    spec = {"data": {"type": "digits"}, "network": {"layers": [{"id": "flat", "type": "flatten"}, *layers]}}
    made = client.post(f"{API}/runs", json=spec, headers=KEY).json()
    text = base64.b64encode(client.get(f"{API}/runs/{made['id']}/export/onnx").content).decode()
    assert len(text) > 2**20
    found = client.post(f"{API}/import/onnx", json={"text": text, "weights": False}).json()
    assert found["check"]["parameters"] == made["check"]["parameters"]
    assert (found["weighted"], found["weights"]) == (True, None)
    assert found["spec"]["data"]["type"] == "digits"  # what it was trained on comes along
    assert client.post(f"{API}/import/keras", json={"text": text}).status_code == 413


def test_the_spec_the_losses_and_the_scripts(client, run):
    spec = client.get(f"{run}/export/spec").json()
    assert client.post(f"{API}/runs", json=spec, headers=KEY).status_code == 201
    lines = client.get(f"{run}/export/csv").text.splitlines()
    assert lines[0].startswith("epoch,update,train_loss")
    assert len(lines) == 1 + len(client.get(f"{run}/history").json()["rows"])
    for format in ("curl", "python"):
        text = client.get(f"{run}/export/{format}").text
        assert "http://testserver" in text and "circle" in text
    compile(client.get(f"{run}/export/python").text, "run.py", "exec")


SOURCES = {
    "keras": (KERAS, 93_322, "mnist"),
    "torch": (TORCH, 121_930, "mnist"),
    "tf-playground": ("https://playground.tensorflow.org/#dataset=spiral&networkShape=4,2", 25, "spiral"),
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_source_is_read(client, source):
    text, parameters, data = SOURCES[source]
    answer = client.post(f"{API}/import/{source}", json={"text": text})
    assert answer.status_code == 200
    found = answer.json()
    assert found["check"]["parameters"] == parameters
    assert found["check"]["errors"] == []
    assert found["spec"]["data"]["type"] == data


def test_a_mistake_in_code_names_its_line(client):
    answer = client.post(
        f"{API}/import/keras", json={"text": "import keras\nm = keras.Sequential([\n  keras.layers.Conv9D(1)])"}
    )
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["where"] == "code.line3"
    assert answer.json()["detail"].startswith("Line 3: There is no layer here like Keras's Conv9D")


def harmful(path):
    """Code that would leave a mark if any of it ran."""
    touch = f"open({str(path)!r}, 'w').write('x')"
    return [
        f"import keras\n{touch}\nm = keras.Sequential([keras.Input((2,)), keras.layers.Dense({touch})])",
        f"import keras\nm = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation=lambda z: {touch})])",
        f"@{touch}\ndef f(x={touch}): return {touch}\nf()\nclass C(metaclass={touch}): {touch}\nassert {touch}\n",
        f"from torch import nn\nclass Net(nn.Module):\n  def __init__(self):\n    super().__init__()\n    {touch}\n"
        f"    self.a = nn.Linear(2, 1)\n  def forward(self, x):\n    {touch}\n    return self.a(x)\n",
        f"__import__('os').system('touch {path}')\neval({touch!r})\nexec({touch!r})\n",
        "import keras\nkeras.Sequential([keras.Input((2,)), keras.layers.Dense(9**9**9**9)])",
        "import keras\nkeras.Sequential([keras.Input((2,)), keras.layers.Dense(2**64**64)])",
        "x = 'a' * 10**12\ny = [0] * 10**12\n",
        "def f(x):\n  return f(f(x))\nf(1)\n",
        "\n".join(f"{' ' * k}for a{k} in (1, 2, 3, 4, 5, 6, 7, 8, 9):" for k in range(19)) + f"\n{' ' * 19}x = 1",
        "(" * 5000 + ")" * 5000,
        "-" * 50_000 + "1",
        "+".join(["1"] * 50_000),
        "a" + ".a" * 50_000,
        "[" * 90 + "]" * 90,
        "\0",
        "import keras\n" + "x = 1\n" * 25_000,
    ]


@pytest.mark.parametrize("number", range(17))
@pytest.mark.parametrize("source", ["keras", "torch"])
def test_code_that_would_do_harm_is_read_and_nothing_of_it_runs(client, tmp_path, number, source):
    mark = tmp_path / "mark"
    answer = client.post(f"{API}/import/{source}", json={"text": harmful(mark)[number]})
    assert answer.status_code in (200, 422)
    assert not mark.exists()


@pytest.mark.parametrize(
    "source, text",
    [("onnx", "!"), ("onnx", base64.b64encode(b"hello").decode()), ("keras-json", "{"), ("tf-playground", "hello")],
)
def test_other_files_are_refused(client, source, text):
    assert client.post(f"{API}/import/{source}", json={"text": text}).status_code == 422


@pytest.mark.parametrize("body", [{}, {"text": 1}, {"text": "", "more": 1}, {"text": "", "input_shape": [0]}, [], None])
def test_other_bodies_are_refused(client, body):
    assert client.post(f"{API}/import/keras", json=body).status_code in (400, 422)


def test_a_body_too_large_is_refused_before_it_is_read(client):
    answer = client.post(f"{API}/import/keras", content=b"x", headers={"Content-Length": str(10 * 2**30)})
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["export/exe", "export/../../x", "export/keras?names=mine"])
def test_other_formats_are_refused(client, run, path):
    assert client.get(f"{run}/{path}").status_code in (404, 422)


def test_no_run_no_export(client):
    assert client.get(f"{API}/runs/nobody/export/keras").status_code == 404
