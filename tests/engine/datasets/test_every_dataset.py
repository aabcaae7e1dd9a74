"""What every data set promises, for any parameters it allows: finite inputs, right shapes, a fair split, no chance."""

import json
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import DataSpec, prepare
from engine.errors import DataError
from engine.spec import CATALOGUE, describe, make, params

MADE = [name for name, cls in CATALOGUE["dataset"].items() if not cls.needs_files]  # see test_mnist.py, test_own.py
REAL = ("iris", "wine", "breast_cancer", "diabetes", "digits", "letters")


def value_of(p, largest):
    """Any value that a parameter allows; sizes stay small, so that many can be tried."""
    if p.widget == "integer":
        return st.integers(int(p.lo), int(min(p.hi, largest)))
    if p.widget == "real":
        return st.floats(p.lo, p.hi)
    if p.widget == "points":
        third = st.integers(0, 1) if p.options[2] == "class" else st.floats(p.lo, p.hi)
        one = st.tuples(st.floats(p.lo, p.hi), st.floats(p.lo, p.hi), third)
        return st.lists(one.map(list), min_size=20, max_size=largest)
    return {"choice": st.sampled_from(p.options), "flag": st.booleans()}[p.widget]


def spec_of(name, largest=300):
    """Any JSON that declares this set."""
    fields = {p.name: value_of(p, largest) for p in params(CATALOGUE["dataset"][name])}
    own = {"seed": st.integers(0, 2**53 - 1), "train_fraction": st.floats(0.1, 0.9)}
    features = {
        "plane": st.lists(
            st.sampled_from([*CATALOGUE["feature"], "x*y^2/4", "max(abs(x),-y)", "exp(-x^2)"]), min_size=1, unique=True
        ),
        "table": st.lists(st.sampled_from(CATALOGUE["dataset"][name].columns or ("",)), min_size=1, unique=True),
    }.get(CATALOGUE["dataset"][name].view, st.none())
    return st.fixed_dictionaries({"type": st.just(name)}, optional=fields | own | {"features": features})


def check(spec, d):
    """All that a `Prepared` says of itself is true."""
    n = len(d.raw)
    assert d.raw.shape == (n, *spec.raw_shape)
    assert d.inputs.shape == (n, *spec.input_shape)
    assert d.inputs.dtype == np.float32
    assert np.isfinite(d.raw).all()
    assert np.isfinite(d.inputs).all()
    assert d.targets.shape == d.raw_targets.shape == (n,)
    if d.task == "classification":
        assert d.targets.dtype == np.int64
        assert d.targets.min() >= 0
        assert d.targets.max() < len(d.classes)
    else:
        assert d.classes is None
        assert d.targets.dtype == np.float32
        assert np.isfinite(d.targets).all()
        np.testing.assert_allclose(d.restore(d.targets), d.raw_targets, rtol=1e-4, atol=1e-4)
    assert len(d.input_names) in (0, d.input_shape[-1])
    assert len(spec.raw_names) in (0, spec.raw_shape[-1])
    assert len(d.train) == np.floor(n * spec.train_fraction + 1e-9)
    np.testing.assert_array_equal(np.sort(np.concatenate([d.train, d.test])), np.arange(n))


@pytest.mark.parametrize("name", MADE)
def test_any_allowed_parameters_give_sound_examples_again_and_again(name):
    @given(spec_of(name))
    @settings(max_examples=25, deadline=None, derandomize=True)
    def holds(raw_json):
        spec = DataSpec.from_json(raw_json)
        assert DataSpec.from_json(json.loads(json.dumps(spec.to_json()))) == spec
        d, again = prepare(spec), prepare(spec)
        check(spec, d)
        for a in ("raw", "inputs", "targets", "train", "test"):
            np.testing.assert_array_equal(getattr(d, a), getattr(again, a))
        np.testing.assert_array_equal(d.transform(d.raw[:7]), d.inputs[:7])

    holds()


@pytest.mark.parametrize("name", MADE)
def test_another_seed_gives_other_points_or_another_split(name):
    one, two = (prepare(DataSpec.from_json({"type": name, "seed": seed, "train_fraction": 0.5})) for seed in (1, 2))
    assert not np.array_equal(one.train, two.train)
    is_the_same_each_time = name in (*REAL, "spiral", "points", "reg_points")  # an arm without noise always is
    assert np.array_equal(one.raw, two.raw) == is_the_same_each_time


@pytest.mark.parametrize("name", MADE)
def test_the_largest_size_is_moderate(name):
    """Nobody can make the server build something huge: 40 million numbers at most, 10,000 examples."""
    largest = {p.name: int(p.hi) for p in params(CATALOGUE["dataset"][name]) if p.widget == "integer"}
    spec = DataSpec.from_json({"type": name} | largest)
    d = prepare(spec)
    check(spec, d)
    assert len(d.raw) <= 10_000
    assert d.raw.size <= 40_000_000


@pytest.mark.parametrize("name", CATALOGUE["dataset"])
def test_a_declaration_is_complete_and_goes_into_json(name):
    cls = CATALOGUE["dataset"][name]
    facts = json.loads(json.dumps(describe(cls), allow_nan=False))["facts"]
    assert facts["task"] in ("classification", "regression")
    assert facts["view"] in ("plane", "line", "image", "table", "sequence")
    assert facts["preset"].keys() == {"layers", "training"}
    assert (facts["class_names"] is None) == (facts["task"] == "regression")
    assert cls.__doc__.strip().endswith(".")
    for p in params(cls):
        assert p.help.endswith(".")


@pytest.mark.parametrize("name", CATALOGUE["dataset"])
def test_a_presets_output_fits_its_set(name):
    for example in CATALOGUE["dataset"][name].examples:
        made = make("dataset", {"type": name} | example)
        outputs = made.preset["layers"][-1]["units"]
        k = len(made.class_names or ())
        assert outputs == (k if k > 2 else 1)


def test_looking_at_the_catalogue_does_not_cost_a_second():
    code = "import sys, engine.data; sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_arrays_cannot_be_changed_by_accident():
    d = prepare(DataSpec.from_json("iris"))
    for array in (d.raw, d.inputs, d.targets, d.train, d.test):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_an_empty_part_of_the_split_is_an_error_not_a_nan(monkeypatch):
    from engine.datasets.base import Raw

    cls = CATALOGUE["dataset"]["circle"]
    monkeypatch.setattr(cls, "generate", lambda self, rng: Raw(np.zeros((5, 2)), np.zeros(5, np.int64)))
    with pytest.raises(DataError, match="got 0 and 5 of 5") as caught:
        prepare(DataSpec.from_json({"type": "circle", "train_fraction": 0.1}))
    assert caught.value.where == "data.train_fraction"
