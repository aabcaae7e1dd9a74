"""Random specifications, valid, mutated and junk: each is trained or refused in words, whatever it is."""

import copy
import json
import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import DataSpec
from engine.errors import PlaygroundError
from engine.events import Diverged, Epoch
from engine.experiment import Experiment, check_network
from engine.spec import CATALOGUE
from engine.train import LOOK, Trainer
from tests.engine.strategies import JUNK, part_json

SHAPES = st.sampled_from([(2,), (1,), (8, 8, 1), (5, 3), (3, 3, 2)])
LAYERS = st.lists(part_json("layer"), min_size=1, max_size=5)
SETS = [name for name, cls in CATALOGUE["dataset"].items() if not cls.needs_files]
SAMPLES = 40  # where a data set lets one choose


@st.composite
def wired(draw):
    """Layers, some of which name what they read."""
    layers = [dict(layer) for layer in draw(LAYERS)]
    for k, layer in enumerate(layers):
        if draw(st.booleans()):
            layer["id"] = draw(st.sampled_from("abcdef"))
        if draw(st.integers(0, 3)) == 0:
            ids = st.sampled_from(["input", *"abcdef", f"layer{k}", f"layer{k + 1}"])
            layer["inputs"] = draw(st.lists(ids, max_size=3) | ids)
    return layers


def places(value, path=()):
    """The path of every value inside some JSON."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


@st.composite
def mutated(draw, specs):
    """Valid JSON with something in it replaced, left out or put in twice."""
    spec = copy.deepcopy(draw(specs))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(spec))))
        if not path:
            continue
        holder = spec
        for key in path[:-1]:
            holder = holder[key]
        what = draw(st.sampled_from(["replace", "delete", "double"]))
        if what == "replace":
            holder[path[-1]] = draw(JUNK)
        elif what == "delete":
            del holder[path[-1]]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[path[-1]]))
        else:
            holder[draw(st.text(max_size=5))] = holder[path[-1]]
    return spec


@st.composite
def fitting(draw, shape):
    """Layers of every kind, those that can read what reaches them; two in a row may be joined."""
    layers = []
    for k, layer in enumerate(draw(st.lists(part_json("layer"), min_size=1, max_size=6))):
        entry = {"id": f"l{k}", **layer}
        if CATALOGUE["layer"][layer["type"]].merges:
            entry["inputs"] = ["input", *(e["id"] for e in layers)][-2:]
        found = check_network({"layers": [*layers, entry]}, shape)
        if not found["errors"] and math.prod(found["output_shape"]) < 1000:
            layers.append(entry)
    return layers


@st.composite
def experiments(draw):
    """A whole valid experiment: any data set, any layers that end in as many outputs as its classes, any settings."""
    data = dict(draw(part_json("dataset", *SETS)))
    if hasattr(CATALOGUE["dataset"][data["type"]](), "samples"):
        data["samples"] = SAMPLES
    declared = DataSpec.from_json(data)
    classes = len(declared.classes or ())
    losses = ["mse", "mae", "huber"] + ["categorical_cross_entropy", "hinge", "binary_cross_entropy"] * (classes > 0)
    loss = draw(st.sampled_from(losses))
    joint = {"categorical_cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}
    units = classes if classes > 2 or loss == "categorical_cross_entropy" else 1
    output = {"type": "dense", "units": units, "activation": joint.get(loss) or draw(part_json("activation"))}
    training = st.fixed_dictionaries(
        {"batch_size": st.integers(1, 8)},
        optional={kind: part_json(kind) for kind in ("optimizer", "schedule", "regularizer")},
    )
    return {
        "seed": draw(st.integers(0, 2**53 - 1)),
        "data": data,
        "network": {"layers": [*draw(fitting(declared.input_shape)), {"type": "flatten"}, output]},
        "training": {**draw(training), "loss": loss},
    }


def made_or_refused(spec):
    """The experiment, or None where it is refused: in words then."""
    try:
        return Experiment.from_json(spec)
    except PlaygroundError as error:
        refusal = error
    assert refusal.message
    assert len(str(refusal)) < 2000
    return None


@settings(max_examples=150)
@given(spec=JUNK, shape=SHAPES, classes=st.none() | st.integers(0, 4), loss=JUNK | part_json("loss"))
def test_a_check_of_junk_raises_nothing(spec, shape, classes, loss):
    found = check_network(spec, shape, classes, loss)
    assert found["errors"]
    json.dumps(found)


@settings(max_examples=150)
@given(layers=wired() | mutated(wired()), shape=SHAPES, loss=part_json("loss"))
def test_a_check_of_random_layers_raises_nothing_and_names_what_is_wrong(layers, shape, loss):
    found = check_network({"layers": layers}, shape, 2, loss)
    json.dumps(found, allow_nan=False)
    for error in found["errors"]:
        assert error["where"].startswith(("network.", "training.loss"))
        assert error["message"]
        assert len(error["message"]) < 1000
    assert found["errors"] or len(found["layers"]) == len(layers)


@settings(max_examples=60)
@given(spec=mutated(experiments()))
def test_a_mutated_experiment_is_made_or_refused_in_words(spec):
    made = made_or_refused(spec)
    if made is not None:
        assert Experiment.from_json(json.loads(json.dumps(made.to_json(), allow_nan=False))) == made


@settings(max_examples=60)
@given(spec=experiments(), each=st.sampled_from(["epoch", "update", "sample"]))
def test_a_random_experiment_trains_with_finite_numbers_or_says_that_it_diverged(spec, each):
    made = made_or_refused(spec)
    if made is None:  # two parameters may exclude each other
        return
    trainer = Trainer(made)
    for count, event in enumerate(trainer.events(each)):
        if isinstance(event, Diverged):
            assert event.message
            break
        if isinstance(event, Epoch):
            assert np.isfinite(event.row[[0, 1, 2, 3, 6, 7]]).all()
            assert trainer.finite()
            break
        if count >= 20 and trainer.finite():
            break
        assert trainer.update <= LOOK  # within an epoch it looks so often, and says so then
    assert trainer.packed().size == sum(math.prod(entry["shape"]) for entry in trainer.manifest())
