"""The seven features of a point, and the lists of them that are refused."""

import numpy as np
import pytest

from engine.data import DataSpec, prepare
from engine.errors import SpecError
from engine.features import compute, make_features
from engine.spec import CATALOGUE

EXPECTED = {"x": 2, "y": -3, "x_squared": 4, "y_squared": 9, "x_times_y": -6, "sin_x": np.sin(2), "sin_y": np.sin(-3)}


def test_each_feature_is_its_formula():
    assert list(CATALOGUE["feature"]) == list(EXPECTED)
    values = compute(make_features([*EXPECTED]), np.array([[2.0, -3.0], [0.0, 0.0]]))
    np.testing.assert_allclose(values, [[*EXPECTED.values()], [0] * 7])


def test_the_network_reads_them_in_the_order_given():
    d = prepare(DataSpec.from_json({"type": "xor", "features": ["x_times_y", "x"]}))
    assert d.input_names == ("x_times_y", "x")
    np.testing.assert_allclose(d.inputs[:, 0], d.raw[:, 0] * d.raw[:, 1], rtol=1e-6)
    assert d.preprocess["features"] == ["x_times_y", "x"]


@pytest.mark.parametrize(
    "features", [[], ["x", "x"], ["z"], "x", 3, {"x": 1}, [None], [["x"]], [{"type": "x", "power": 2}], True]
)
def test_a_wrong_list_is_refused_at_its_place(features):
    with pytest.raises(SpecError) as caught:
        DataSpec.from_json({"type": "circle", "features": features})
    assert caught.value.where == "data.features"
    assert caught.value.fix


@pytest.mark.parametrize("features", [[], ["petal"], ["petal width (cm)"] * 2, "sepal", 1, [1], ["x"]])
def test_a_wrong_column_is_refused_at_its_place(features):
    with pytest.raises(SpecError) as caught:
        DataSpec.from_json({"type": "iris", "features": features})
    assert caught.value.where == "data.features"
    assert caught.value.fix


@pytest.mark.parametrize("name", ["digits", "wave", "sine"])
def test_other_sets_have_no_features_to_choose(name):
    assert "features" not in DataSpec.from_json({"type": name, "features": None}).to_json()
    with pytest.raises(SpecError, match="has no features") as caught:
        DataSpec.from_json({"type": name, "features": ["x"]})
    assert caught.value.where == "data.features"
