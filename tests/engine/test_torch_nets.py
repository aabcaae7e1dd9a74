"""Whole networks beside PyTorch's: normalized, recurrent and residual ones, fifty updates in float64 on real data."""

import pytest

from engine.experiment import Experiment

torch = pytest.importorskip("torch")

from tests.engine.torch_reference import agree  # noqa: E402  needs PyTorch

RELU = {"type": "activation", "activation": "relu"}
NORM = {"type": "batch_norm"}  # before it no bias: its gradient would be 0, and Adam would blow up the rounding of it


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def adam(rate=0.005, **settings):
    return {"optimizer": {"type": "adam", "learning_rate": rate}, "batch_size": 32, **settings}


def dense(units, activation="linear", **entry):
    return {"type": "dense", "units": units, "activation": activation, **entry}


def compare(data, layers, training):
    agree({"data": data, "network": {"layers": layers}, "training": training})


def test_a_normalized_mlp():
    first, second = dense(16, bias=False), dense(12, bias=False)
    layers = [first, NORM, RELU, second, {**NORM, "momentum": 0.5, "affine": False}, RELU, dense(1, "tanh")]
    compare({"type": "spiral", "samples": 200}, layers, adam())


def test_a_layer_normalized_mlp_with_l2():
    layers = [dense(16), {"type": "layer_norm"}, RELU, dense(8, "gelu"), {"type": "layer_norm"}, dense(1)]
    compare({"type": "diabetes"}, layers, adam(regularizer={"type": "l2", "rate": 0.01}))


@pytest.mark.parametrize("name", ["simple_rnn", "lstm", "gru"])
def test_two_recurrent_layers_on_waves(name):
    layers = [{"type": name, "units": 8, "return_sequences": True}, {"type": name, "units": 6}, dense(1)]
    compare({"type": "sine", "samples": 120, "noise": 5}, layers, adam(0.01))


def test_an_lstm_that_adds():
    compare({"type": "adding", "samples": 200}, [{"type": "lstm", "units": 12}, dense(1)], adam(0.01))


def test_letters_from_an_embedding_and_a_gru():
    data = {"type": "letters", "encoding": "codes", "steps": 6, "train_fraction": 0.2}
    signs = len(Experiment.from_json({"data": {"type": "letters"}}).data.classes)
    layers = [
        {"type": "embedding", "vocabulary": signs, "units": 5},
        {"type": "gru", "units": 16},
        {"type": "dropout", "rate": 0.2},
        dense(signs, "softmax"),
    ]
    compare(data, layers, adam(loss="categorical_cross_entropy"))


def test_a_residual_mlp():
    """Shortcuts around one layer and around two, one of them past dropout; a gate; two branches side by side."""
    layers = [
        dense(8, "tanh", id="a"),
        dense(8, "tanh", id="b"),
        {"type": "add", "id": "sum", "inputs": ["a", "b"]},
        {"type": "dropout", "rate": 0.25, "id": "drop"},
        dense(8, "relu", id="c"),
        {"type": "add", "id": "sum2", "inputs": ["a", "drop", "c"]},
        dense(8, "sigmoid", id="gate", inputs=["input"]),
        {"type": "multiply", "id": "gated", "inputs": ["sum2", "gate"]},
        {"type": "concatenate", "id": "both", "inputs": ["gated", "a", "input"]},
        dense(1, "tanh"),
    ]
    compare({"type": "spiral", "samples": 200}, layers, adam())


def test_a_residual_cnn():
    """Two blocks as in ResNet: convolution, normalization, ReLU, and a shortcut, by 1×1 where the size changes."""
    conv = {"type": "conv2d", "kernel_size": 3, "padding": "same"}
    layers = [
        {**conv, "filters": 4, "id": "stem", "activation": "relu"},
        {**conv, "filters": 4, "bias": False},
        NORM,
        RELU,
        {**conv, "filters": 4, "bias": False},
        {**NORM, "id": "n1"},
        {"type": "add", "id": "sum1", "inputs": ["stem", "n1"]},
        {**RELU, "id": "block1"},
        {**conv, "filters": 6, "strides": 2, "bias": False},
        {**NORM, "id": "n2"},
        {**conv, "filters": 6, "kernel_size": 1, "strides": 2, "id": "short", "inputs": ["block1"]},
        {"type": "add", "inputs": ["n2", "short"]},
        RELU,
        {"type": "spatial_dropout2d", "rate": 0.2},
        {"type": "global_avg_pool2d"},
        dense(10, "softmax"),
    ]
    data = {"type": "digits", "train_fraction": 0.1}
    compare(data, layers, adam(loss="categorical_cross_entropy"))


def test_a_normalized_cnn_whose_pool_leaves_rows_out():
    """What a pool does not read still counts for the mean and variance before it."""
    conv = {"type": "conv2d", "filters": 4, "kernel_size": 3, "bias": False}
    pool = {"type": "max_pool2d", "pool_size": 4}
    layers = [conv, NORM, RELU, pool, {"type": "reshape", "shape": [2, -1]}, {"type": "gru", "units": 5}]
    data = {"type": "digits", "train_fraction": 0.1}
    compare(data, [*layers, dense(10, "softmax")], adam(loss="categorical_cross_entropy"))
