"""Formulas typed as features: one table of cases for engine and page, what is no formula, points without a value."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.data import DataSpec, prepare
from engine.errors import DataError, SpecError
from engine.formula import MOST, FormulaError, read

TABLE = json.loads((Path(__file__).parents[1] / "data" / "formulas.json").read_text(encoding="utf-8"))
POINTS = np.array(TABLE["points"], np.float64)


def circle(*features):
    return DataSpec.from_json({"type": "circle", "features": list(features)})


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["formula"])
def test_a_formula_is_computed(case):
    formula = read(case["formula"])
    assert formula.name == case["kept"]
    np.testing.assert_allclose(formula.compute(POINTS), np.array(case["values"], np.float64), rtol=1e-12, atol=1e-15)
    assert read(formula.name) == formula


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["formula"])
def test_its_code_computes_the_same(case):
    formula = read(case["formula"])
    x, y = POINTS.T
    with np.errstate(all="ignore"):
        made = eval(formula.code(), {"np": np, "__builtins__": {}}, {"x": x, "y": y})
    np.testing.assert_allclose(made, np.array(case["values"], np.float64), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("case", TABLE["errors"], ids=lambda case: case["formula"])
def test_what_is_no_formula_is_refused_at_its_place(case):
    with pytest.raises(FormulaError) as caught:
        read(case["formula"])
    assert (caught.value.sign, caught.value.expected) == (case["sign"], case["expected"])
    with pytest.raises(SpecError) as caught:
        circle("x", case["formula"])
    assert caught.value.where == "data.features"
    assert caught.value.fix


def test_a_sentence_says_what_was_expected_what_came_and_where():
    with pytest.raises(SpecError) as caught:
        circle("2*x + 3y")
    assert caught.value.message == "Expected an operator or the end, got “y” at sign 8 of “2*x + 3y”."
    assert "sin(3*x)" in caught.value.fix
    with pytest.raises(SpecError, match="x_squared"):
        circle("x_squard")  # a name, not a formula


def test_a_formula_is_a_feature_like_the_others():
    spec = circle("y", " x1 * x2 ", "3*x^2", "x1")
    assert spec.to_json()["features"] == ["y", "x*y", "3*x^2", "x"]
    assert DataSpec.from_json(spec.to_json()) == spec
    d = prepare(spec)
    assert d.input_shape == (4,)
    x, y = d.raw.T
    np.testing.assert_allclose(d.inputs, np.stack([y, x * y, 3 * x * x, x], axis=1), rtol=1e-6)
    np.testing.assert_allclose(d.transform([[2.0, -1.0]]), [[-1, -2, 12, 2]])
    with pytest.raises(SpecError, match="twice"):
        circle("x*y", "x1 · x2")


@pytest.mark.parametrize("formula", ["log(x)", "1/(x-x)", "exp(50*x)", "sqrt(y)"])
def test_points_without_a_value_are_counted_and_shown(formula):
    with pytest.raises(DataError, match=r"no value, or one too large, at \d+ of \d+ points: first at x = ") as caught:
        prepare(circle("x", formula))
    assert caught.value.where == "data.features"
    assert caught.value.fix


def test_a_prediction_for_a_point_without_a_value_is_refused():
    d = prepare(circle("x", "1/x"))
    with pytest.raises(DataError, match="at 1 of 2 points: first at x = 0, y = 3"):
        d.transform([[1.0, 2.0], [0.0, 3.0]])


def test_the_longest_formula_is_read_however_deep_it_is():
    deep = (MOST - 1) // 2
    assert read("(" * deep + "x" + ")" * deep).compute(POINTS).tolist() == POINTS[:, 0].tolist()
    assert read("-" * (MOST - 1) + "x").compute(POINTS).tolist() == (-POINTS[:, 0]).tolist()
