"""Networks learn what they can learn, within a stated time: bounds that a wrong sign or a lost factor would miss."""

from itertools import islice

import numpy as np
import pytest

from engine.events import COLUMNS, Epoch
from engine.experiment import Experiment
from engine.spec import CATALOGUE
from engine.train import Trainer

TEST_LOSS, TEST_METRIC = COLUMNS.index("test_loss"), COLUMNS.index("test_metric")
RATES = {"adagrad": 0.1, "adadelta": 1.0, "rmsprop": 0.01, "adam": 0.02, "adamw": 0.02, "sgd": 0.1}


def learn(epochs, *layers, data="circle", seed=1, **training):
    """Train that long; the trainer and its last row."""
    network = {"network": {"layers": [*layers]}} if layers else {}
    trainer = Trainer(Experiment.from_json({"seed": seed, "data": data, "training": training, **network}))
    *_, last = islice(trainer.events("epoch"), epochs)
    assert isinstance(last, Epoch)
    return trainer, last.row


def dense(units, activation="linear", **more):
    return {"type": "dense", "units": units, "activation": activation, **more}


def test_the_untouched_page_solves_the_circle():
    trainer = Trainer(Experiment.from_json({}))
    *_, last = islice(trainer.events("epoch"), 100)
    assert last.row[TEST_LOSS] < 0.01
    assert last.row[TEST_METRIC] == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_exclusive_or_is_learned_from_every_start(seed):
    rate = {"type": "sgd", "learning_rate": 0.1}
    _, row = learn(500, dense(4, "relu"), dense(1, "tanh"), data="xor", seed=seed, optimizer=rate)
    assert row[TEST_LOSS] < 0.05


def test_exclusive_or_is_beyond_a_single_neuron():
    _, row = learn(100, dense(1, "tanh"), data="xor")
    assert row[TEST_METRIC] < 0.8


@pytest.mark.parametrize("optimizer", CATALOGUE["optimizer"])
def test_every_optimizer_solves_the_circle(optimizer):
    rate = RATES.get(optimizer, 0.01)
    _, row = learn(200, dense(8, "tanh"), dense(1, "tanh"), optimizer={"type": optimizer, "learning_rate": rate})
    assert row[TEST_LOSS] < 0.05


@pytest.mark.parametrize("activation", CATALOGUE["activation"])
def test_every_activation_learns_exclusive_or_and_a_straight_one_can_not(activation):
    layers = dense(24, activation), dense(1, "tanh")
    _, row = learn(150, *layers, data="xor", optimizer={"type": "adam", "learning_rate": 0.02})
    if activation == "linear":
        assert row[TEST_METRIC] < 0.8
    else:
        assert row[TEST_METRIC] >= 0.95


@pytest.mark.parametrize("loss", CATALOGUE["loss"])
def test_every_loss_parts_three_flowers(loss):
    activation = {"categorical_cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}.get(loss, "linear")
    layers = dense(8, "tanh"), dense(3, activation)
    _, row = learn(60, *layers, data="iris", loss=loss, optimizer={"type": "adam", "learning_rate": 0.02})
    assert row[TEST_METRIC] >= 0.93


@pytest.mark.parametrize("loss", [name for name in CATALOGUE["loss"] if CATALOGUE["loss"][name].targets == "fit"])
def test_losses_on_values_find_the_wave(loss):
    layers = dense(16, "tanh"), dense(1)
    _, row = learn(400, *layers, data="wave", loss=loss, optimizer={"type": "adam", "learning_rate": 0.02})
    assert row[TEST_METRIC] > 0.9


def test_a_linear_neuron_ends_at_the_least_squares_solution():
    made = {
        "data": "diabetes",
        "network": {"layers": [dense(1)]},
        "training": {"optimizer": {"type": "sgd", "momentum": 0.9}},
    }
    trainer = Trainer(Experiment.from_json(made))
    part = trainer.data.train
    trainer.set(batch_size=len(part), learning_rate=0.1)
    *_, last = islice(trainer.events("epoch"), 2000)
    x = np.column_stack([trainer.data.inputs[part], np.ones(len(part))]).astype(np.float64)
    t = trainer.data.targets[part].astype(np.float64)
    best, *_ = np.linalg.lstsq(x, t, rcond=None)
    assert last.row[2] == pytest.approx(np.square(x @ best - t).mean(), rel=1e-3)


def test_a_plain_network_reads_handwritten_digits():
    layers = {"type": "flatten"}, dense(32, "relu"), dense(10, "softmax")
    training = {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 16}
    trainer, row = learn(25, *layers, data={"type": "digits", "train_fraction": 0.8}, **training)
    assert row[TEST_METRIC] >= 0.96
    assert np.trace(trainer.evaluate()["confusion"]) == round(row[TEST_METRIC] * len(trainer.data.test))


def test_the_spiral_is_solved_with_more_neurons():
    layers = dense(16, "gelu"), dense(16, "gelu"), dense(1, "tanh")
    _, row = learn(300, *layers, data="spiral", batch_size=25, optimizer={"type": "adam", "learning_rate": 0.01})
    assert row[TEST_METRIC] >= 0.98


def test_l1_sets_useless_weights_to_nothing_and_l2_makes_all_smaller():
    plain, _ = learn(60, dense(8, "tanh"), dense(1, "tanh"), data="gauss")
    l1, row = learn(60, dense(8, "tanh"), dense(1, "tanh"), data="gauss", regularizer={"type": "l1", "rate": 0.01})
    l2, _ = learn(60, dense(8, "tanh"), dense(1, "tanh"), data="gauss", regularizer={"type": "l2", "rate": 0.03})

    def sizes(trainer):
        return np.abs(np.concatenate([w["kernel"].ravel() for w in trainer.weights().values()]))

    assert (sizes(l1) < 0.05).sum() > 12 > 6 > (sizes(plain) < 0.05).sum()
    assert sizes(l2).sum() < 0.7 * sizes(plain).sum()
    assert row[TEST_METRIC] > 0.99


def test_with_dropout_the_digits_are_still_read():
    layers = {"type": "flatten"}, dense(64, "relu"), {"type": "dropout", "rate": 0.4}, dense(10, "softmax")
    training = {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 16}
    _, row = learn(20, *layers, data="digits", **training)
    assert row[TEST_METRIC] >= 0.95


def test_a_frozen_random_layer_is_enough_for_the_circle():
    """The output layer alone learns; the random features before it stay as they were drawn."""
    made = {"network": {"layers": [dense(60, "relu", id="hidden", bias_initializer="normal"), dense(1, "tanh")]}}
    trainer = Trainer(Experiment.from_json({**made, "training": {"optimizer": "adam"}}))
    trainer.set(frozen=["hidden"], learning_rate=0.02)
    before = trainer.weights()["hidden"]["kernel"]
    *_, last = islice(trainer.events("epoch"), 100)
    assert last.row[TEST_METRIC] > 0.97
    assert (trainer.weights()["hidden"]["kernel"] == before).all()


def test_a_decaying_learning_rate_settles_where_a_constant_one_jumps():
    """The spread of the losses of the last epochs."""
    spreads = []
    for schedule in ("constant", {"type": "cosine", "epochs": 60}):
        made = {"data": "moons", "training": {"schedule": schedule, "optimizer": {"type": "sgd", "learning_rate": 0.5}}}
        trainer = Trainer(Experiment.from_json({**made, "network": {"layers": [dense(8, "tanh"), dense(1, "tanh")]}}))
        rows = np.array([event.row for event in islice(trainer.events("epoch"), 60)])
        spreads.append(np.ptp(rows[-5:, 2]))
    assert spreads[1] < 0.1 * spreads[0]
