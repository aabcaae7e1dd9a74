"""Each finding in a situation made for it, none on runs that are well, and every sentence complete."""

import json

import numpy as np
import pytest

from engine.diagnosis import as_json, diagnose
from engine.diagnosis.sentences import SENTENCES, say
from engine.events import Epoch
from engine.experiment import Experiment
from engine.fork import fork, planned
from engine.train import Trainer


def followed(spec, epochs):
    """A trainer after so many epochs, and its rows from the start on."""
    t = Trainer(Experiment.from_json(spec))
    rows = [t.row()]
    if epochs:
        for event in t.events("epoch"):
            if not isinstance(event, Epoch):
                break
            rows.append(event.row)
            if t.epoch >= epochs:
                break
    return t, np.array(rows)


def findings(t, rows):
    """By kind. What is said must be JSON, and the sentence complete."""
    told = as_json(diagnose(t, rows, rows[-64:]))
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    for f in told:
        assert f["sentence"]["text"] == say(f["sentence"]["id"], f["sentence"]["values"])
        assert f["severity"] in ("problem", "warning", "hint")
    return {f["kind"]: f for f in told}


def net(units, activation, layers=1, data="circle", seed=4, initial=None, **training):
    """A spec with so many equal hidden layers."""
    hidden = {"type": "dense", "units": units, "activation": activation, **(initial or {})}
    out = {"id": "out", "type": "dense", "units": 1, "activation": "tanh"}
    stack = [{"id": f"h{k}", **hidden} for k in range(1, layers + 1)]
    return {"seed": seed, "data": data, "network": {"layers": [*stack, out]}, "training": training}


def sgd(rate):
    return {"type": "sgd", "learning_rate": rate}


LARGE = {"kernel_initializer": {"type": "normal", "stddev": 60}}
OVERFIT = {"type": "gauss", "samples": 40, "noise": 50}
SLOPE = {
    "data": "reg_plane",
    "network": {"layers": [{"id": "h", "type": "dense", "units": 8}, {"id": "out", "type": "dense", "units": 1}]},
    "training": {"optimizer": sgd(5.0)},
}
STUCK = [
    ("diverged", SLOPE, 20, ("epoch", "rate")),
    ("dead", net(8, "relu", initial={"bias_initializer": {"type": "constant", "value": -8}}), 12, ("dead", "units")),
    ("saturated", net(8, "tanh", 2, "spiral", initial=LARGE), 12, ("share", "activation")),
    ("vanishing", net(4, "sigmoid", 6), 20, ("first", "last", "factor")),
    ("symmetric", net(4, "tanh", initial={"kernel_initializer": "ones"}) | {"seed": 1}, 0, ("units",)),
    ("linear", net(4, "linear"), 20, ("accuracy",)),
    ("rate_too_large", net(4, "tanh", 2, optimizer=sgd(1.0)), 60, ("rate", "jump")),
    ("rate_too_small", net(4, "tanh", optimizer=sgd(1e-5)), 20, ("fall", "step", "rate")),
    ("overfitting", net(32, "tanh", 2, OVERFIT, optimizer={"type": "adam", "learning_rate": 0.01}), 60, ("epoch",)),
    ("chance", net(4, "tanh", optimizer=sgd(1e-9)), 20, ("accuracy", "majority")),
    ("large_batch", net(4, "tanh", batch_size=250), 40, ("share", "update")),
]


def made_symmetric(spec):
    spec["network"]["layers"][-1]["kernel_initializer"] = "ones"
    return spec


@pytest.mark.parametrize("kind, spec, epochs, numbers", STUCK, ids=[row[0] for row in STUCK])
def test_a_situation_made_for_it_is_found_with_its_numbers_and_something_to_try(kind, spec, epochs, numbers):
    t, rows = followed(made_symmetric(spec) if kind == "symmetric" else spec, epochs)
    found = findings(t, rows)
    assert kind in found, found
    assert set(numbers) <= set(found[kind]["sentence"]["values"])
    attempt = found[kind]["experiment"]
    assert attempt["label"]["text"]
    start, _ = followed(spec, 0)
    changes = attempt["changes"]
    fork(start, planned(start, changes), changes)  # what is to be tried can be tried


@pytest.mark.parametrize(
    "kind, spec, epochs, numbers", [row for row in STUCK if row[0] in ("dead", "linear", "vanishing")]
)
def test_what_is_to_be_tried_helps(kind, spec, epochs, numbers):
    t, rows = followed(spec, epochs)
    start, _ = followed(spec, 0)
    changes = findings(t, rows)[kind]["experiment"]["changes"]
    if kind == "dead":  # the offsets that killed it are the same; only the slope is new
        changes = {**changes, "optimizer": {"type": "adam", "learning_rate": 0.1}}
    made = planned(start, changes)
    better, _ = followed(made.to_json(), 60)
    assert better.row()[4] > max(0.6, t.row()[4])


@pytest.mark.parametrize("epochs", [0, 3, 12, 30, 80])
@pytest.mark.parametrize("name", ["circle", "xor", "gauss", "spiral", "moons", "reg_plane", "wave", "iris", "digits"])
def test_nothing_is_found_where_nothing_is_wrong(name, epochs):
    assert findings(*followed({"data": name}, min(epochs, 12) if name == "digits" else epochs)) == {}


def test_a_symmetric_layer_between_random_ones_is_no_problem():
    t, rows = followed(net(4, "tanh", initial={"kernel_initializer": "zeros"}), 0)
    assert findings(t, rows) == {}


def test_causes_are_told_rather_than_their_effects():
    t, rows = followed(net(8, "relu", initial={"bias_initializer": {"type": "constant", "value": -8}}), 20)
    assert list(findings(t, rows)) == ["dead"]
    t, rows = followed(SLOPE, 20)
    assert list(findings(t, rows)) == ["diverged"]


def test_every_dead_neuron_is_counted():
    t, rows = followed(net(8, "relu", data="spiral"), 12)
    for unit in (1, 4, 6):
        t.edit("h1", "bias", [unit], -100.0)
    values = findings(t, rows)["dead"]["sentence"]["values"]
    silent = (t.activations(t.data.inputs[t.data.train])["h1"] == 0).all(axis=0)
    assert silent.sum() >= 3
    assert (values["dead"], values["units"], values["layer"]) == (silent.sum(), 8, "h1")


def test_looking_changes_nothing():
    t, rows = followed(net(4, "tanh"), 12)
    before = t.state()
    findings(t, rows)
    assert t.state() == before


def test_sentences_are_sentences():
    for id, text in SENTENCES.items():
        assert text[0].isupper() or text[0] == "{", id
        assert text.endswith(".") != id.startswith("try_"), id
