"""Statistics of layers: lengths, means, dead and saturated neurons, of the network as it is."""

import json

import numpy as np
import pytest

from engine.events import COLUMNS
from engine.train import Trainer
from tests.engine.runs import HIDDEN, OUTPUT, experiment, go, rows

RELU = {"id": "relu", "type": "dense", "units": 4, "activation": "relu"}
LAYERS = [RELU, {"id": "drop", "type": "dropout", "rate": 0.5}, HIDDEN, {**OUTPUT, "activation": "sigmoid"}]


def of(trainer):
    made = trainer.statistics()
    json.dumps(made, allow_nan=False)
    return {row["layer"]: row for row in made}


def test_before_training_there_is_no_gradient_and_afterwards_its_parts_make_the_whole():
    trainer = Trainer(experiment(*LAYERS), np.float64)
    assert {row["gradient"] for row in of(trainer).values()} == {None}
    (row,) = rows(trainer, 1)
    parts = [r["gradient"] for r in of(trainer).values() if r["gradient"] is not None]
    assert np.hypot.reduce(parts) == pytest.approx(row[COLUMNS.index("gradient_norm")])
    assert of(trainer)["drop"]["gradient"] is None


@pytest.mark.parametrize("each", ["update", "sample"])
def test_step_by_step_each_update_is_measured(each):
    trainer = Trainer(experiment(*LAYERS, shuffle=False))
    seen = []
    for _ in range(3):
        go(trainer, 1 if each == "update" else 5, each)
        seen.append(of(trainer)["hidden"]["gradient"])
    assert len(set(seen)) == 3


def test_weights_and_activations_are_those_of_now_without_dropout():
    trainer = Trainer(experiment(*LAYERS), np.float64)
    rows(trainer, 2)
    made, x = of(trainer), trainer.data.inputs[trainer.data.train]
    w = trainer.weights()["relu"]
    assert made["relu"]["weights"] == pytest.approx(np.sqrt((w["kernel"] ** 2).sum() + (w["bias"] ** 2).sum()))
    y = np.maximum(x @ w["kernel"] + w["bias"], 0)
    assert made["relu"]["mean"] == pytest.approx(y.mean(), rel=1e-6)
    assert made["drop"]["std"] == pytest.approx(y.std(), rel=1e-6)


def test_dead_and_saturated_neurons_are_counted():
    trainer = Trainer(experiment(*LAYERS))
    trainer.edit("relu", "bias", [1], -1e3)
    trainer.edit("hidden", "bias", [0], 1e3)
    trainer.edit("output", "bias", [0], -1e3)
    made = of(trainer)
    assert made["relu"]["dead"] >= 0.25
    assert made["relu"]["saturated"] is None
    assert made["hidden"]["dead"] is None
    assert made["hidden"]["saturated"] >= 1 / 3
    assert made["output"]["saturated"] == 1
    assert made["drop"] | {"dead": None, "saturated": None} == made["drop"]


def test_channels_of_an_image_are_its_neurons():
    layers = [
        {"id": "conv", "type": "conv2d", "filters": 4, "activation": "relu"},
        {"type": "flatten"},
        {"type": "dense", "units": 10, "activation": "softmax"},
    ]
    trainer = Trainer(experiment(*layers, data="digits", loss="categorical_cross_entropy"))
    for k in range(3):
        trainer.edit("conv", "bias", [k], -1e3)
    assert of(trainer)["conv"]["dead"] >= 0.75


def test_looking_changes_nothing_and_a_checkpoint_keeps_the_gradients():
    made = experiment(*LAYERS)
    trainer, other = Trainer(made), Trainer(made)
    rows(trainer, 2), rows(other, 2)
    first = trainer.statistics()
    assert trainer.state() == other.state()
    assert Trainer.restore(made, trainer.state()).statistics() == first
