"""The microscope on convolution and pooling: every number is PyTorch's, and too many numbers are refused."""

import json

import numpy as np
import pytest

from engine.errors import LimitError, SpecError
from engine.experiment import Experiment
from engine.explain import explain
from engine.train import Trainer
from tests.engine.runs import go

KERAS = [
    {"id": "conv1", "type": "conv2d", "filters": 4, "kernel_size": 3, "activation": "relu"},
    {"id": "pool1", "type": "max_pool2d", "pool_size": 2},
    {"id": "conv2", "type": "conv2d", "filters": 3, "kernel_size": 2, "padding": "same", "activation": "tanh"},
    {"id": "pool2", "type": "avg_pool2d", "pool_size": 2, "strides": 1},
    {"id": "flat", "type": "flatten"},
    {"id": "dense", "type": "dense", "units": 6, "activation": "relu"},
    {"id": "out", "type": "dense", "units": 10, "activation": "softmax"},
]


def trained(layers=KERAS, optimizer="adam", steps=5):
    made = {
        "data": {"type": "digits"},
        "network": {"layers": layers},
        "training": {"loss": "categorical_cross_entropy", "optimizer": optimizer},
    }
    t = Trainer(Experiment.from_json(made))
    go(t, steps)
    return t


def test_every_number_is_pytorchs():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    t = trained()
    x, target = t.data.inputs[7].astype(np.float64), int(t.data.targets[7])
    told = explain(t, x, target)
    w = {
        f"{i}.{n}": torch.tensor(np.array(a, np.float64), requires_grad=True)
        for i, named in t.weights().items()
        for n, a in named.items()
    }

    def conv(id, z, padding):
        kernel = w[f"{id}.kernel"].permute(3, 2, 0, 1)
        return functional.conv2d(functional.pad(z, padding), kernel, w[f"{id}.bias"])

    seen = {}
    seen["conv1"] = z = conv("conv1", torch.tensor(x).permute(2, 0, 1)[None], (0, 0, 0, 0))
    seen["conv1:out"] = a = torch.relu(z)
    seen["pool1"] = a = functional.max_pool2d(a, 2)
    seen["conv2"] = z = conv("conv2", a, (0, 1, 0, 1))
    seen["conv2:out"] = a = torch.tanh(z)
    seen["pool2"] = a = functional.avg_pool2d(a, 2, 1)
    seen["flat"] = a = a.permute(0, 2, 3, 1).reshape(1, -1)
    seen["dense"] = z = a @ w["dense.kernel"] + w["dense.bias"]
    seen["dense:out"] = a = torch.relu(z)
    seen["out"] = z = a @ w["out.kernel"] + w["out.bias"]
    for tensor in seen.values():
        tensor.retain_grad()
    loss = functional.cross_entropy(z, torch.tensor([target]))
    loss.backward()
    assert told["loss"] == pytest.approx(loss.item(), rel=1e-9)

    def user(tensor):
        one = tensor.detach()[0]
        return (one.permute(1, 2, 0) if one.ndim == 3 else one).numpy()

    for layer in told["layers"]:
        pre = seen[layer["id"]]
        np.testing.assert_allclose(layer["pre"], user(pre), rtol=1e-8, atol=1e-12, err_msg=layer["id"])
        np.testing.assert_allclose(layer["gradient_pre"], user(pre.grad), rtol=1e-8, atol=1e-12, err_msg=layer["id"])
        if layer["id"] == "out":
            assert layer["joint"]
            np.testing.assert_allclose(layer["output"], torch.softmax(pre, 1).detach()[0], rtol=1e-8)
            continue
        out = seen.get(f"{layer['id']}:out", pre)
        np.testing.assert_allclose(layer["output"], user(out), rtol=1e-8, atol=1e-12, err_msg=layer["id"])
        np.testing.assert_allclose(layer["gradient_output"], user(out.grad), rtol=1e-8, atol=1e-12, err_msg=layer["id"])
        for name, weight in layer["weights"].items():
            np.testing.assert_allclose(weight["gradient"], w[f"{layer['id']}.{name}"].grad, rtol=1e-8, atol=1e-12)


def test_finite_differences_agree_where_they_are_taken():
    told = explain(t := trained(), t.data.inputs[0], t.data.targets[0])
    for layer in told["layers"]:
        for name, weight in layer["weights"].items():
            check = np.array(weight["finite_difference"], float)
            taken = np.isfinite(check)
            assert taken.sum() >= min(check.size, 2)
            np.testing.assert_allclose(
                np.array(weight["gradient"])[taken], check[taken], rtol=1e-5, atol=1e-8, err_msg=name
            )


def test_layers_can_be_asked_for():
    t = trained()
    whole = explain(t, t.data.inputs[0], t.data.targets[0])
    part = explain(t, t.data.inputs[0], t.data.targets[0], ["pool1", "dense"])
    assert [layer["id"] for layer in part["layers"]] == ["pool1", "dense"]
    for layer in part["layers"]:
        same = next(other for other in whole["layers"] if other["id"] == layer["id"])
        assert {**layer, "weights": None} == {**same, "weights": None}
        for name, weight in layer["weights"].items():
            assert weight["gradient"] == same["weights"][name]["gradient"]
            assert weight["after"] == same["weights"][name]["after"]
    with pytest.raises(SpecError) as caught:
        explain(t, t.data.inputs[0], t.data.targets[0], ["nobody"])
    assert caught.value.where == "layers"


def test_too_many_numbers_are_refused_naming_the_layers_that_fit():
    t = trained([{"id": "flat", "type": "flatten"}, {"id": "wide", "type": "dense", "units": 500},
                 {"id": "out", "type": "dense", "units": 10, "activation": "softmax"}])  # fmt: skip
    with pytest.raises(LimitError) as caught:
        explain(t, t.data.inputs[0], t.data.targets[0], most=100_000)
    assert caught.value.where == "layers"
    assert "100,000" in caught.value.message
    assert "out" in caught.value.fix and "wide" not in caught.value.fix
    assert len(explain(t, t.data.inputs[0], t.data.targets[0], ["flat", "out"], most=100_000)["layers"]) == 2


def test_it_is_json():
    t = trained()
    told = explain(t, t.data.inputs[0], t.data.targets[0])
    assert json.loads(json.dumps(told, allow_nan=False))["optimizer"]["step"] == 6


def test_the_optimizers_own_count_starts_with_it():
    t = trained(optimizer="sgd")
    t.set(optimizer="adam")
    told = explain(t, t.data.inputs[0], t.data.targets[0], ["out"])
    assert told["optimizer"]["type"] == "adam"
    assert told["optimizer"]["step"] == 1
    bias = told["layers"][0]["weights"]["bias"]
    steps = np.array(bias["after"]) - bias["value"]
    moved = np.abs(bias["gradient"]) > 1e-6
    np.testing.assert_allclose(np.abs(steps[moved]), 0.001, rtol=1e-2)  # Adam's first step is the learning rate
