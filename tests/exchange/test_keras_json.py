"""Keras's JSON: what Keras 3 and Keras 2 write comes in, and damaged files are refused."""

import json
import os

import pytest

from engine.errors import PlaygroundError
from engine.export.keras_net import build_code
from engine.importing.keras_json import from_keras_json
from engine.network import Network
from tests.exchange.drawn import plain
from tests.exchange.networks import named_cases
from tests.exchange.test_round_trips import has_no_form_in_keras

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:.*even kernel:UserWarning")


def dense(name, units, inbound, **config):
    about = {"name": name, "units": units, **config}
    return {"class_name": "Dense", "name": name, "config": about, "inbound_nodes": inbound}


def by_name(network):
    """Layers with what they read: Keras's JSON has them by their depth, not in the order of the code."""
    entries = zip(plain(network)["layers"], network.nodes, strict=True)
    return {entry["id"]: {**entry, "inputs": list(node.inputs)} for entry, node in entries}


KERAS_2 = {
    "class_name": "Functional",
    "config": {
        "name": "model",
        "layers": [
            {"class_name": "InputLayer", "name": "i", "inbound_nodes": [],
             "config": {"batch_input_shape": [None, 4], "dtype": "float32", "name": "i"}},
            dense("a", 3, [[["i", 0, 0, {}]]], activation="linear"),
            dense("b", 3, [[["a", 0, 0, {}]]], activation="tanh"),
            {"class_name": "Add", "name": "c", "config": {"name": "c", "trainable": True, "dtype": "float32"},
             "inbound_nodes": [[["a", 0, 0, {}], ["b", 0, 0, {}]]]},
        ],
        "input_layers": [["i", 0, 0]],
        "output_layers": [["c", 0, 0]],
    },
    "keras_version": "2.11.0",
    "backend": "tensorflow",
}  # fmt: skip


def test_keras_2_is_read():
    found = from_keras_json(json.dumps(KERAS_2))
    assert found.input_shape == (4,)
    assert [(layer["id"], layer["type"]) for layer in found.network["layers"]] == [
        ("a", "dense"), ("b", "dense"), ("c", "add"),
    ]  # fmt: skip
    assert found.network["layers"][2]["inputs"] == ["a", "b"]


def test_every_layer_comes_back_from_what_keras_3_writes():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    for name, network in named_cases():
        if any(has_no_form_in_keras(node.layer) for node in network.nodes) or "lambda" in build_code(network):
            continue
        space = {"keras": keras}
        exec(build_code(network), space)
        found = from_keras_json(space["build"]().to_json())
        assert found.input_shape == network.input_shape, name
        assert by_name(Network.from_json(found.network, network.input_shape)) == by_name(network), name


def test_what_compile_was_given_is_kept():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy())
    found = from_keras_json(model.to_json())
    assert found.training["optimizer"]["learning_rate"] == 0.01
    assert found.training["loss"] == "categorical_cross_entropy"


def changed(**changes):
    whole = json.loads(json.dumps(KERAS_2))
    whole["config"]["layers"][1] |= changes
    return json.dumps(whole)


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("null", "no Keras model"),
        ("[]", "no Keras model"),
        ('{"class_name": "Sequential", "config": {"layers": []}}', "no Keras model"),
        ('{"class_name": "Sequential", "config": {"layers": [1]}}', "each an object"),
        ('{"class_name": "Sequential", "config": {"layers": [{}]}}', "Layer 1 is no layer"),
        (changed(class_name="Lambda"), "Layer 2: There is no layer here like Keras's Lambda"),
        (changed(config={"units": -1}), "Layer 2: Expected a whole number"),
        (changed(config={"units": {"a": 1}}), "Layer 2: units should be a whole number"),
        (changed(inbound_nodes=[[["nobody", 0, 0, {}]]]), "damaged"),
        (changed(inbound_nodes=[[["i", 0, 0, {}]], [["i", 0, 0, {}]]]), "used in several places"),
    ],
)
def test_other_files_are_refused(text, message):
    with pytest.raises(PlaygroundError, match=message):
        from_keras_json(text)
