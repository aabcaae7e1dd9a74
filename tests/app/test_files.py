"""Data sets whose files lie in the data folder: MNIST trains where it was put, and says where to put it else."""

import json
import shutil
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.benchmarks.workloads import mnist_folder

SPEC = {"data": {"type": "mnist", "samples": 300}, "training": {"epochs": 3, "loss": "categorical_cross_entropy"}}


def post(server, spec):
    request = Request(f"{server.url}/api/v1/runs", json.dumps(spec).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_mnist_from_the_data_folder(server_factory, tmp_path):
    if not mnist_folder().is_dir():
        pytest.skip("no MNIST files here: see PLAYGROUND_TEST_MNIST")
    shutil.copytree(mnist_folder(), tmp_path / "datasets" / "mnist")
    run = post(server_factory(data_dir=tmp_path, workers=1), SPEC)
    assert run["check"]["input_shape"] == [28, 28, 1]


def test_without_its_files_mnist_says_where_they_belong(server):
    with pytest.raises(HTTPError) as caught:
        post(server, SPEC)
    problem = json.load(caught.value)
    assert caught.value.code == 422
    assert problem["errors"][0]["where"] == "data.type"
    assert "datasets/mnist" in problem["errors"][0]["fix"]
