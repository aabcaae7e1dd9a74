"""The network's drawing is a picture of its own: it can be read, has every layer, and asks nobody for anything."""

import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from app.exchange.columns import SHOWN, titles
from app.exchange.drawing import draw_network
from app.exchange.making import made
from engine.datasets import files
from engine.experiment import Experiment
from engine.presets import presets
from engine.spec import CATALOGUE
from engine.train import Trainer

SVG = "{http://www.w3.org/2000/svg}"
PRESETS = {p.name: p for p in presets() if not CATALOGUE["dataset"][p.data["type"]].needs_files}
RESIDUAL = "residual"


def trainer_of(name: str, epochs: int = 0) -> Trainer:
    trainer = Trainer(Experiment.from_json(PRESETS[name].experiment()))
    list(itertools.islice(trainer.events("epoch"), epochs))
    return trainer


def drawn(trainer: Trainer) -> ElementTree.Element:
    return ElementTree.fromstring(draw_network(trainer, "A network & its <weights>"))


def words(root: ElementTree.Element) -> list[str]:
    return ["".join(element.itertext()) for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_can_be_drawn_with_every_layer_and_nothing_from_elsewhere(name):
    trainer = trainer_of(name)
    root = drawn(trainer)
    assert root.tag == f"{SVG}svg" and root[0].text == "A network & its <weights>"
    said = words(root)
    for node in trainer.network.nodes:
        assert any(titles(node)[0] in text for text in said), node.id
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "rect", "text", "path", "image"
    }  # fmt: skip
    for element in root.iter():
        for attribute, value in element.items():
            assert not attribute.startswith("on") and "url(" not in value
            assert not attribute.endswith("href") or value.startswith("data:image/png;base64,")


@pytest.mark.parametrize("name", PRESETS)
def test_everything_drawn_lies_inside(name):
    root = drawn(trainer_of(name))
    width, height = float(root.get("width")), float(root.get("height"))
    for element in root.iter():
        if element.tag == f"{SVG}path":
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", element.get("d"))]
            assert all(0 <= x <= width for x in numbers[::2]) and all(0 <= y <= height for y in numbers[1::2])
        elif element.get("x"):
            assert 0 <= float(element.get("x")) <= width and 0 <= float(element.get("y")) <= height


def test_a_line_for_each_weight_the_largest_the_thickest_and_the_sign_by_its_colour():
    trainer = trainer_of("smallest_xor", 3)
    trainer.edit("output", "kernel", [1, 0], -9)
    lines = list(drawn(trainer).iter(f"{SVG}path"))
    assert len(lines) == sum(arrays["kernel"].size for arrays in trainer.weights().values())
    thickest = max(lines, key=lambda path: float(path.get("stroke-width")))
    red, _, blue = (int(thickest.get("stroke")[i : i + 2], 16) for i in (1, 3, 5))
    assert red > blue  # orange: negative


def test_neurons_of_the_plane_have_their_pictures_and_others_do_not():
    plane, table = drawn(trainer_of("smallest_spiral")), drawn(trainer_of("smallest_iris"))
    trainer = trainer_of("smallest_spiral")
    neurons = sum(min(SHOWN, node.out_shape[0]) for node in trainer.network.nodes)
    assert len(list(plane.iter(f"{SVG}image"))) == neurons + trainer.network.input_shape[0]
    assert list(table.iter(f"{SVG}image")) == []
    assert {"sepal length (cm)", "virginica"} <= set(words(table))


def test_a_shortcut_is_drawn_as_one():
    dashed = [path for path in drawn(trainer_of(RESIDUAL)).iter(f"{SVG}path") if path.get("stroke-dasharray")]
    assert len(dashed) == 2


def test_a_run_that_has_diverged_is_drawn_all_the_same():
    trainer = trainer_of("smallest_circle")
    trainer.parameters.flat[:3] = np.nan, np.inf, -np.inf
    assert b"nan" not in draw_network(trainer, "Broken off").lower()


def test_it_comes_as_a_file_of_a_run(tmp_path):
    trainer = trainer_of("smallest_moons", 2)
    about = {"spec": trainer.experiment.to_json(), "settings": {}, "seed": trainer.seed, "epoch": 2}
    try:
        file = made("svg", "ours", about, trainer.packed().astype("<f4").tobytes(), str(tmp_path))
    finally:
        files.set_folder(None)
    assert (file.name, file.media) == ("moons_network.svg", "image/svg+xml")
    assert ElementTree.fromstring(file.data)[0].text == "Two moons, epoch 2"
