"""Whole programs come back as the experiments they were made from: network, loss, optimizer and all that trains it."""

import pytest

from engine.experiment import Experiment, training_from_json
from engine.export.keras import keras_program
from engine.export.torch import torch_program
from engine.importing.keras_code import from_keras
from engine.importing.torch_code import from_torch
from engine.network import Network
from tests.exchange.drawn import plain
from tests.exchange.runs import RUNS, snapshot

# What a program does not say: balanced weights are numbers there, and Keras clips in one way only.
NUMBERS = "rare ones that count more"


def text(files):
    return next(data for name, data in files.items() if name.endswith(".py")).decode()


def expected(s):
    training = s.training.to_json()
    if s.class_weights is not None:
        training["class_weights"] = [round(float(w), 6) for w in s.class_weights]
    return training


def came_back(found):
    training = training_from_json(found.training).to_json()
    if training["class_weights"] is not None:
        training["class_weights"] = [round(w, 6) for w in training["class_weights"]]
    return training


@pytest.mark.parametrize("name", RUNS)
@pytest.mark.parametrize("write, read", [(keras_program, from_keras), (torch_program, from_torch)])
def test_a_program_says_the_whole_experiment(name, write, read, tmp_path):
    s = snapshot(name, 0, tmp_path)
    found = read(text(write(s)))
    assert found.seed == s.seed
    assert found.input_shape == s.network.input_shape
    assert plain(Network.from_json(found.network, found.input_shape)) == plain(s.network)
    assert came_back(found) == expected(s)
    assert isinstance(s.experiment, Experiment)
