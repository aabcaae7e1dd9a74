"""From a declaration to a split: defaults, refusals, the split's rules, and what a preview tells."""

import json
import math

import numpy as np
import pytest

from engine.data import DataSpec, prepare
from engine.errors import DataError, SpecError

# of xor with seed 7
FIRST_POINT = [3.278591868433563, -4.769061167435959]
FIRST_TRAINED = [464, 237, 384, 427, 325]


def test_nothing_at_all_is_the_default_circle():
    full = {"type": "circle", "samples": 500, "noise": 0, "seed": 1, "train_fraction": 0.5, "features": ["x", "y"]}
    for spec in (None, {}, "circle", {"type": "circle"}):
        assert DataSpec.from_json(spec).to_json() == full


def test_a_spec_can_be_a_key():
    assert {DataSpec.from_json({"noise": 5}): 1}[DataSpec.from_json({"type": "circle", "noise": 5.0})] == 1


@pytest.mark.parametrize(
    "spec, where",
    [
        ([], "data"),
        (5, "data"),
        ({"type": "nothing"}, "data.type"),
        ({"type": None}, "data.type"),
        ({"type": ["circle"]}, "data.type"),
        ({"samples": 10**9}, "data.samples"),
        ({"samples": "500"}, "data.samples"),
        ({"samples": 499.5}, "data.samples"),
        ({"noise": math.nan}, "data.noise"),
        ({"noise": -math.inf}, "data.noise"),
        ({"noise": 51}, "data.noise"),
        ({"noise": True}, "data.noise"),
        ({"seed": -1}, "data.seed"),
        ({"seed": None}, "data.seed"),
        ({"seed": 0.5}, "data.seed"),
        ({"train_fraction": 0}, "data.train_fraction"),
        ({"train_fraction": 1}, "data.train_fraction"),
        ({"train_fraction": math.nan}, "data.train_fraction"),
        ({"colour": "blue"}, "data.colour"),
        ({"type": "iris", "noise": 5}, "data.noise"),
        ({"type": "blobs", "classes": 9}, "data.classes"),
    ],
)
def test_a_wrong_declaration_is_refused_at_its_place(spec, where):
    with pytest.raises(SpecError) as caught:
        DataSpec.from_json(spec)
    assert caught.value.where == where


@pytest.mark.parametrize("percent", range(10, 91))
def test_the_split_is_at_the_whole_number_below(percent):
    d = prepare(DataSpec.from_json({"train_fraction": percent / 100, "samples": 130}))
    assert len(d.train) == 130 * percent // 100


def test_a_larger_share_keeps_all_that_trained_before():
    small, large = (prepare(DataSpec.from_json({"train_fraction": f})) for f in (0.3, 0.6))
    np.testing.assert_array_equal(small.train, large.train[:150])
    np.testing.assert_array_equal(small.raw, large.raw)


def test_the_same_spec_gives_the_same_bits_on_every_machine():
    """Links in lessons rely on it. The points come from PCG64, whose stream NumPy promises to keep."""
    d = prepare(DataSpec.from_json({"type": "xor", "seed": 7}))
    assert d.raw[0].tolist() == pytest.approx(FIRST_POINT, rel=1e-15)
    assert d.train[:5].tolist() == FIRST_TRAINED


def test_a_preview_shows_the_first_of_each_part_and_is_json():
    d = prepare(DataSpec.from_json({"type": "spiral", "features": ["x", "sin_y"], "train_fraction": 0.2}))
    p = json.loads(json.dumps(d.preview(3), allow_nan=False))
    assert p["split"] == ["train"] * 3 + ["test"] * 3
    np.testing.assert_array_equal(p["inputs"], d.raw[p["index"]])
    np.testing.assert_array_equal(p["targets"], d.raw_targets[p["index"]])
    assert p["index"][:3] == d.train[:3].tolist()
    assert p["counts"] == {"train": 100, "test": 400}
    assert p["raw_names"] == ["x", "y"]
    assert p["input_names"] == ["x", "sin_y"]
    assert (p["raw_shape"], p["input_shape"]) == ([2], [2])
    assert p["classes"] == ["orange", "blue"]
    assert (p["task"], p["view"]) == ("classification", "plane")
    assert p["preprocess"]["kind"] == "features"


def test_a_preview_may_ask_for_more_than_there_is():
    d = prepare(DataSpec.from_json({"samples": 20}))
    assert len(d.preview(10**6)["inputs"]) == 20


@pytest.mark.parametrize(
    "raw", [[1, 2], [[1, 2, 3]], [["a", "b"]], [[1, [2]]], [[math.nan, 1]], [[1, math.inf]], [[None, 1]], 5, "x", {}]
)
def test_an_example_that_does_not_fit_is_refused(raw):
    d = prepare(DataSpec.from_json("circle"))
    with pytest.raises(DataError) as caught:
        d.transform(raw)
    assert caught.value.where == "inputs"
    assert "shape (2,)" in caught.value.fix


@pytest.mark.parametrize("features, value", [(["x_squared"], 1e300), (["x"], 1e39), (["x_squared"], 1e20)])
def test_a_number_that_single_precision_cannot_hold_is_refused(features, value):
    d = prepare(DataSpec.from_json({"features": features}))
    with pytest.raises(DataError, match="too large"):
        d.transform([[value, 0.0]])
