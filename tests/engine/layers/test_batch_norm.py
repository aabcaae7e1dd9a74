"""Batch normalization: the batch's statistics in training, the running ones in use."""

import json

import numpy as np
import pytest

from engine.experiment import Experiment
from engine.explain import explain
from engine.train import Trainer
from tests.engine.layers.one import One

MLP = [
    {"id": "a", "type": "dense", "units": 6},
    {"id": "norm", "type": "batch_norm"},
    {"type": "activation", "activation": "relu"},
    {"type": "dense", "units": 1, "activation": "tanh"},
]
SPEC = {"network": {"layers": MLP}, "training": {"batch_size": 32}}  # 250 examples: the last batch has 26


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 2, 3)], ids=str)
def test_training_gives_mean_0_and_variance_1_in_each_channel(shape, rng):
    x = rng.normal(5.0, 3.0, (8, *shape))
    y, _, _ = One({"type": "batch_norm", "epsilon": 1e-12}, x).train()
    np.testing.assert_allclose(y.reshape(-1, 3).mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose(y.reshape(-1, 3).var(axis=0), 1.0, rtol=1e-9)


def test_running_statistics_move_by_one_minus_momentum_and_variance_is_unbiased(rng):
    x = rng.normal(5.0, 3.0, (8, 2, 3))
    one = One({"type": "batch_norm", "momentum": 0.75}, x)
    one.train()
    flat = x.reshape(-1, 3)
    np.testing.assert_allclose(one.weights["mean"], 0.25 * flat.mean(axis=0))
    np.testing.assert_allclose(one.weights["variance"], 0.75 + 0.25 * flat.var(axis=0, ddof=1))


def test_in_use_the_running_statistics_count_and_stay_as_they_are(rng):
    x = rng.normal(size=(5, 3))
    mean, variance = np.array([1.0, -2.0, 0.5]), np.array([4.0, 0.25, 1.0])
    one = One({"type": "batch_norm", "epsilon": 0.1}, x, mean=mean, variance=variance, gamma=[1, 2, 3], beta=[0, 1, -1])
    wanted = (x - mean) / np.sqrt(variance + 0.1) * [1, 2, 3] + [0, 1, -1]
    np.testing.assert_allclose(one.outputs(), wanted)
    np.testing.assert_array_equal(one.weights["mean"], mean)
    np.testing.assert_array_equal(one.weights["variance"], variance)


@pytest.mark.parametrize("affine", [True, False])
def test_a_batch_of_one_gives_the_offset_and_no_nan(affine):
    one = One({"type": "batch_norm", "affine": affine}, [[3.0, -1e6]])
    y, (dx,), _ = one.train([[1.0, 2.0]])
    np.testing.assert_array_equal(y, [[0.0, 0.0]])
    np.testing.assert_allclose(dx, 0.0, atol=1e-9)
    np.testing.assert_allclose(one.weights["variance"], 0.9)


def test_a_large_mean_costs_no_digits():
    x = 1e7 + np.array([[-1.0], [0.0], [1.0]])
    y, _, _ = One({"type": "batch_norm"}, x).train()
    np.testing.assert_allclose(y[:, 0], np.array([-1, 0, 1]) / np.sqrt(2 / 3 + 1e-5), rtol=1e-7)


def test_the_history_judges_with_the_running_statistics_of_the_moment():
    trainer = Trainer(Experiment.from_json(SPEC), np.float64)
    for _, _event in zip(range(20), trainer.events("update"), strict=False):
        pass
    weights, state = trainer.weights(), trainer.parameters.states["norm"]
    x = trainer.data.inputs[trainer.data.test].astype(np.float64)
    z = x @ weights["a"]["kernel"] + weights["a"]["bias"]
    z = (z - state["mean"]) / np.sqrt(state["variance"] + 1e-5) * weights["norm"]["gamma"] + weights["norm"]["beta"]
    y = np.tanh(np.maximum(z, 0) @ weights["layer4"]["kernel"] + weights["layer4"]["bias"])[:, 0]
    wanted = np.mean((y - np.where(trainer.data.targets[trainer.data.test] == 1, 1, -1)) ** 2)
    assert trainer.row()[3] == pytest.approx(wanted, rel=1e-6)  # the data are float32


def test_statistics_are_in_the_manifest_untrained_and_survive_a_checkpoint():
    experiment = Experiment.from_json(SPEC)
    trainer = Trainer(experiment)
    events = trainer.events("update")
    for _ in range(13):
        next(events)
    kinds = {(m["layer"], m["name"]): m["trainable"] for m in trainer.manifest()}
    assert kinds["norm", "mean"] is False
    assert kinds["norm", "gamma"] is True
    other = Trainer.restore(experiment, trainer.state())
    np.testing.assert_array_equal(trainer.packed(), other.packed())
    for _, a, b in zip(range(20), trainer.events("epoch"), other.events("epoch"), strict=False):
        np.testing.assert_array_equal(a.row, b.row)


def test_going_sample_by_sample_takes_the_batch_as_a_whole():
    """A batch of one has no variance: the update must be the one that the whole batch gives."""
    one, other = Trainer(Experiment.from_json(SPEC)), Trainer(Experiment.from_json(SPEC))
    by_sample, by_update = one.events("sample"), other.events("update")
    for _ in range(3):
        next(by_update)
        steps = [next(by_sample) for _ in range(32)]
        assert [s.batch_position for s in steps] == [*range(1, 32), 0]
    np.testing.assert_array_equal(one.packed(), other.packed())


def test_the_microscope_looks_with_the_running_statistics_and_changes_nothing():
    trainer = Trainer(Experiment.from_json(SPEC))
    for _, _event in zip(range(20), trainer.events("update"), strict=False):
        pass
    before = trainer.packed()
    seen = explain(trainer, trainer.data.inputs[0], int(trainer.data.targets[0]))
    np.testing.assert_array_equal(trainer.packed(), before)
    for layer in seen["layers"]:
        for name, weight in layer["weights"].items():
            np.testing.assert_allclose(
                weight["gradient"], weight["finite_difference"], rtol=1e-4, atol=1e-7, err_msg=name
            )


def test_the_declaration_in_pytorch_and_keras():
    layer = One({"type": "batch_norm", "momentum": 0.99}, np.zeros((2, 4, 4, 3))).layer
    assert layer.torch((4, 4, 3)) == "nn.BatchNorm2d(3, eps=1e-05, momentum=0.01, affine=True)"
    assert layer.torch((3,)).startswith("nn.BatchNorm1d(3")
    assert json.dumps(layer.momentum) == "0.99"
