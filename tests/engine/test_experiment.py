"""A whole experiment: what is left out, what comes back as JSON, and every way in which its parts do not fit."""

import json

import pytest

from engine.errors import DataError, PlaygroundError, SpecError
from engine.experiment import Experiment, Training, change, training_from_json
from engine.spec import CATALOGUE, params
from engine.train import Trainer
from tests.engine.scaffold import part_cases
from tests.engine.strategies import wrong_values

DENSE = {"type": "dense", "units": 3, "activation": "tanh"}
ONE = {"id": "out", "type": "dense", "units": 1}


def refused(**spec):
    with pytest.raises(PlaygroundError) as caught:
        Experiment.from_json(spec)
    assert caught.value.message
    return caught.value


# What is left out


def test_an_empty_experiment_is_that_of_the_untouched_page():
    made = Experiment.from_json({}).to_json()
    assert made["data"] == {
        "type": "circle", "samples": 500, "noise": 0.0, "seed": 1, "train_fraction": 0.5, "features": ["x", "y"],
    }  # fmt: skip
    layers = [(e["id"], e["type"], e["units"], e["activation"]["type"]) for e in made["network"]["layers"]]
    assert layers == [("hidden1", "dense", 4, "tanh"), ("hidden2", "dense", 2, "tanh"), ("output", "dense", 1, "tanh")]
    training = made["training"]
    assert training["optimizer"] == {"type": "sgd", "learning_rate": 0.03, "momentum": 0.0, "nesterov": False}
    assert (training["loss"]["type"], training["batch_size"], training["epochs"]) == ("mse", 10, None)
    assert (training["schedule"]["type"], training["regularizer"]["type"]) == ("constant", "none")
    assert training["shuffle"] is True


@pytest.mark.parametrize("name", [name for name, cls in CATALOGUE["dataset"].items() if not cls.needs_files])
def test_every_data_set_brings_a_network_and_the_json_comes_back(name):
    made = Experiment.from_json({"data": name})
    written = made.to_json()
    assert Experiment.from_json(json.loads(json.dumps(written, allow_nan=False))) == made
    assert Experiment.from_json(written).to_json() == written
    found = made.check()
    assert found["parameters"] == sum(layer["parameters"] for layer in found["layers"]) > 0
    json.dumps(found)


@pytest.mark.parametrize("kind", ["loss", "optimizer", "schedule", "regularizer"])
def test_every_training_part_comes_back_with_its_parameters(kind):
    for name, parameters in part_cases(kind):
        layer = {**ONE, "units": 2} if name == "categorical_cross_entropy" else ONE
        spec = {"network": {"layers": [layer]}, "training": {kind: {"type": name, **parameters}}}
        made = Experiment.from_json(spec)
        assert made.to_json()["training"][kind] == {"type": name} | made.to_json()["training"][kind] | parameters
        assert Experiment.from_json(made.to_json()) == made


def test_a_network_of_ones_own_takes_the_general_settings_not_the_presets():
    assert Experiment.from_json({"data": "digits"}).training != Training()
    made = Experiment.from_json({"data": "digits", "network": {"layers": [{"type": "flatten"}, {**ONE, "units": 10}]}})
    assert made.training == Training()


def test_settings_beside_a_preset_change_only_what_they_say():
    preset = Experiment.from_json({"data": "digits"})
    made = Experiment.from_json({"data": "digits", "training": {"batch_size": 7}})
    assert made.network == preset.network
    assert made.training == change(preset.training, batch_size=7)


def test_the_seed_gives_the_start():
    first = Trainer(Experiment.from_json({"seed": 5})).packed()
    assert (first == Trainer(Experiment.from_json({"seed": 5})).packed()).all()
    assert (first != Trainer(Experiment.from_json({"seed": 6})).packed()).any()


def test_a_layer_in_front_does_not_change_the_first_weights_of_the_same_place():
    """Each layer draws from a stream of its own."""
    one = Trainer(Experiment.from_json({"network": {"layers": [{"id": "a", **DENSE}, ONE]}}))
    wider = Trainer(Experiment.from_json({"network": {"layers": [{"id": "a", **DENSE, "bias": False}, ONE]}}))
    assert (one.weights()["a"]["kernel"] == wider.weights()["a"]["kernel"]).all()
    assert (one.weights()["out"]["kernel"] == wider.weights()["out"]["kernel"]).all()


# What is refused


@pytest.mark.parametrize("spec", [None, [], "circle", 7, True])
def test_what_is_no_experiment_is_refused(spec):
    with pytest.raises(SpecError, match="object"):
        Experiment.from_json(spec)


@pytest.mark.parametrize(
    "spec, where",
    [
        ({"colour": "red"}, "colour"),
        ({"x" * 1000: 1}, "x" * 60),
        ({"version": 2}, "version"),
        ({"version": "one"}, "version"),
        ({"version": 10**400}, "version"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**53}, "seed"),
        ({"seed": None}, "seed"),
        ({"seed": "1"}, "seed"),
        ({"seed": True}, "seed"),
        ({"seed": 10**400}, "seed"),
        ({"data": 7}, "data"),
        ({"data": "circles"}, "data.type"),
        ({"data": {"type": "circle", "noise": 51}}, "data.noise"),
        ({"data": {"type": "circle", "noise": float("nan")}}, "data.noise"),
        ({"data": {"type": "circle", "samples": 10**9}}, "data.samples"),
        ({"data": {"type": "circle", "features": []}}, "data.features"),
        ({"data": {"type": "circle", "train_fraction": 1}}, "data.train_fraction"),
        ({"network": 7}, "network.layers"),
        ({"network": {"layers": []}}, "network.layers"),
        ({"network": {"layers": [{"id": "a", **DENSE, "units": 10**9}]}}, "network.layers.a.units"),
        ({"network": {"layers": [{"id": "a", **DENSE, "units": 3}]}}, "network.layers.a.units"),
        ({"network": {"layers": [{"id": "a", "type": "flatten"}]}}, "network.layers.a"),
        ({"network": {"layers": [ONE, {"id": "a", "type": "reshape", "shape": [1, 1]}]}}, "network.layers.a"),
        (
            {"data": "iris", "network": {"layers": [{**ONE, "units": 4}, {"id": "a", "type": "dropout"}]}},
            "network.layers.a",
        ),
        ({"network": {"layers": [ONE], "input": [3]}}, "network.input"),
        ({"training": 7}, "training"),
        ({"training": []}, "training"),
        ({"training": {"colour": "red"}}, "training.colour"),
        ({"training": {"type": "training"}}, "training.type"),
        ({"training": {"batch_size": 0}}, "training.batch_size"),
        ({"training": {"batch_size": 251}}, "training.batch_size"),
        ({"training": {"batch_size": 2.5}}, "training.batch_size"),
        ({"training": {"epochs": 0}}, "training.epochs"),
        ({"training": {"loss": "lost"}}, "training.loss.type"),
        ({"training": {"loss": "categorical_cross_entropy"}}, "training.loss"),
        (
            {"training": {"optimizer": {"type": "sgd", "learning_rate": float("inf")}}},
            "training.optimizer.learning_rate",
        ),
        ({"training": {"optimizer": {"type": "sgd", "nesterov": True}}}, "training.optimizer.nesterov"),
        ({"training": {"optimizer": {"learning_rate": 1}}}, "training.optimizer.type"),
        ({"data": "diabetes", "network": {"layers": [ONE]}, "training": {"loss": "hinge"}}, "training.loss"),
        ({"data": "iris", "network": {"layers": [{**ONE, "units": 2}]}}, "network.layers.out.units"),
    ],
    ids=lambda value: str(value)[:80],
)
def test_mistakes_are_named_with_their_path(spec, where):
    error = refused(**spec)
    assert error.where == where
    assert len(str(error)) < 1000


FIELDS = params(Training)


@pytest.mark.parametrize("p", FIELDS, ids=lambda p: p.name)
def test_wrong_values_of_every_setting_are_refused(p):
    for value in wrong_values(p):
        error = refused(training={p.name: value})
        assert error.where.startswith(f"training.{p.name}"), value
        with pytest.raises(SpecError) as caught:
            change(Training(), **{p.name: value})
        assert caught.value.where.startswith(p.name)


@pytest.mark.parametrize("p", FIELDS, ids=lambda p: p.name)
def test_settings_come_back_with_every_default_written_out(p):
    written = Training().to_json()
    assert p.name in written
    assert training_from_json(written) == Training()
    assert "type" not in written


def test_a_batch_as_large_as_the_training_part_is_allowed():
    Experiment.from_json({"training": {"batch_size": 250}})
    error = refused(training={"batch_size": 251})
    assert "250" in error.message
    assert "250" in error.fix


def test_data_that_can_not_be_made_is_refused_where_it_is_declared(monkeypatch):
    def fail(self, rng):
        raise DataError("It is not there.", fix="Bring it.")

    monkeypatch.setattr(CATALOGUE["dataset"]["circle"], "generate", fail)
    error = refused(data={"type": "circle", "seed": 987})
    assert error.where == "data"


def test_outputs_that_fit_two_classes():
    """One output, or one for each; the coding follows the loss and the activation."""
    cases = [
        (1, "tanh", "mse", (-1.0, 1.0)), (1, "sigmoid", "mse", (0.0, 1.0)), (1, "relu", "mse", (0.0, 1.0)),
        (2, "tanh", "mse", (-1.0, 1.0)), (1, "linear", "hinge", (-1.0, 1.0)), (1, "sigmoid", "hinge", (-1.0, 1.0)),
        (1, "sigmoid", "binary_cross_entropy", (0.0, 1.0)), (1, "linear", "binary_cross_entropy", (0.0, 1.0)),
        (2, "sigmoid", "binary_cross_entropy", (0.0, 1.0)), (2, "softmax", "categorical_cross_entropy", (0.0, 1.0)),
    ]  # fmt: skip
    for units, activation, loss, levels in cases:
        layer = {**ONE, "units": units, "activation": activation}
        made = Experiment.from_json({"network": {"layers": [layer]}, "training": {"loss": loss}})
        coding = made.coding()
        assert (coding.low, coding.high) == levels, (units, activation, loss)
        assert set(coding.encode(Trainer(made).data.targets).ravel()) == set(levels)
