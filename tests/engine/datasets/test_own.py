"""Data of somebody's own: found by their id, known before they are read, and trained on like any other set."""

import json

import numpy as np
import pytest

from engine.data import DataSpec, prepare
from engine.datasets import files
from engine.errors import DataError, SpecError
from engine.events import Epoch
from engine.experiment import Experiment
from engine.train import Trainer

ID = "A" * 22
ABOUT = {
    "name": "Animals",
    "task": "classification",
    "view": "table",
    "shape": [3],
    "columns": ["weight", "flies=no", "flies=yes"],
    "plain": ["flies=no", "flies=yes"],
    "class_names": ["bird", "cat"],
    "samples": 40,
    "divide_by": 1.0,
    "preset": {
        "layers": [{"id": "output", "type": "dense", "units": 1, "activation": "sigmoid"}],
        "training": {"loss": "binary_cross_entropy", "batch_size": 5},
    },
}


@pytest.fixture
def animals(tmp_path):
    """A small table in a folder of data sets; it is forgotten afterwards."""
    place = tmp_path / "own" / ID
    place.mkdir(parents=True)
    flies = np.arange(40) % 2
    weight = np.where(flies, 0.5, 4000.0) + np.arange(40) * 10
    (place / "about.json").write_text(json.dumps(ABOUT))
    np.save(place / "inputs.npy", np.stack([weight, 1.0 - flies, flies], axis=1))
    np.save(place / "targets.npy", 1 - flies)
    files.set_folder(tmp_path)
    yield place
    files.set_folder(None)


def test_what_it_is_comes_from_its_own_description(animals):
    spec = DataSpec.from_json({"type": "own", "id": ID})
    assert spec.to_json()["features"] == ABOUT["columns"]
    assert (spec.classes, spec.input_shape, spec.train_fraction) == (("bird", "cat"), (3,), 0.8)
    d = prepare(spec)
    assert (len(d.train), len(d.test)) == (32, 8)
    assert DataSpec.from_json(spec.to_json()) == spec


def test_numbers_are_standardized_and_categories_stay_0_and_1(animals):
    d = prepare(DataSpec.from_json({"type": "own", "id": ID}))
    assert abs(d.inputs[d.train, 0].mean()) < 1e-6
    assert abs(d.inputs[d.train, 0].std() - 1) < 1e-5
    np.testing.assert_array_equal(d.inputs[:, 1:], d.raw[:, 1:])
    assert d.preprocess["mean"][1:] == [0, 0] and d.preprocess["scale"][1:] == [1, 1]


def test_its_own_network_learns_it(animals):
    trainer = Trainer(Experiment.from_json({"data": {"type": "own", "id": ID}}))
    for event in trainer.events("epoch"):
        if isinstance(event, Epoch) and trainer.epoch == 50:
            break
    assert trainer.evaluate("test")["metric"] == 1.0


def test_columns_can_be_left_out_and_rows_kept_in_order(animals):
    d = prepare(DataSpec.from_json({"type": "own", "id": ID, "features": ["flies=yes"], "split": "in_order"}))
    assert d.inputs.shape == (40, 1)
    assert d.train.tolist() == [*range(32)] and d.test.tolist() == [*range(32, 40)]


@pytest.mark.parametrize(
    "id, said", [("B" * 22, "not on this server"), ("../../etc", "Expected the id"), (5, "Expected text")]
)
def test_what_is_not_there_is_told_at_the_id(animals, id, said):
    with pytest.raises(SpecError, match=said) as caught:
        DataSpec.from_json({"type": "own", "id": id})
    assert caught.value.where == "data.id"


def test_without_an_id_there_is_nothing_to_train_on(animals):
    with pytest.raises(DataError, match="No data are chosen") as caught:
        prepare(DataSpec.from_json("own"))
    assert caught.value.where == "data.id"


def test_without_a_folder_nothing_is_found():
    files.set_folder(None)
    with pytest.raises(SpecError, match="not on this server"):
        DataSpec.from_json({"type": "own", "id": ID})
