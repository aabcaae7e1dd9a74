"""Real measurements: whole, in the user's units, standardized with the numbers of the training part alone."""

import numpy as np
import pytest
import sklearn.datasets

from engine.data import DataSpec, prepare
from engine.spec import CATALOGUE

TABLES = ("iris", "wine", "breast_cancer", "diabetes")


@pytest.mark.parametrize("name", [*TABLES, "digits"])
def test_nothing_is_lost_from_the_original(name):
    options = {"scaled": False} if name == "diabetes" else {}
    original = getattr(sklearn.datasets, f"load_{name}")(**options)
    d = prepare(DataSpec.from_json(name))
    np.testing.assert_array_equal(d.raw.reshape(original.data.shape), original.data)
    np.testing.assert_array_equal(d.raw_targets, original.target)
    if name in ("iris", "breast_cancer"):
        assert list(d.spec.part.columns) == list(original.feature_names)
        assert list(d.classes) == list(original.target_names)


def test_wine_columns_are_in_the_original_order():
    ours = [column.replace(" ", "_") for column in CATALOGUE["dataset"]["wine"].columns]
    assert ours[:11] == list(sklearn.datasets.load_wine().feature_names)[:11]


@pytest.mark.parametrize("name", TABLES)
def test_the_training_part_has_mean_0_and_deviation_1(name):
    d = prepare(DataSpec.from_json(name))
    train = d.inputs[d.train].astype(np.float64)
    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(train.std(axis=0), 1, atol=1e-4)
    assert np.abs(d.inputs[d.test].mean(axis=0)).max() > 1e-3  # the test part was not looked at
    np.testing.assert_allclose(d.preprocess["mean"], d.raw[d.train].mean(axis=0))


def test_predictions_come_back_in_the_users_units():
    d = prepare(DataSpec.from_json("diabetes"))
    assert d.targets[d.train].mean() == pytest.approx(0, abs=1e-6)
    assert d.targets[d.train].std() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(d.restore(d.targets), d.raw_targets, rtol=1e-5)
    target = d.preprocess["target"]
    np.testing.assert_allclose(d.targets * target["scale"] + target["mean"], d.raw_targets, rtol=1e-5)


def test_two_chosen_columns_make_a_plane_of_iris():
    chosen = ["petal width (cm)", "petal length (cm)"]
    d = prepare(DataSpec.from_json({"type": "iris", "features": chosen}))
    assert d.input_shape == (2,)
    assert list(d.input_names) == chosen
    np.testing.assert_array_equal(d.raw, prepare(DataSpec.from_json("iris")).raw[:, [3, 2]])
    assert len(d.preprocess["mean"]) == 2
    assert d.transform([[0.2, 1.4]]).shape == (1, 2)


def test_digits_are_scaled_to_one():
    d = prepare(DataSpec.from_json("digits"))
    assert d.raw.max() == 16
    assert (d.inputs.min(), d.inputs.max()) == (0, 1)
    assert d.preprocess["scale"] == 16
