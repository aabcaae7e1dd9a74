"""Keras programs, run on Keras 3 with PyTorch below: every layer and activation, and runs that prove themselves."""

import os

import numpy as np
import pytest

from engine.errors import SpecError
from engine.export.keras import keras_program
from engine.export.keras_net import build_code
from engine.export.snapshot import Snapshot
from engine.export.state import keras_state
from engine.export.windows import windows
from tests.exchange.networks import arrays, filled, inputs, named_cases, outputs
from tests.exchange.programs import run
from tests.exchange.runs import RUNS, snapshot, trained

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")

CASES = named_cases()
EVERY = pytest.mark.parametrize("network", [network for _, network in CASES], ids=[name for name, _ in CASES])
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*even kernel:UserWarning")


def built(network, weights):
    """The exported model, with these weights."""
    space = {"keras": keras}
    exec(build_code(network), space)
    model, state = space["build"](), keras_state(network, weights)
    for layer in model.layers:
        layer.set_weights([state[f"{layer.name}/{variable.name}"] for variable in layer.weights])
    return model


def refused(layer):
    return layer.name == "conv2d" and max(layer.strides) > 1 and max(layer.dilation) > 1


def averages_the_border(node):
    if node.layer.name != "avg_pool2d":
        return False
    found = windows(node.layer, node.in_shapes[0])
    return found.before != found.after and found.bordered


@EVERY
def test_keras_computes_what_the_engine_does(network):
    parameters, x = filled(network), inputs(network)
    if any(refused(node.layer) for node in network.nodes):
        with pytest.raises(SpecError, match="both strides and dilation"):
            build_code(network)
        return
    if any(averages_the_border(node) for node in network.nodes):
        pytest.skip("Keras's PyTorch backend takes the border into the mean there; its other backends do not")
    model = built(network, arrays(parameters))
    np.testing.assert_allclose(model.predict(x, verbose=0), outputs(parameters, x), rtol=1e-5, atol=1e-5)
    assert model.count_params() == network.count() + parameters.state.size


@pytest.mark.parametrize("epochs", [0, 2])
@pytest.mark.parametrize("name", RUNS)
def test_a_program_shows_the_losses_of_the_page(name, epochs, tmp_path, monkeypatch, capsys):
    trainer = trained(name, epochs, tmp_path)
    s = Snapshot.of(trainer)
    space = run(keras_program(s), tmp_path, monkeypatch)
    assert f"on the page {s.train_loss:.6f}" in capsys.readouterr().out
    x = space["x"][: space["TRAIN"]][:20]
    found = space["model"].predict(x, verbose=0)
    np.testing.assert_allclose(found, trainer.predict(s.data.inputs[s.data.train[:20]]), rtol=1e-5, atol=1e-5)


RECURRENT = ("a memory", "letters by number")  # half a minute each
TRAINS = [name for name, run in RUNS.items() if run.get("training", {}).get("epochs") and name not in RECURRENT]


@pytest.mark.parametrize("name", TRAINS)
def test_a_program_goes_on_training(name, tmp_path, monkeypatch, capsys):
    s = snapshot(name, 0, tmp_path)
    run(keras_program(s), tmp_path, monkeypatch, "train")
    assert "val_loss" in capsys.readouterr().out


def test_a_wrong_weight_does_not_pass(tmp_path, monkeypatch):
    s = snapshot("circle", 1, tmp_path)
    s.weights["output"]["bias"] += 0.01
    with pytest.raises(AssertionError, match="not the loss that the page showed"):
        run(keras_program(s), tmp_path, monkeypatch)


def test_what_has_no_form_in_keras_is_named(monkeypatch):
    network = dict(CASES)["tanh-7"]
    monkeypatch.setattr(type(network.output.layer), "keras", "")
    with pytest.raises(SpecError, match="no form in Keras") as caught:
        build_code(network)
    assert caught.value.where == f"network.layers.{network.output.id}"
