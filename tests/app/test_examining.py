"""Looking closely through REST: the numbers are the engine's, limits are named, nothing is disturbed."""

import json

import numpy as np
import pytest

from engine.events import COLUMNS
from engine.experiment import Experiment
from engine.explain import explain
from engine.train import Trainer
from tests.app.conftest import API, SMALL

IMAGES = {
    "data": "digits",
    "network": {
        "layers": [
            {"id": "conv", "type": "conv2d", "filters": 4, "kernel_size": 3, "activation": "relu"},
            {"id": "pool", "type": "max_pool2d"},
            {"id": "flat", "type": "flatten"},
            {"id": "out", "type": "dense", "units": 10, "activation": "softmax"},
        ]
    },
    "training": {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 32},
}


def twin_of(spec, epochs):
    """The same run without a server."""
    t = Trainer(Experiment.from_json(spec))
    for _ in t.events("epoch"):
        if t.epoch >= epochs:
            return t


def post(client, run, what, body, status=200, **params):
    answer = client.post(f"{run.path}/{what}", json=body, params=params)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize("spec", [SMALL, IMAGES], ids=["dense", "images"])
def test_an_explanation_has_the_engines_numbers(make, spec):
    run, t = make(spec), twin_of(spec, 2)
    run.step("epoch", 2)
    told = run.get("explain", split="test", index=3)
    at = t.data.test[3]
    expected = json.loads(json.dumps(explain(t, t.data.inputs[at], t.data.targets[at])))
    assert told["layers"] == expected["layers"]
    assert (told["loss"], told["encoded_target"]) == (expected["loss"], expected["encoded_target"])
    assert (told["epoch"], told["target"]) == (2, int(t.data.targets[at]))
    assert told["raw"] == t.data.raw[at].tolist()


def test_own_examples_are_explained_like_those_of_the_data(make, client):
    run = make(SMALL)
    run.step("epoch", 3)
    of_data = run.get("explain", split="train", index=2)
    name = of_data["classes"][of_data["target"]]
    for target in (of_data["target"], name):
        own = post(client, run, "explain", {"input": of_data["raw"], "target": target})
        assert own["layers"] == of_data["layers"]
        assert own["loss"] == of_data["loss"]
    ready = post(
        client, run, "explain", {"input": of_data["input"], "target": name, "ready": True, "layers": ["output"]}
    )
    assert [layer["id"] for layer in ready["layers"]] == ["output"]


def test_values_are_explained_in_the_units_of_the_data(make, client):
    run = make({"data": "diabetes"})
    of_data = run.get("explain", split="train", index=0)
    own = post(client, run, "explain", {"input": of_data["raw"], "target": of_data["target"]})
    assert own["encoded_target"] == pytest.approx(of_data["encoded_target"], rel=1e-6)
    assert abs(own["encoded_target"][0]) < 5 < own["target"]


def test_an_explanation_of_an_earlier_moment(make):
    run = make(SMALL)
    first = run.get("explain")
    run.step("epoch", 3)
    assert run.get("explain", at=0) == first
    assert run.get("explain") != first


@pytest.mark.parametrize(
    "body, where",
    [
        ({"input": [1, 2, 3], "target": 0}, "input"),
        ({"input": "here", "target": 0}, "input"),
        ({"input": [0, 0], "target": 2}, "target"),
        ({"input": [0, 0], "target": "purple"}, "target"),
        ({"input": [0, 0]}, "target"),
        ({"input": [0, 0], "target": 0, "layers": ["nobody"]}, "layers"),
    ],
)
def test_an_example_that_can_not_be_explained_is_refused(make, client, body, where):
    assert post(client, make(SMALL), "explain", body, 422)["where"] == where


def test_too_many_numbers_are_refused_naming_layers(make, client):
    wide = {**IMAGES, "network": {"layers": [
        {"id": "flat", "type": "flatten"}, {"id": "wide", "type": "dense", "units": 900},
        {"id": "out", "type": "dense", "units": 10, "activation": "softmax"}]}}  # fmt: skip
    run = make(wide)
    answer = client.get(f"{run.path}/explain")
    assert answer.status_code == 422
    assert answer.json()["where"] == "layers"
    assert "100,000" in answer.json()["detail"]
    assert len(run.get("explain", layers="flat,out")["layers"]) == 2
    assert client.get(f"{run.path}/explain", params={"layers": "nobody"}).json()["where"] == "layers"


def test_a_drawn_picture_goes_through_every_layer(make, client):
    run = make(IMAGES)
    run.step("epoch", 1)
    of_data = run.get("activations", split="test", index=5)
    own = post(client, run, "activations", {"input": of_data["raw"]})
    assert own["layers"] == of_data["layers"]
    assert own["target"] is None


def test_mistakes_are_as_many_as_the_confusion_matrix_says(make):
    run = make(IMAGES)
    run.step("epoch", 1)
    confusion = np.array(run.get("evaluation", split="test")["confusion"])
    wrong = run.get("mistakes", split="test", limit=200)
    assert wrong["total"] == confusion.sum() - np.trace(confusion)
    assert wrong["losses"] == sorted(wrong["losses"], reverse=True)
    assert all(t != p for t, p in zip(wrong["targets"], wrong["predicted"], strict=True))
    np.testing.assert_allclose(np.sum(wrong["probabilities"], axis=1), 1, atol=1e-4)
    for k, (index, raw, target) in enumerate(zip(wrong["index"], wrong["raw"], wrong["targets"], strict=True)):
        if k < 3:
            shown = run.get("activations", split="test", index=index, layers="out")
            assert (shown["raw"], shown["target"]) == (raw, target)
            np.testing.assert_allclose(shown["output"]["values"], wrong["probabilities"][k], atol=1e-5)
    true, predicted = np.unravel_index(np.argmax(confusion - np.diag(np.diag(confusion))), confusion.shape)
    cell = run.get("mistakes", split="test", true=int(true), predicted=int(predicted), limit=200)
    assert cell["total"] == confusion[true, predicted]
    page = run.get("mistakes", split="test", limit=5, offset=5)
    assert page["index"] == wrong["index"][5:10]


def test_a_class_that_is_not_there(make, client):
    run = make(SMALL)
    answer = client.get(f"{run.path}/mistakes", params={"true": 2})
    assert (answer.status_code, answer.json()["where"]) == (422, "true")


# ---- diagnosis ----


def test_a_diagnosis_and_its_experiment_go_through_rest(make, client):
    straight = {**SMALL, "network": {"layers": [
        {"id": "hidden", "type": "dense", "units": 3, "activation": "linear"},
        {"id": "output", "type": "dense", "units": 1, "activation": "tanh"}]}}  # fmt: skip
    run = make(straight)
    assert run.get("diagnosis")["findings"] == []
    run.step("epoch", 40)
    found = run.get("diagnosis")
    (finding,) = found["findings"]
    assert (finding["kind"], finding["sentence"]["id"]) == ("linear", "linear")
    assert "straight border" in finding["sentence"]["text"]
    assert [layer["layer"] for layer in found["layers"]] == ["hidden", "output"]
    attempt = finding["experiment"]
    made = client.post(
        f"{run.path}/fork", json={"at": attempt["at"], "changes": attempt["changes"]}, headers=run.headers
    )
    assert made.status_code == 201, made.text
    activation = made.json()["spec"]["network"]["layers"][0]["activation"]["type"]
    assert activation == "tanh"
    client.delete(f"{API}/runs/{made.json()['id']}", headers=run.headers)


def test_a_run_that_diverged_says_so(make):
    run = make(
        {"data": {"type": "reg_plane", "samples": 60}, "training": {"optimizer": {"type": "sgd", "learning_rate": 90}}}
    )
    run.step("epoch", 60)
    assert run.get()["state"] == "diverged"
    (finding,) = run.get("diagnosis")["findings"]
    assert finding["kind"] == "diverged"


def test_a_healthy_run_has_nothing(make):
    run = make({})
    run.step("epoch", 80)
    assert run.get("diagnosis")["findings"] == []


# ---- surfaces ----


def test_the_centre_of_a_surface_is_the_loss_of_now(make):
    run = make(SMALL)
    run.step("epoch", 6)
    last = dict(zip(COLUMNS, run.rows()[-1], strict=True))
    for split in ("train", "test"):
        found = run.get("surface", grid=5, split=split)
        assert np.shape(found["losses"]) == (5, 5)
        assert found["losses"][2][2] == pytest.approx(last[f"{split}_loss"], rel=1e-5)
        assert (found["samples"], found["epoch"]) == (30, 6)
    assert [p["epoch"] for p in found["path"]] == list(range(7))


def test_two_weights_and_the_path_they_took(make):
    run = make(SMALL)
    run.step("epoch", 6)
    found = run.get("surface", directions="weights", x="hidden.kernel.0.1", y="output.bias.0", grid=7)
    for point in found["path"]:
        layers = run.get("weights", at=point["update"])["layers"]
        assert point["x"] == pytest.approx(layers["hidden"]["kernel"][0][1], abs=1e-6)
        assert point["y"] == pytest.approx(layers["output"]["bias"][0], abs=1e-6)
        assert found["x"]["values"][0] < point["x"] < found["x"]["values"][-1]
    assert found["x"]["label"] == "hidden.kernel[0, 1]"


def test_a_race_of_optimizers_on_one_surface(make):
    first, second = make(SMALL), make({**SMALL, "training": {"optimizer": "adam"}})
    for run in (first, second):
        run.step("epoch", 8)
    found = first.get("surface", directions="path", grid=9, paths=second.id)
    other = found["paths"][second.id]
    assert [p["epoch"] for p in other] == list(range(9))
    assert other[0]["x"] == pytest.approx(found["path"][0]["x"], abs=1e-4), "the same start"
    assert other[-1]["x"] != found["path"][-1]["x"]


@pytest.mark.parametrize(
    "params, where",
    [({"directions": "weights", "x": "nobody.kernel.0", "y": "output.bias.0"}, "x"), ({"grid": 42}, "grid"),
     ({"directions": "path"}, "directions"), ({"span": 0}, "span"), ({"directions": "up"}, "directions")],
)  # fmt: skip
def test_a_surface_that_can_not_be(make, client, params, where):
    answer = client.get(f"{make(SMALL).path}/surface", params=params)
    assert (answer.status_code, answer.json()["where"]) == (422, where)


def test_other_networks_share_no_slice(make, client):
    run, other = make(SMALL), make(IMAGES)
    answer = client.get(f"{run.path}/surface", params={"grid": 3, "paths": other.id})
    assert (answer.status_code, answer.json()["where"]) == (422, "paths")


def test_a_surface_too_large_names_its_limit(make, client):
    layers = [{"id": f"c{k}", "type": "conv2d", "filters": 64, "padding": "same"} for k in range(3)]
    run = make({**IMAGES, "network": {"layers": [*layers, *IMAGES["network"]["layers"][2:]]}})
    answer = client.get(f"{run.path}/surface", params={"grid": 41})
    assert (answer.status_code, answer.json()["where"]) == (422, "grid")


def test_the_run_goes_on_while_all_this_is_asked(make):
    run = make(SMALL)
    run.state("running")
    for what, params in [
        ("explain", {}),
        ("surface", {"grid": 21}),
        ("mistakes", {}),
        ("diagnosis", {}),
        ("timeline", {}),
    ]:
        run.get(what, **params)
    run.state("paused")
    rows, t = run.rows(), twin_of(SMALL, run.get()["epoch"])
    assert rows[-1][2] == pytest.approx(t.row()[2], abs=0)
