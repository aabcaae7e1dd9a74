"""The catalogue: every declaration makes the parts it promises, writes them as JSON, and refuses all else in words."""

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.experiment  # noqa: F401  fills the catalogue
from engine.errors import PlaygroundError, SpecError
from engine.spec import (
    ALIASES,
    CATALOGUE,
    catalogue,
    coerce,
    describe,
    explanation,
    lookup,
    make,
    params,
    part,
    to_json,
)
from tests.engine.made_up import entered
from tests.engine.scaffold import case_id
from tests.engine.strategies import JUNK, named_json, wrong_values

PARTS = [(kind, name) for kind, parts in CATALOGUE.items() for name in parts]
FIELDS = [(kind, name, p.name) for kind, name in PARTS for p in params(CATALOGUE[kind][name])]


def field(kind, name, key):
    (p,) = [p for p in params(CATALOGUE[kind][name]) if p.name == key]
    return p


def attempt(kind, spec):
    """The part made, or the error."""
    try:
        return make(kind, spec), None
    except PlaygroundError as error:
        return None, error


@pytest.mark.parametrize("kind, name", PARTS)
def test_defaults_are_allowed_and_the_json_comes_back(kind, name):
    made = make(kind, name)
    written = to_json(made)
    assert written["type"] == name
    assert json.loads(json.dumps(written, allow_nan=False)) == written
    assert make(kind, written) == made
    assert to_json(make(kind, written)) == written
    assert set(written) == {"type", *(p.name for p in params(type(made)))}


@settings(max_examples=150)
@given(data=st.data())
def test_whatever_the_declaration_allows_is_made_and_the_json_comes_back(data):
    kind, name = data.draw(st.sampled_from(PARTS))
    spec = data.draw(named_json(kind, name))
    made, error = attempt(kind, spec)
    if made is None:  # two parameters may exclude each other: then it says which
        assert error.where.split(".")[0] in {p.name for p in params(CATALOGUE[kind][name])}, error
    else:
        assert make(kind, json.loads(json.dumps(to_json(made)))) == made


@pytest.mark.parametrize("kind, name, key", FIELDS)
def test_what_the_declaration_does_not_allow_is_refused_at_its_field(kind, name, key):
    for value in wrong_values(field(kind, name, key)):
        made, error = attempt(kind, {"type": name, key: value})
        assert made is None, f"{value!r} was taken"
        assert error.where.split(".")[0] == key
        assert len(error.message) < 300


@pytest.mark.parametrize("kind, name, key", FIELDS)
def test_both_ends_of_a_range_are_allowed_unless_they_are_open(kind, name, key):
    p = field(kind, name, key)
    if p.widget == "points":
        assert all(coerce(p, [[end, end, 0]] * 2) for end in (p.lo, p.hi))
        return
    if p.lo is None:
        assert p.widget in ("flag", "choice", "part", "text")
        return
    assert p.lo < p.hi
    for end, is_open in ((p.lo, p.open_lo), (p.hi, p.open_hi)):
        inside = math.nextafter(end, (p.lo + p.hi) / 2) if is_open else end
        many = p.length[0]
        assert coerce(p, [inside] * many if many > 1 else inside) in (inside, (inside, inside), (inside,) * many)


@pytest.mark.parametrize("kind, name, key", FIELDS)
def test_a_default_is_one_of_the_values_allowed(kind, name, key):
    p = field(kind, name, key)
    assert coerce(p, list(p.default) if isinstance(p.default, tuple) else p.default) is not None or p.optional
    for preset in p.presets:
        assert coerce(p, preset) == preset


@settings(max_examples=100)
@given(value=JUNK)
def test_junk_is_refused_with_a_sentence_or_made(value):
    for kind in CATALOGUE:
        made, error = attempt(kind, value)
        assert made is not None or (error.message and len(str(error)) < 1000)


@settings(max_examples=150)
@given(data=st.data())
def test_junk_for_a_parameter_is_refused_at_its_field_or_allowed(data):
    kind, name, key = data.draw(st.sampled_from(FIELDS))
    made, error = attempt(kind, {"type": name, key: data.draw(JUNK)})
    if made is None:
        assert error.where.split(".")[0] in {p.name for p in params(CATALOGUE[kind][name])}
    else:
        json.dumps(to_json(made), allow_nan=False)


def test_a_whole_number_may_be_written_as_a_float_and_comes_out_whole():
    made = make("layer", {"type": "dense", "units": 3.0})
    assert made.units == 3
    assert isinstance(made.units, int)
    assert isinstance(make("optimizer", {"type": "sgd", "learning_rate": 1}).learning_rate, float)


def test_one_number_stands_for_a_pair():
    assert make("layer", {"type": "conv2d", "kernel_size": 5}).kernel_size == (5, 5)
    assert make("layer", {"type": "conv2d", "kernel_size": [5, 3]}).kernel_size == (5, 3)


@pytest.mark.parametrize(
    "spec, where, says",
    [
        ("dens", "type", "dense"),
        ({"type": "Dense"}, "type", "dense"),
        ({"type": ["dense"]}, "type", "dense"),
        ({}, "type", "dense"),
        ({"units": 3}, "type", "dense"),
        ({"type": "dense", "unit": 3}, "unit", "units"),
        ({"type": "dense", "": 3}, "", "units"),
        ({"type": "dense", "activation": {"type": "relu", "alpha": 1}}, "activation.alpha", "none"),
        ({"type": "dense", "activation": {"type": "elu", "alpha": -1}}, "activation.alpha", "above 0"),
        (None, "", "type"),
        (["dense"], "", "type"),
        (7, "", "type"),
    ],
    ids=case_id,
)
def test_mistakes_are_named_with_their_place_and_what_to_do(spec, where, says):
    with pytest.raises(SpecError) as caught:
        make("layer", spec)
    assert caught.value.where == where
    assert says in f"{caught.value.message} {caught.value.fix}"


def test_a_long_name_does_not_come_back_in_full():
    for spec in ("x" * 10_000, {"type": "dense", "x" * 10_000: 1}, {"type": "dense", "units": "x" * 10_000}):
        with pytest.raises(SpecError) as caught:
            make("layer", spec)
        assert len(str(caught.value)) < 1000


def test_keys_of_the_caller_are_passed_over():
    assert make("layer", {"type": "dense", "id": "a", "inputs": ["b"]}, extra=("id", "inputs")) == make(
        "layer", "dense"
    )


def test_an_old_name_is_read_as_the_new_one(monkeypatch):
    monkeypatch.setitem(ALIASES, ("layer", "fully_connected"), "dense")
    assert make("layer", {"type": "fully_connected", "units": 3}) == make("layer", {"type": "dense", "units": 3})
    assert lookup("layer", "fully_connected") is CATALOGUE["layer"]["dense"]


def test_a_part_is_frozen():
    with pytest.raises(AttributeError):
        make("layer", "dense").units = 3


def test_the_catalogue_is_plain_json():
    text = json.dumps(catalogue(), allow_nan=False)
    for kind, name in PARTS:
        assert f'"{name}"' in text, kind


@pytest.mark.parametrize("kind, name", PARTS)
def test_a_description_tells_all_that_was_declared(kind, name):
    cls = CATALOGUE[kind][name]
    found = describe(cls)
    assert (found["kind"], found["type"], found["label"]) == (kind, name, cls.label)
    assert found["help"] == explanation(cls)
    assert [p["name"] for p in found["params"]] == [p.name for p in params(cls)]
    assert all(p["label"] and p["help"] for p in found["params"])


def test_a_part_without_an_explanation_or_with_a_name_taken_is_no_part():
    with entered("loss", "made_up"):
        with pytest.raises(ValueError, match="no docstring"):

            @part("loss", "made_up", label="Made-up")
            class Silent:
                pass

        with pytest.raises(ValueError, match="declared twice"):

            @part("loss", "mse", label="Made-up")
            class Second:
                """Says something."""

    assert "made_up" not in CATALOGUE["loss"]
