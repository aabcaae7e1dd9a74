"""The microscope's numbers against PyTorch's autograd and optimizers, and against their own finite differences."""

import numpy as np
import pytest

from engine.experiment import Experiment
from engine.explain import explain
from engine.train import Trainer


def trained(optimizer: dict | str = "sgd", loss: str = "mse", output: str = "tanh", steps: int = 7) -> Trainer:
    layers = [
        {"id": "hidden", "type": "dense", "units": 3, "activation": "tanh"},
        {"id": "output", "type": "dense", "units": 2 if output == "softmax" else 1, "activation": output},
    ]
    training = {"optimizer": optimizer, "loss": loss, "regularizer": {"type": "l2", "rate": 0.01}}
    t = Trainer(Experiment.from_json({"network": {"layers": layers}, "training": training}))
    for _, _ in zip(range(steps), t.events("update"), strict=False):
        pass
    return t


@pytest.mark.parametrize(
    "optimizer, loss, output",
    [
        ("sgd", "mse", "tanh"),
        ({"type": "sgd", "momentum": 0.9}, "binary_cross_entropy", "sigmoid"),
        ("adam", "categorical_cross_entropy", "softmax"),
    ],
)
def test_gradients_agree_with_their_finite_differences(optimizer, loss, output):
    t = trained(optimizer, loss, output)
    told = explain(t, t.data.inputs[0], t.data.targets[0])
    for layer in told["layers"]:
        for name, w in layer["weights"].items():
            np.testing.assert_allclose(
                w["gradient"], np.array(w["finite_difference"], float), rtol=1e-6, atol=1e-9, err_msg=name
            )


def test_numbers_agree_with_pytorch_and_its_adam():
    torch = pytest.importorskip("torch")
    t = trained("adam", steps=0)
    x, target = t.data.inputs[3].astype(np.float64), t.data.targets[3]
    told = explain(t, x, target)
    w = {
        f"{i}.{n}": torch.tensor(np.array(a, np.float64), requires_grad=True)
        for i, v in t.weights().items()
        for n, a in v.items()
    }
    z1 = torch.tensor(x) @ w["hidden.kernel"] + w["hidden.bias"]
    a1 = torch.tanh(z1)
    z2 = a1 @ w["output.kernel"] + w["output.bias"]
    a2 = torch.tanh(z2)
    for tensor in (z1, a1, z2, a2):
        tensor.retain_grad()
    loss = ((a2 - (1.0 if target == 1 else -1.0)) ** 2).mean()
    loss.backward()
    hidden, output = told["layers"]
    assert told["loss"] == pytest.approx(loss.item(), rel=1e-12)
    for layer, z, a in ((hidden, z1, a1), (output, z2, a2)):
        np.testing.assert_allclose(layer["pre"], z.detach(), rtol=1e-12)
        np.testing.assert_allclose(layer["output"], a.detach(), rtol=1e-12)
        np.testing.assert_allclose(layer["gradient_pre"], z.grad, rtol=1e-10)
        np.testing.assert_allclose(layer["gradient_output"], a.grad, rtol=1e-10)
    for layer in told["layers"]:
        for name, weight in layer["weights"].items():
            np.testing.assert_allclose(weight["gradient"], w[f"{layer['id']}.{name}"].grad, rtol=1e-10)
    penalty = 0.01 / 2 * (w["hidden.kernel"].square().sum() + w["output.kernel"].square().sum())
    assert told["penalty"] == pytest.approx(penalty.item(), rel=1e-6)
    penalty.backward()
    torch.optim.Adam(w.values(), lr=0.001).step()
    for layer in told["layers"]:
        for name, weight in layer["weights"].items():
            np.testing.assert_allclose(weight["after"], w[f"{layer['id']}.{name}"].detach(), rtol=1e-9)


def test_looking_changes_nothing():
    t = trained("adam")
    before = t.state()
    explain(t, t.data.inputs[0], t.data.targets[0])
    assert t.state() == before
