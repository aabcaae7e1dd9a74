"""Links of TensorFlow Playground open as the experiments they describe: every key, and every quirk of its reader."""

from typing import Any

import pytest

from engine.errors import LimitError, SpecError
from engine.experiment import Experiment
from engine.importing.playground_link import DEAD, FEATURES, KEYS, from_link

SITE = "https://playground.tensorflow.org/#"
WRITTEN = (
    SITE + "activation=tanh&batchSize=10&dataset=circle&regDataset=reg-plane&learningRate=0.03&regularizationRate=0"
    "&noise=0&networkShape=4,2&seed=0.56789&showTestData=false&discretize=false&percTrainData=50&x=true&y=true"
    "&xTimesY=false&xSquared=false&ySquared=false&cosX=false&sinX=false&cosY=false&sinY=false&collectStats=false"
    "&problem=classification&initZero=false&hideText=false"
)
EIGHTS = ",".join(["8"] * 10)

# link, what the experiment is (path → value), words of a note (or none)
LINKS: dict[str, tuple[str, dict[str, Any], str]] = {
    "as the site writes it": (
        WRITTEN,
        {"data.type": "circle", "units": [4, 2, 1], "activations": ["tanh"] * 3, "seed": 56789, "data.seed": 56789,
         "data.samples": 500, "data.train_fraction": 0.5, "data.features": ["x", "y"], "training.batch_size": 10,
         "training.optimizer.learning_rate": 0.03, "training.regularizer.type": "none", "training.shuffle": False},
        "halves the squared error",
    ),
    "nothing said": (SITE, {"data.type": "circle", "units": [4, 2, 1], "training.batch_size": 10}, "has no seed"),
    "relu for hidden layers alone": (
        SITE + "activation=relu", {"activations": ["relu", "relu", "tanh"], "training.loss.type": "mse"}, ""),
    "an unknown name is the default": (
        SITE + "activation=gelu&dataset=moons", {"activations": ["tanh"] * 3, "data.type": "circle"},
        "'gelu' is not known"),
    "a spiral with every feature": (
        SITE + "dataset=spiral&" + "&".join(f"{name}=true" for name in FEATURES),
        {"data.type": "spiral", "data.features": list(FEATURES.values())}, ""),
    "regression": (
        SITE + "problem=regression&regDataset=reg-gauss&dataset=xor",
        {"data.type": "reg_gauss", "data.samples": 1200, "activations": ["tanh", "tanh", "linear"]}, ""),
    "classification ignores the other set": (SITE + "regDataset=reg-gauss&dataset=gauss", {"data.type": "gauss"}, ""),
    "no hidden layer": (SITE + "networkShape=", {"units": [1]}, ""),
    "more layers than its page has": (SITE + "networkShape=" + EIGHTS, {"units": [8] * 10 + [1]}, ""),
    "sizes that are none": (SITE + "networkShape=4,abc,0,2.7", {"units": [4, 1, 2, 1]}, "'abc' is no number"),
    "a size beyond all bounds": (SITE + "networkShape=100000", {"units": [4096, 1]}, "brought to 4096"),
    "noise below zero": (SITE + "noise=-5", {"data.noise": 0}, "noise: -5 is brought to 0"),
    "noise that raises its slider": (SITE + "noise=75", {"data.noise": 50}, "noise: 75 is brought to 50"),
    "noise within": (SITE + "noise=35&percTrainData=70", {"data.noise": 35, "data.train_fraction": 0.7}, ""),
    "nothing left to test with": (SITE + "percTrainData=100", {"data.train_fraction": 0.9}, "100 is brought to 90"),
    "a batch that never fills": (
        SITE + "batchSize=300", {"training.batch_size": 250}, "more than the 250 examples that train"),
    "a batch that leaves a rest": (SITE + "batchSize=30", {"training.batch_size": 30}, "30 does not divide the 250"),
    "regularization": (
        SITE + "regularization=L2&regularizationRate=0.003",
        {"training.regularizer.type": "l2", "training.regularizer.rate": 0.003}, ""),
    "negative regularization": (
        SITE + "regularization=L1&regularizationRate=-0.1",
        {"training.regularizer.type": "l1", "training.regularizer.rate": 0}, "-0.1 is brought to 0"),
    "rates that its menu has not": (
        SITE + "learningRate=2.5e-3", {"training.optimizer.learning_rate": 0.0025}, ""),
    "a rate that is none": (
        SITE + "learningRate=fast", {"training.optimizer.learning_rate": 0.03}, "'fast' is no number"),
    "blank values": (
        SITE + "learningRate=&noise= &seed=", {"training.optimizer.learning_rate": 0.03, "data.noise": 0}, ""),
    "anything but false is true": (SITE + "x=0&y=no&sinX=False", {"data.features": ["x", "y", "sin_x"]}, ""),
    "an input hidden is gone": (
        SITE + "xSquared=true&xSquared_hide=true", {"data.features": ["x", "y"]}, "takes the input"),
    "no input at all": (SITE + "x=false&y=false", {"data.features": ["x", "y"]}, "no input at all"),
    "zero weights": (
        SITE + "initZero=true", {"first.kernel_initializer": "zeros", "first.bias_initializer": "zeros"}, "initZero"),
    "its own first weights": (
        SITE, {"first.kernel_initializer": {"type": "uniform", "scale": 0.5},
               "first.bias_initializer": {"type": "constant", "value": 0.1}}, ""),
    "dead keys": (SITE + "cosX=true", {"data.features": ["x", "y"]}, "cosX has no effect there either"),
    "a seed of letters": (SITE + "seed=hello", {"seed": 907060870}, ""),
    "the last of two counts": (SITE + "noise=10&noise=20", {"data.noise": 20}, ""),
    "nothing is decoded": (SITE + "networkShape=4%2C2", {"units": [1]}, "'4%2C2' is no number"),
    "after a second equals sign": (SITE + "noise=10=20", {"data.noise": 10}, ""),
    "without the site": ("#noise=15&dataset=xor", {"data.noise": 15, "data.type": "xor"}, ""),
    "without even the mark": ("noise=15&dataset=xor", {"data.noise": 15, "data.type": "xor"}, ""),
    "a tutorial": (SITE + "tutorial=dp", {"data.type": "circle"}, "tutorial: the page 'dp'"),
    "a key of nobody's": (SITE + "colour=red", {"data.type": "circle"}, "colour is no key"),
}  # fmt: skip


def looked_up(found, path):
    layers = found.network["layers"]
    if path == "units":
        return [layer["units"] for layer in layers]
    if path == "activations":
        return [layer["activation"] for layer in layers]
    if path.startswith("first."):
        return layers[0][path.removeprefix("first.")]
    value = Experiment.from_json(found.spec()).to_json()
    for key in path.split("."):
        value = value[key]
    return value


@pytest.mark.parametrize("link, expected, note", LINKS.values(), ids=LINKS.keys())
def test_a_link_opens_as_the_experiment_it_describes(link, expected, note):
    found = from_link(link)
    for path, value in expected.items():
        assert looked_up(found, path) == value, path
    assert any(note in n for n in found.notes) if note else True
    Experiment.from_json(found.spec())


def test_every_key_is_in_some_link():
    said = {piece.split("=")[0] for link, _, _ in LINKS.values() for piece in link.split("#")[-1].split("&")}
    assert KEYS - said - {"showTestData", "discretize", "hideText"} == set() | (set(DEAD) - said)


def test_what_the_page_hides_and_shows():
    found = from_link(
        SITE + "showTestData=true&discretize=1&hideText=true&noise_hide=true&playButton_hide=false&a_hide=1"
    )
    assert found.page == {"hide": ["noise"], "show_test_data": True, "discretize": True, "hide_text": True}


@pytest.mark.parametrize("text", ["", "https://example.org/", "hello", "a=b&c=d"])
def test_other_text_is_no_link(text):
    with pytest.raises(SpecError, match="no link of TensorFlow Playground"):
        from_link(text)


def test_a_link_without_end_is_refused():
    with pytest.raises(LimitError):
        from_link(SITE + "noise=1&" * 5000)


@pytest.mark.parametrize(
    "value", ["1e999", "NaN", "Infinity", "-Infinity", "0x10", "٣", "1e-400", "9" * 400, "__import__"]
)
@pytest.mark.parametrize(
    "key", ["noise", "learningRate", "batchSize", "networkShape", "percTrainData", "regularizationRate", "seed"]
)
def test_whatever_a_number_is_an_experiment_comes_of_it(key, value):
    Experiment.from_json(from_link(f"{SITE}{key}={value}").spec())
