"""NumPy programs: every layer and activation, and runs that prove themselves with nothing but NumPy at hand."""

import subprocess
import sys

import numpy as np
import pytest

from engine.export import plain, plain_functions
from engine.export.numpy import forward_code, functions, numpy_program
from engine.export.snapshot import Snapshot
from engine.network import Network
from engine.spec import CATALOGUE
from tests.exchange.networks import arrays, filled, inputs, named_cases, outputs
from tests.exchange.programs import run
from tests.exchange.runs import RUNS, snapshot, trained

CASES = named_cases()
EVERY = pytest.mark.parametrize("network", [network for _, network in CASES], ids=[name for name, _ in CASES])


def test_every_part_has_a_function():
    assert set(CATALOGUE["layer"]) <= set(vars(plain)), "Each layer needs a function in engine/export/plain.py."
    parts = {*CATALOGUE["activation"], *CATALOGUE["loss"]}
    assert parts <= set(vars(plain_functions)), "Each activation and loss needs one in plain_functions.py."


@EVERY
def test_numpy_computes_what_the_engine_does(network):
    check(network)


def check(network):
    parameters, x = filled(network), inputs(network)
    named = arrays(parameters)
    text = forward_code(network, named, sums=False)
    weights = {f"{id}.{name}": a for id, w in named.items() for name, a in w.items()}
    space = {"np": np, "WEIGHTS": weights}
    exec("\n\n".join([*functions("\n".join(text)), *text]), space)
    np.testing.assert_allclose(space["forward"](x), outputs(parameters, x), rtol=1e-5, atol=1e-5)


def test_layers_called_like_functions_do_not_hide_them():
    shortcut = {"id": "add", "type": "add", "inputs": ["dense", "WEIGHTS"]}
    branches = [{"id": id, "type": "dense", "units": 2, "inputs": ["input"]} for id in ("dense", "WEIGHTS")]
    last = {"id": "output", "type": "dense", "units": 2, "inputs": ["add"], "activation": "relu"}
    end = {"id": "relu", "type": "add", "inputs": ["output", "dense"]}
    network = Network.from_json([*branches, shortcut, last, end], (3,))
    check(network)


@pytest.mark.parametrize("epochs", [0, 2])
@pytest.mark.parametrize("name", RUNS)
def test_a_program_shows_the_losses_of_the_page(name, epochs, tmp_path, monkeypatch, capsys):
    trainer = trained(name, epochs, tmp_path)
    s = Snapshot.of(trainer)
    space = run(numpy_program(s), tmp_path, monkeypatch)
    assert f"on the page {s.train_loss:.6f}" in capsys.readouterr().out
    raw = s.data.raw[s.data.train[:20]]
    found = trainer.predict(s.data.inputs[s.data.train[:20]])
    np.testing.assert_allclose(space["predict"](raw), found, rtol=1e-5, atol=1e-5)


def test_a_wrong_weight_does_not_pass(tmp_path, monkeypatch):
    s = snapshot("circle", 1, tmp_path)
    s.weights["output"]["bias"] += 0.01
    with pytest.raises(AssertionError, match="not the loss that the page showed"):
        run(numpy_program(s), tmp_path, monkeypatch)


def test_it_runs_by_itself_in_a_new_process(tmp_path):
    """Isolated: without this project on the path. A small run is one file."""
    files = numpy_program(snapshot("circle", 1, tmp_path))
    assert list(files) == ["circle_numpy.py"]
    (tmp_path / "circle_numpy.py").write_bytes(files["circle_numpy.py"])
    done = subprocess.run(
        [sys.executable, "-I", "circle_numpy.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "train loss" in done.stdout
