"""Experiments to start from: each is whole, is accepted as it stands, and learns."""

import pytest

from engine.data import DataSpec
from engine.errors import DataError
from engine.events import Epoch
from engine.experiment import Experiment, check_network
from engine.presets import KERAS, PYTORCH, presets
from engine.spec import CATALOGUE
from engine.train import Trainer

PRESETS = {preset.name: preset for preset in presets()}
PLENTY = 2000  # updates; all have learned something by then


@pytest.mark.parametrize("name", PRESETS)
def test_each_has_a_network_without_mistakes(name):
    made = PRESETS[name].experiment()
    data = DataSpec.from_json(made["data"])
    found = check_network(made["network"], data.input_shape, len(data.classes or ()), made["training"]["loss"])
    assert found["errors"] == []
    assert found["parameters"] > 0


@pytest.mark.parametrize("name", PRESETS)
def test_each_is_whole_and_learns(name):
    try:
        made = Experiment.from_json(PRESETS[name].experiment())
    except DataError as error:
        pytest.skip(str(error))  # files that are not here
    assert made.to_json() == PRESETS[name].experiment(), "every default is written out"
    trainer = Trainer(made)
    start = best = trainer.row()[2]
    for event in trainer.events(each="epoch"):
        if isinstance(event, Epoch):
            best = min(best, event.row[2])
        if best < 0.75 * start or trainer.update > PLENTY:
            break
    assert best < 0.75 * start


def test_xor_by_hand_can_be_solved_by_its_two_neurons():
    trainer = Trainer(Experiment.from_json(PRESETS["xor_by_hand"].experiment()))
    assert trainer.experiment.check()["parameters"] == 9
    for _ in zip(range(60), trainer.events(each="epoch"), strict=False):
        pass
    assert trainer.row()[4] == trainer.row()[5] == 1.0


def test_there_is_a_smallest_one_for_every_data_set_that_everybody_has():
    given = {name for name in CATALOGUE["dataset"] if f"smallest_{name}" in PRESETS}
    assert set(CATALOGUE["dataset"]) - given == {"own"}


def test_the_textbooks_networks_have_the_sizes_that_the_books_print():
    """The Keras book's summary says 93,322; the PyTorch one's first Linear reads 5×5 maps of 64 channels."""
    keras, pytorch = (check_network({"layers": layers}, (28, 28, 1)) for layers in (KERAS, PYTORCH))
    assert keras["parameters"] == 93_322
    assert next(layer for layer in pytorch["layers"] if layer["type"] == "dense")["input_shape"] == [5 * 5 * 64]
