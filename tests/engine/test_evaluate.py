"""The numbers shown are true: each column of a history row, the confusion matrix and R² against plain NumPy and
scikit-learn, from nothing but the weights given out."""

import numpy as np
import pytest
from sklearn import metrics

from engine import evaluate
from engine.errors import ShapeError, SpecError
from engine.evaluate import Evaluator
from engine.events import COLUMNS
from engine.spec import CATALOGUE
from engine.train import Trainer
from tests.engine.runs import HIDDEN, OUTPUT, experiment, go, rows
from tests.engine.scaffold import given_data

IRIS = {"type": "iris", "train_fraction": 0.6}
LINEAR = {**OUTPUT, "activation": "linear"}
THREE = {**OUTPUT, "units": 3, "activation": "softmax"}

# data, output layer, loss, and that loss of outputs y for targets t by hand
CASES = {
    "mse": ("circle", OUTPUT, "mse", lambda y, t: np.square(y - t).mean()),
    "mse with 0 and 1": ("circle", {**OUTPUT, "activation": "sigmoid"}, "mse", lambda y, t: np.square(y - t).mean()),
    "mae": ("circle", OUTPUT, "mae", lambda y, t: np.abs(y - t).mean()),
    "hinge": ("circle", LINEAR, "hinge", lambda y, t: np.maximum(0, 1 - t * y).mean()),
    "two outputs": ("circle", {**OUTPUT, "units": 2}, "mse", lambda y, t: np.square(y - t).mean()),
    "binary": (
        "circle", {**OUTPUT, "activation": "sigmoid"}, "binary_cross_entropy",
        lambda y, t: -(t * np.log(y) + (1 - t) * np.log(1 - y)).mean(),
    ),
    "binary on logits": (
        "circle", LINEAR, "binary_cross_entropy",
        lambda y, t: -(t * -np.log1p(np.exp(-y)) + (1 - t) * -np.log1p(np.exp(y))).mean(),
    ),
    "categorical": (
        IRIS, THREE, "categorical_cross_entropy", lambda y, t: -(t * np.log(y)).sum(axis=1).mean(),
    ),
    "categorical on logits": (
        IRIS, {**THREE, "activation": "linear"}, "categorical_cross_entropy",
        lambda y, t: (np.log(np.exp(y).sum(axis=1)) - (t * y).sum(axis=1)).mean(),
    ),
    "several hinges": (IRIS, {**LINEAR, "units": 3}, "hinge", lambda y, t: np.maximum(0, 1 - t * y).mean()),
    "values": ("diabetes", LINEAR, "mse", lambda y, t: np.square(y - t).mean()),
    "values, huber": (
        "diabetes", LINEAR, {"type": "huber", "delta": 0.3},
        lambda y, t: np.where(np.abs(y - t) <= 0.3, (y - t) ** 2 / 2, 0.3 * (np.abs(y - t) - 0.15)).mean(),
    ),
}  # fmt: skip


def trained(data, output, loss, **training):
    trainer = Trainer(experiment(HIDDEN, output, data=data, loss=loss, **training), np.float64)
    rows(trainer, 3)
    return trainer


def by_hand(trainer, part):
    """Outputs (n, outputs) and targets of a part of the split, from the weights alone."""
    w, act = trainer.weights(), trainer.network.output_activation
    x = trainer.data.inputs[part].astype(np.float64)
    z = np.tanh(x @ w["hidden"]["kernel"] + w["hidden"]["bias"]) @ w["output"]["kernel"] + w["output"]["bias"]
    e = np.exp(z - z.max(axis=1, keepdims=True))
    y = {"linear": z, "tanh": np.tanh(z), "sigmoid": 1 / (1 + np.exp(-z)), "softmax": e / e.sum(axis=1, keepdims=True)}
    return y[act], trainer.data.targets[part]


def coded(targets, outputs, low):
    """Targets as the losses want them: values, or `low` and 1."""
    if targets.dtype.kind == "f":
        return targets[:, None].astype(np.float64)
    if outputs == 1:
        return np.where(targets == 1, 1.0, low)[:, None]
    return np.where(np.arange(outputs) == targets[:, None], 1.0, low)


def decided(y, targets, act, loss):
    if y.shape[1] > 1:
        return y.argmax(axis=1)
    return (y[:, 0] > (0.5 if act == "sigmoid" else 0.0)).astype(int)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_row_is_what_anybody_computes_from_the_weights(case):
    data, output, loss, formula = case
    trainer = trained(data, output, loss)
    row = dict(zip(COLUMNS, trainer.row(), strict=True))
    low = 0.0 if "cross_entropy" in str(loss) or output["activation"] == "sigmoid" else -1.0
    for part, index in (("train", trainer.data.train), ("test", trainer.data.test)):
        y, targets = by_hand(trainer, index)
        np.testing.assert_allclose(trainer.predict(trainer.data.inputs[index]), y, rtol=1e-9)
        assert row[f"{part}_loss"] == pytest.approx(formula(y, coded(targets, y.shape[1], low)), rel=1e-9)
        found = trainer.evaluate(part)
        assert found["loss"] == row[f"{part}_loss"]
        assert found["metric"] == row[f"{part}_metric"]
        np.testing.assert_allclose(found["outputs"], y, rtol=1e-9)
        if trainer.data.task == "regression":
            assert row[f"{part}_metric"] == pytest.approx(metrics.r2_score(targets, y[:, 0]), rel=1e-6)
            assert found["confusion"] is None
        else:
            guess = decided(y, targets, output["activation"], loss)
            assert row[f"{part}_metric"] == metrics.accuracy_score(targets, guess)
            labels = range(len(trainer.data.classes))
            assert found["confusion"] == metrics.confusion_matrix(targets, guess, labels=labels).tolist()
    assert (row["epoch"], row["update"]) == (trainer.epoch, trainer.update)


@pytest.mark.parametrize("rate", [0.0, 0.05])
@pytest.mark.parametrize("name", ["l1", "l2"])
def test_the_penalty_is_that_of_the_kernels_and_not_in_the_losses(name, rate):
    regularizer = {"type": name, "rate": rate}
    trainer = trained("circle", OUTPUT, "mse", regularizer=regularizer)
    kernels = [w["kernel"] for w in trainer.weights().values()]
    sums = {"l1": sum(np.abs(k).sum() for k in kernels), "l2": sum(np.square(k).sum() for k in kernels) / 2}
    row = dict(zip(COLUMNS, trainer.row(), strict=True))
    assert row["penalty"] == pytest.approx(rate * sums[name])
    y, targets = by_hand(trainer, trainer.data.train)
    assert row["train_loss"] == pytest.approx(np.square(y - coded(targets, 1, -1.0)).mean())


def test_the_gradient_norm_is_that_of_the_epochs_last_update_without_the_penalty():
    """One linear neuron, where the gradient is written down at once."""
    made = experiment(
        LINEAR, shuffle=False, regularizer="l2", batch_size=23, optimizer={"type": "sgd", "learning_rate": 0.1}
    )
    trainer = Trainer(made, np.float64)
    assert np.isnan(trainer.row()[COLUMNS.index("gradient_norm")])
    w, x = trainer.weights()["output"], trainer.data.inputs[trainer.data.train].astype(np.float64)
    dy = 2 * (x @ w["kernel"] + w["bias"] - coded(trainer.data.targets[trainer.data.train], 1, -1.0)) / 23
    norm = np.sqrt(np.square(x.T @ dy).sum() + np.square(dy.sum(axis=0)).sum())
    for each in ("epoch", "update", "sample"):
        trainer.reset()
        assert rows(trainer, 1, each)[0, COLUMNS.index("gradient_norm")] == pytest.approx(norm)


def test_a_row_asked_for_in_mid_epoch_says_so():
    trainer = Trainer(experiment())
    go(trainer, 2)
    assert trainer.row()[0] == pytest.approx(10 / 23)
    assert trainer.row()[1] == 2


def test_r2_of_equal_targets_is_not_defined():
    with given_data((2,)) as data:
        trainer = Trainer(experiment(LINEAR, data=data))
        trainer.evaluator.spread = [0.0, 0.0]
        row = trainer.row()
    assert np.isnan(row[4])
    assert np.isnan(row[5])
    assert np.isfinite(row[2:4]).all()


# In pieces


@pytest.mark.parametrize("piece", [1, 7, 40, 149])
@pytest.mark.parametrize(
    "output, loss", [(THREE, "categorical_cross_entropy"), ({**THREE, "activation": "tanh"}, "mse")], ids=["cce", "mse"]
)
def test_judged_in_pieces_equals_judged_in_one(monkeypatch, output, loss, piece):
    trainer = Trainer(experiment(HIDDEN, output, data=IRIS, loss=loss))
    whole, confusion = trainer.row(), trainer.evaluate()["confusion"]
    assert len(trainer.evaluator.pieces) == 1
    monkeypatch.setattr(evaluate, "PIECE", piece * (4 + 3 + 3))
    trainer._evaluator = None
    np.testing.assert_allclose(trainer.row(), whole, rtol=1e-6)
    assert trainer.evaluate()["confusion"] == confusion
    assert len(trainer.evaluator.pieces) == -(-150 // piece)


def test_a_large_network_is_judged_in_pieces_that_keep_buffers_small():
    made = experiment({**HIDDEN, "units": 4096}, OUTPUT, data={"type": "circle", "samples": 2000})
    evaluator: Evaluator = Trainer(made).evaluator
    assert max(len(piece) for piece in evaluator.pieces) * 4096 <= evaluate.PIECE


# Looking inside


@pytest.mark.parametrize("activation", CATALOGUE["activation"])
def test_activations_are_those_of_every_layer_before_and_after(activation):
    hidden = {**HIDDEN, "activation": activation}
    trainer = Trainer(experiment(hidden, {"id": "drop", "type": "dropout"}, OUTPUT), np.float64)
    x = trainer.data.inputs[:7].astype(np.float64)
    seen, w = trainer.activations(x), trainer.weights()
    np.testing.assert_array_equal(seen["input"], x)
    z = x @ w["hidden"]["kernel"] + w["hidden"]["bias"]
    np.testing.assert_allclose(seen.get("hidden:pre", seen["hidden"]), z, rtol=1e-12)
    np.testing.assert_array_equal(seen["drop"], seen["hidden"])
    np.testing.assert_array_equal(seen["output"], trainer.predict(x))
    assert ("hidden:pre" in seen) == (activation != "linear")
    np.testing.assert_allclose(np.tanh(seen["output:pre"]), seen["output"], rtol=1e-12)


def test_predicting_many_equals_predicting_each():
    trainer = Trainer(experiment())
    x = np.random.default_rng(0).normal(size=(600, 2)).astype(np.float32)
    many = trainer.predict(x)
    assert many.shape == (600, 1)
    np.testing.assert_allclose(many, np.concatenate([trainer.predict(one[None]) for one in x]), rtol=1e-5)


@pytest.mark.parametrize(
    "inputs",
    [[], [[]], [1, 2], [[1, 2, 3]], [[[1, 2]]], [["a", "b"]], [[1, 2], [3]], None, "xy", {"x": 1}, [[None, {}]]],
    ids=repr,
)
def test_inputs_that_do_not_fit_are_refused_with_the_shape_expected(inputs):
    for look in (Trainer(experiment()).predict, Trainer(experiment()).activations):
        with pytest.raises(ShapeError) as caught:
            look(inputs)
        assert caught.value.where == "inputs"
        assert "2" in caught.value.message


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e39])
def test_inputs_that_are_no_finite_numbers_are_refused(value):
    with pytest.raises(SpecError) as caught:
        Trainer(experiment()).predict([[0.0, value]])
    assert caught.value.where == "inputs"


def test_an_unknown_split_is_refused():
    with pytest.raises(SpecError) as caught:
        Trainer(experiment()).evaluate("validation")
    assert caught.value.where == "split"


def test_manifest_and_packed_tell_the_same_as_the_weights():
    trainer = Trainer(experiment(HIDDEN, THREE, data=IRIS, loss="categorical_cross_entropy"))
    packed, weights = trainer.packed(), trainer.weights()
    assert packed.dtype == np.float32
    assert [(e["layer"], e["name"], e["shape"]) for e in trainer.manifest()] == [
        ("hidden", "kernel", [4, 3]), ("hidden", "bias", [3]), ("output", "kernel", [3, 3]), ("output", "bias", [3]),
    ]  # fmt: skip
    for entry in trainer.manifest():
        stretch = packed[entry["offset"] : entry["offset"] + entry["size"]].reshape(entry["shape"])
        np.testing.assert_array_equal(stretch, weights[entry["layer"]][entry["name"]])
    assert sum(entry["size"] for entry in trainer.manifest()) == packed.size
