"""The tables of constructors agree with the libraries, where these are installed."""

import inspect
import os

import pytest

from engine.export.signatures import KERAS, REQUIRED, TORCH

OWN = {"kwargs", "args"}


def same(ours, theirs):
    if isinstance(theirs, tuple) and not isinstance(ours, tuple):
        return set(theirs) == {ours}
    return ours == theirs


def compare(signature, function):
    """Names stand in the same order, with the same defaults; what the table leaves out comes after or has a default."""
    theirs = inspect.signature(function).parameters
    places = [list(theirs).index(name) for name in signature.defaults]
    assert places == sorted(places)
    for name, ours in signature.defaults.items():
        default = theirs[name].default
        assert same(ours, REQUIRED if default is inspect.Parameter.empty else default), name


@pytest.mark.parametrize("name", TORCH)
def test_pytorch_takes_what_the_table_says(name):
    torch = pytest.importorskip("torch")
    homes = (torch.nn, torch.optim, torch.optim.lr_scheduler)
    cls = next(getattr(home, name) for home in homes if hasattr(home, name))
    if name in ("RNN", "LSTM", "GRU"):  # these take *args
        made = cls(*[3, 4, 1], **({"nonlinearity": "relu"} if name == "RNN" else {}))
        assert (made.input_size, made.hidden_size, made.num_layers) == (3, 4, 1)
        assert all(getattr(made, key) == TORCH[name].defaults[key] for key in ("bias", "batch_first", "bidirectional"))
    elif TORCH[name].defaults:
        compare(TORCH[name], cls)


@pytest.mark.parametrize("name", KERAS)
def test_keras_takes_what_the_table_says(name, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "torch"))
    keras = pytest.importorskip("keras")
    homes = (keras.layers, keras.optimizers, keras.losses, keras.optimizers.schedules, keras.initializers)
    homes += (keras.regularizers,)
    cls = next(getattr(home, name) for home in homes if hasattr(home, name))
    compare(KERAS[name], cls)
