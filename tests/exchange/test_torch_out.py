"""PyTorch programs: every layer and activation of the catalogue, and whole runs that prove themselves."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.export.layout import WANTED
from engine.export.names import RESERVED, identifiers, restored
from engine.export.snapshot import Snapshot
from engine.export.state import torch_state
from engine.export.torch import module, torch_program
from engine.export.torch_net import write
from engine.spec import CATALOGUE
from tests.exchange.networks import arrays, filled, inputs, named_cases, outputs
from tests.exchange.programs import run
from tests.exchange.runs import RUNS, snapshot, trained

torch = pytest.importorskip("torch")

CASES = named_cases()
EVERY = pytest.mark.parametrize("network", [network for _, network in CASES], ids=[name for name, _ in CASES])


def built(network, weights):
    """The exported module, with these weights."""
    net = write(network, sums=False)
    space = {"torch": torch, "nn": torch.nn}
    exec(module(net, network.nodes), space)
    model = space["Net"]()
    state = {name: torch.from_numpy(a) for name, a in torch_state(network, weights, net.prefixes).items()}
    model.load_state_dict(state)
    return model.eval()


def test_every_layer_says_how_its_channels_lie():
    assert set(WANTED) == set(CATALOGUE["layer"]), "Each layer needs a row in engine/export/layout.py."


@EVERY
def test_pytorch_computes_what_the_engine_does(network):
    parameters, x = filled(network), inputs(network)
    model = built(network, arrays(parameters))
    with torch.no_grad():
        found = model(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(found, outputs(parameters, x), rtol=1e-5, atol=1e-5)


def test_names_of_layers_do_not_hide_what_a_module_needs():
    missing = {name for name in dir(torch.nn.Module()) if not name.startswith("_")} - RESERVED
    assert not missing, "Add them to RESERVED in engine/export/names.py."
    ids = ["conv-1", "conv_1", "forward", "lambda", "sum", "conv1", "x", "x_"]
    made = list(identifiers(ids).values())
    assert made == ["conv_1", "conv_1_", "forward_", "lambda_", "sum_", "conv1", "x_", "x__"]
    assert [restored(name) for name in made[2:]] == ids[2:]


@pytest.fixture(autouse=True)
def gradients():
    """A program that only checks switches them off."""
    yield
    torch.set_grad_enabled(True)


@pytest.mark.parametrize("epochs", [0, 2])
@pytest.mark.parametrize("name", RUNS)
def test_a_program_shows_the_losses_of_the_page(name, epochs, tmp_path, monkeypatch, capsys):
    trainer = trained(name, epochs, tmp_path)
    s = Snapshot.of(trainer)
    space = run(torch_program(s), tmp_path, monkeypatch)
    assert f"on the page {s.train_loss:.6f}" in capsys.readouterr().out
    model, x = space["model"], space["x"][: space["TRAIN"]]
    np.testing.assert_allclose(x.numpy(), s.data.inputs[s.data.train], rtol=1e-6, atol=1e-6)
    with torch.no_grad():
        found = getattr(model, "predict", model)(x[:20]).numpy()
    np.testing.assert_allclose(found, trainer.predict(s.data.inputs[s.data.train[:20]]), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", [name for name, run in RUNS.items() if run.get("training", {}).get("epochs")])
def test_a_program_goes_on_training(name, tmp_path, monkeypatch, capsys):
    s = snapshot(name, 0, tmp_path)
    run(torch_program(s), tmp_path, monkeypatch, "train")
    assert f"epoch {s.training.epochs}:" in capsys.readouterr().out or s.training.patience


def test_a_wrong_weight_does_not_pass(tmp_path, monkeypatch):
    s = snapshot("circle", 1, tmp_path)
    s.weights["output"]["bias"] += 0.01
    with pytest.raises(AssertionError, match="not the loss that the page showed"):
        run(torch_program(s), tmp_path, monkeypatch)


def test_a_run_that_diverged_is_not_exported(tmp_path):
    trainer = trained("circle", 0, tmp_path)
    trainer.parameters.flat[0] = np.nan
    with pytest.raises(DataError, match="diverged"):
        Snapshot.of(trainer)
