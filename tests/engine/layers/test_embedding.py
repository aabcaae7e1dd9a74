"""Embedding: rows of a table, looked up by whole numbers."""

import numpy as np
import pytest

from engine.errors import ShapeError
from engine.experiment import Experiment
from engine.spec import make
from engine.train import Trainer
from tests.engine.layers.one import One

TABLE = np.arange(12.0).reshape(4, 3)


def look_up(codes):
    return One({"type": "embedding", "vocabulary": 4, "units": 3}, codes, embeddings=TABLE)


def test_each_code_becomes_its_row():
    np.testing.assert_array_equal(look_up([[0, 3], [1, 1]]).outputs(), TABLE[[[0, 3], [1, 1]]])


def test_codes_that_do_not_exist_are_rounded_and_clipped():
    with np.errstate(invalid="ignore"):
        outputs = look_up([[-1, 4, 99], [0.4, 0.6, np.nan], [np.inf, -np.inf, 2.0]]).outputs()
    np.testing.assert_array_equal(outputs, TABLE[[[0, 3, 3], [0, 1, 0], [3, 0, 2]]])


def test_gradients_of_a_code_that_comes_twice_add_up_and_of_one_that_is_missing_are_zero(rng):
    dy = rng.normal(size=(2, 2, 3))
    one = look_up([[0, 3], [3, 3]])
    for _ in range(2):  # written anew each time
        _, _, grad = one.train(dy)
    wanted = np.stack([dy[0, 0], np.zeros(3), np.zeros(3), dy[0, 1] + dy[1, 0] + dy[1, 1]])
    np.testing.assert_allclose(grad["embeddings"], wanted)


def test_only_a_row_of_codes_is_read():
    with pytest.raises(ShapeError, match="codes"):
        make("layer", "embedding").out_shape((8, 4))


def test_letters_are_learned_from_their_codes():
    layers = [
        {"type": "embedding", "vocabulary": 40, "units": 8},
        {"type": "flatten"},
        {"type": "dense", "units": 32, "activation": "tanh"},
        {"type": "dense", "activation": "softmax"},
    ]
    data = {"type": "letters", "encoding": "codes", "steps": 4}
    layers[-1]["units"] = len(Experiment.from_json({"data": data}).data.classes)
    training = {"loss": "categorical_cross_entropy", "optimizer": {"type": "adam", "learning_rate": 0.01}}
    spec = {"data": data, "network": {"layers": layers}, "training": {**training, "batch_size": 32}}
    trainer = Trainer(Experiment.from_json(spec))
    start = trainer.row()[2]
    for _, _event in zip(range(5), trainer.events("epoch"), strict=False):
        pass
    assert trainer.row()[2] < 0.6 * start
