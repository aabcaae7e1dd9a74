"""Networks from JSON: what is right comes out with shapes, what is wrong is named at its layer, all at once."""

import json

import pytest

from engine.errors import LimitError, PlaygroundError, ShapeError, SpecError
from engine.experiment import check_network
from engine.network import MAX_LAYERS, Network
from tests.engine.scaffold import case_id, layer_cases, pieces

DENSE = {"type": "dense", "units": 3}
ADD = {"type": "add"}


def refused(layers, shape=(2,)):
    """The error that making this network raises; the check must tell the same."""
    with pytest.raises(PlaygroundError) as caught:
        Network.from_json(layers, shape)
    first = check_network(layers, shape)["errors"][0]
    assert (first["where"], first["message"], first["fix"]) == (
        f"network.{caught.value.where}", caught.value.message, caught.value.fix,
    )  # fmt: skip
    return caught.value


# What is right


@pytest.mark.parametrize("name, parameters, shapes", layer_cases(), ids=case_id)
def test_the_json_comes_back_for_every_layer(name, parameters, shapes):
    with pieces(shapes) as inputs:
        tested = {"id": "tested", "type": name, **parameters, "inputs": [i["id"] for i in inputs]}
        network = Network.from_json({"layers": [*inputs, tested]}, (200,))
        written = network.to_json()
        assert Network.from_json(json.loads(json.dumps(written)), (200,)) == network
        assert Network.from_json(written, (200,)).to_json() == written


def test_shapes_follow_from_the_input():
    network = Network.from_json({"layers": [DENSE, {"type": "dense", "units": 5}]}, (2,))
    assert [(node.in_shapes, node.out_shape) for node in network.nodes] == [(((2,),), (3,)), (((3,),), (5,))]
    assert network.count() == 2 * 3 + 3 + 3 * 5 + 5
    assert network.output.out_shape == (5,)


def test_a_check_tells_shapes_and_weights_of_every_layer():
    found = check_network({"layers": [{"id": "a", **DENSE}, {"id": "b", **DENSE, "bias": False}]}, (2,))
    assert found["errors"] == []
    assert found["parameters"] == 9 + 9
    assert found["input_shape"] == [2]
    assert found["output_shape"] == [3]
    a, b = found["layers"]
    assert (a["id"], a["type"], a["inputs"], a["input_shape"], a["output_shape"]) == ("a", "dense", ["input"], [2], [3])
    assert [(w["name"], w["shape"]) for w in a["weights"]] == [("kernel", [2, 3]), ("bias", [3])]
    assert [(w["name"], w["shape"]) for w in b["weights"]] == [("kernel", [3, 3])]
    json.dumps(found)


def test_layers_without_an_id_get_one_that_is_free():
    layers = [DENSE, {"id": "layer3", **DENSE}, DENSE, DENSE]
    ids = [node.id for node in Network.from_json({"layers": layers}, (2,)).nodes]
    assert ids[:2] == ["layer1", "layer3"]
    assert len(set(ids)) == 4


def test_an_id_stays_when_a_layer_is_put_in_front():
    written = Network.from_json({"layers": [{"id": "a", **DENSE}, {"id": "b", **DENSE}]}, (2,)).to_json()
    longer = Network.from_json({"layers": [DENSE, *written["layers"]]}, (2,))
    assert [node.id for node in longer.nodes] == ["layer1", "a", "b"]


def test_a_layer_reads_the_one_before_it_unless_it_says_otherwise():
    layers = [
        {"id": "a", **DENSE},
        {"id": "b", **DENSE, "inputs": ["input"]},
        {"id": "sum", **ADD, "inputs": ["a", "b"]},
    ]
    network = Network.from_json({"layers": layers}, (2,))
    assert [node.inputs for node in network.nodes] == [("input",), ("input",), ("a", "b")]
    assert "inputs" not in network.to_json()["layers"][0]
    assert network.to_json()["layers"][1]["inputs"] == ["input"]


def test_the_longest_network_allowed_is_made():
    assert len(Network.from_json({"layers": [DENSE] * MAX_LAYERS}, (2,)).nodes) == MAX_LAYERS


@pytest.mark.parametrize("given", [[2], (2,), None])
def test_the_input_may_be_said_again(given):
    Network.from_json({"version": 1, "input": given, "layers": [DENSE]}, (2,))


# What is wrong


@pytest.mark.parametrize(
    "spec, where",
    [
        (None, "layers"),
        ("dense", "layers"),
        (7, "layers"),
        ({}, "layers"),
        ([], "layers"),
        ({"layers": None}, "layers"),
        ({"layers": {}}, "layers"),
        ({"layers": []}, "layers"),
        ({"layers": "dense"}, "layers"),
        ({"version": 2, "layers": [DENSE]}, "version"),
        ({"version": "1", "layers": [DENSE]}, "version"),
        ({"version": None, "layers": [DENSE]}, "version"),
        ({"layer": [DENSE]}, "layer"),
        ({"layers": [DENSE], "colour": "red"}, "colour"),
        ({"layers": [DENSE], "input": [3]}, "input"),
        ({"layers": [DENSE], "input": 2}, "input"),
        ({"layers": [DENSE], "input": "2"}, "input"),
        ({"layers": [DENSE], "input": [float("nan")]}, "input"),
        ({"layers": [DENSE], "input": [[2]]}, "input"),
        ({"layers": [None]}, "layers.layer1"),
        ({"layers": [DENSE, "dense"]}, "layers.layer2"),
        ({"layers": [[DENSE]]}, "layers.layer1"),
        ({"layers": [{}]}, "layers.layer1.type"),
        ({"layers": [{"id": "a", "type": "dance"}]}, "layers.a.type"),
        ({"layers": [{"id": "a", **DENSE, "units": 0}]}, "layers.a.units"),
        ({"layers": [{"id": "a", **DENSE, "units": 10**9}]}, "layers.a.units"),
        ({"layers": [{"id": "a", **DENSE, "activation": {"type": "elu", "alpha": "x"}}]}, "layers.a.activation.alpha"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_no_network_is_refused_with_its_place(spec, where):
    assert refused(spec).where == where


@pytest.mark.parametrize(
    "id", ["", "1a", "a b", "input", "ä", "a" * 41, "a.b", "a/b", 7, True, [], {}, "<b>"], ids=repr
)
def test_what_is_no_id_is_refused(id):
    error = refused({"layers": [{"id": id, **DENSE}]})
    assert error.where == "layers.layer1.id"
    assert "letter" in error.fix


def test_an_id_used_twice_is_refused():
    error = refused({"layers": [{"id": "a", **DENSE}, {"id": "a", **DENSE}]})
    assert error.where.endswith(".id")
    assert "'a'" in error.message


@pytest.mark.parametrize(
    "inputs", ["a", [], ["nobody"], ["b"], ["c"], ["input", "a"], [7], [None], [["a"]], {"a": 1}, 7, True], ids=repr
)
def test_inputs_that_lead_nowhere_are_refused(inputs):
    """Among them a layer that reads itself or a later one: a network has no cycles."""
    layers = [{"id": "a", **DENSE}, {"id": "b", **DENSE, "inputs": inputs}, {"id": "c", **DENSE}]
    assert refused({"layers": layers}).where == "layers.b.inputs"


@pytest.mark.parametrize("inputs", [None, ["a"], []], ids=repr)
def test_a_layer_that_joins_needs_two(inputs):
    assert (
        refused({"layers": [{"id": "a", **DENSE}, {"id": "sum", **ADD, "inputs": inputs}]}).where == "layers.sum.inputs"
    )


def test_more_inputs_than_layers_are_refused():
    """A short text must not make a network of any size."""
    layers = [{"id": "a", **DENSE}, {"id": "sum", "type": "concatenate", "inputs": ["a"] * (MAX_LAYERS + 1)}]
    error = refused({"layers": layers})
    assert isinstance(error, LimitError)
    assert error.where == "layers.sum.inputs"


def test_layers_that_nobody_reads_are_refused():
    layers = [{"id": "a", **DENSE}, {"id": "b", **DENSE, "inputs": ["input"]}, {"id": "c", **DENSE}]
    error = refused({"layers": layers})
    assert error.where == "layers.a"
    assert "Connect" in error.fix


def test_too_many_layers_are_refused():
    error = refused({"layers": [DENSE] * (MAX_LAYERS + 1)})
    assert isinstance(error, LimitError)
    assert str(MAX_LAYERS) in error.message


def test_a_layer_that_can_not_read_what_reaches_it_is_named():
    error = refused({"layers": [{"id": "a", **DENSE}]}, (4, 4, 1))
    assert isinstance(error, ShapeError)
    assert error.where == "layers.a"
    assert "4×4×1" in error.message
    assert "Flatten" in error.fix


def test_all_mistakes_are_told_at_once_and_one_is_not_told_twice():
    layers = [
        {"id": "a", **DENSE, "units": 0},
        {"id": "b", **DENSE},  # reads a layer that is wrong: nothing to say about it
        {"id": "c", "type": "dance"},
        {"id": "d", **DENSE, "bias": 1},
    ]
    found = check_network({"layers": layers}, (2,))
    assert [e["where"] for e in found["errors"]] == [
        "network.layers.a.units", "network.layers.c.type", "network.layers.d.bias",
    ]  # fmt: skip
    assert found["layers"] == []
    assert all(e["message"] and e["fix"] is not None for e in found["errors"])


def test_what_is_right_before_a_mistake_still_has_shapes():
    found = check_network({"layers": [{"id": "a", **DENSE}, {"id": "b", **DENSE, "units": 0}]}, (2,))
    assert [layer["id"] for layer in found["layers"]] == ["a"]


# The output, against data and loss


@pytest.mark.parametrize(
    "units, activation, classes, loss, where",
    [
        (1, "tanh", 2, "mse", None),
        (2, "softmax", 2, "categorical_cross_entropy", None),
        (3, "linear", 3, "categorical_cross_entropy", None),
        (1, "linear", 0, "mse", None),
        (2, "tanh", 3, "mse", "network.layers.out.units"),
        (4, "tanh", 3, "mse", "network.layers.out.units"),
        (1, "softmax", 2, "categorical_cross_entropy", "network.layers.out.units"),
        (2, "linear", 0, "mse", "network.layers.out.units"),
        (3, "tanh", 3, "categorical_cross_entropy", "training.loss"),
        (1, "relu", 2, "binary_cross_entropy", "training.loss"),
        (1, "linear", 0, "hinge", "training.loss"),
        (1, "linear", 0, "lost", "training.loss.type"),
        (1, "linear", 0, {"type": "huber", "delta": 0}, "training.loss.delta"),
        (1, "linear", 0, 7, "training.loss"),
    ],
)
def test_an_output_that_does_not_fit_is_named(units, activation, classes, loss, where):
    layer = {"id": "out", "type": "dense", "units": units, "activation": activation}
    found = check_network({"layers": [layer]}, (2,), classes, loss)
    assert [e["where"] for e in found["errors"]] == ([where] if where else [])
    assert all(e["fix"] for e in found["errors"] if "units" in e["where"])


def test_an_image_as_output_is_refused():
    found = check_network({"layers": [{"id": "act", "type": "activation"}]}, (4, 4, 1), 2, "mse")
    assert [e["where"] for e in found["errors"]] == ["network.layers.act"]
    assert "4×4×1" in found["errors"][0]["message"]


def test_a_huge_network_is_checked_without_being_made():
    """Eighty times 4096 × 4096 weights would be 5 GB."""
    found = check_network({"layers": [{"type": "dense", "units": 4096}] * 80}, (4096,))
    assert found["parameters"] == 80 * 4096 * 4097


def test_the_first_mistake_is_raised():
    with pytest.raises(SpecError) as caught:
        Network.from_json({"layers": [{"id": "a", "type": "x"}, {"id": "b", "type": "y"}]}, (2,))
    assert caught.value.where == "layers.a.type"
