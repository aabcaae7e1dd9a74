"""Simple RNN, LSTM and GRU: step by step as the formulas say, with the views and starts that Keras and PyTorch have."""

import numpy as np
import pytest

from engine.errors import ShapeError
from engine.experiment import Experiment
from engine.spec import make
from engine.train import Trainer
from tests.engine.layers.one import One

CELLS = {"simple_rnn": 1, "lstm": 4, "gru": 3}


def sigma(z):
    return 1 / (1 + np.exp(-z))


def by_hand(name, w, x):
    """Outputs of all steps (N, T, U), straight from the formulas."""
    units = w["recurrent_kernel"].shape[0]
    h = c = np.zeros((len(x), units))
    out = []
    for t in range(x.shape[1]):
        a, r = x[:, t] @ w["kernel"], h @ w["recurrent_kernel"]
        if name == "simple_rnn":
            h = np.tanh(a + r + w["bias"])
        elif name == "lstm":
            i, f, g, o = np.split(a + r + w["bias"], 4, axis=1)
            c = sigma(f) * c + sigma(i) * np.tanh(g)
            h = sigma(o) * np.tanh(c)
        else:
            (ar, az, an), (rr, rz, rn) = np.split(a + w["bias"][0], 3, axis=1), np.split(r + w["bias"][1], 3, axis=1)
            z = sigma(az + rz)
            h = (1 - z) * np.tanh(an + sigma(ar + rr) * rn) + z * h
        out.append(h)
    return np.stack(out, axis=1)


@pytest.mark.parametrize("name", CELLS)
def test_steps_follow_the_formula(name, rng):
    x = rng.normal(size=(5, 6, 2))
    one = One({"type": name, "units": 3, "return_sequences": True}, x)
    for array in one.weights.values():
        array[...] = rng.normal(size=array.shape)
    wanted = by_hand(name, one.weights, x)
    np.testing.assert_allclose(one.outputs(), wanted, rtol=1e-10)
    last = One({"type": name, "units": 3}, x, **one.weights)
    np.testing.assert_allclose(last.outputs(), wanted[:, -1], rtol=1e-10)


@pytest.mark.parametrize("name, gates", CELLS.items())
def test_weights_have_the_shapes_that_keras_gives_them(name, gates):
    weights = One({"type": name, "units": 3}, np.zeros((1, 4, 2))).weights
    assert weights["kernel"].shape == (2, 3 * gates)
    assert weights["recurrent_kernel"].shape == (3, 3 * gates)
    assert weights["bias"].shape == ((2, 9) if name == "gru" else (3 * gates,))
    assert "bias" not in One({"type": name, "units": 3, "bias": False}, np.zeros((1, 4, 2))).weights


@pytest.mark.parametrize("name", CELLS)
def test_the_memory_starts_as_a_rotation(name):
    r = One({"type": name, "units": 5}, np.zeros((1, 4, 2))).weights["recurrent_kernel"]
    np.testing.assert_allclose(r @ r.T, np.eye(5), atol=1e-12)


def test_the_lstm_starts_out_remembering():
    biases = [One({"type": "lstm", "units": 2, "unit_forget_bias": on}, np.zeros((1, 4, 2))).weights["bias"]
              for on in (True, False)]  # fmt: skip
    np.testing.assert_array_equal(biases, [[0, 0, 1, 1, 0, 0, 0, 0], [0] * 8])


@pytest.mark.parametrize("shape", [(4,), (28, 28, 1)], ids=str)
def test_what_is_no_sequence_is_refused_with_a_way_out(shape):
    with pytest.raises(ShapeError, match="sequence") as caught:
        make("layer", "lstm").out_shape(shape)
    assert "Reshape" in caught.value.fix


@pytest.mark.parametrize("name", CELLS)
def test_large_sums_overflow_nowhere(name):
    one = One({"type": name, "units": 2}, np.full((2, 3, 1), 1e4))
    y, inputs, _ = one.train()
    assert np.isfinite(y).all()
    assert np.isfinite(inputs[0]).all()


@pytest.mark.parametrize("name", CELLS)
def test_it_learns_to_continue_a_wave(name):
    layers = [{"type": name, "units": 8}, {"type": "dense", "units": 1}]
    training = {"optimizer": {"type": "adam", "learning_rate": 0.01}, "batch_size": 25}
    spec = {"data": {"type": "sine", "samples": 200}, "network": {"layers": layers}, "training": training}
    trainer = Trainer(Experiment.from_json(spec))
    for _, _event in zip(range(40), trainer.events("epoch"), strict=False):
        pass
    assert trainer.row()[3] < 0.02


def test_layers_can_be_stacked():
    layers = [
        {"type": "gru", "units": 4, "return_sequences": True},
        {"type": "lstm", "units": 3, "return_sequences": True},
        {"type": "simple_rnn", "units": 2},
        {"type": "dense", "units": 1},
    ]
    trainer = Trainer(Experiment.from_json({"data": {"type": "sine", "steps": 5}, "network": {"layers": layers}}))
    shapes = [layer["output_shape"] for layer in trainer.experiment.check()["layers"]]
    assert shapes == [[5, 4], [5, 3], [2], [1]]
    next(trainer.events("epoch"))
