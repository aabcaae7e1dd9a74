"""Answers that a worker writes (`app/runs/queries.py`), described for the OpenAPI page."""

from typing import Any

from pydantic import Field

from app.api.run_views import Array
from app.api.views import View


class Place(View):
    """Which moment of the run the answer is about."""

    epoch: int = Field(examples=[12])
    """Epochs done at that moment."""
    update: int = Field(examples=[300])
    """Updates made until then."""


class ManifestEntry(View):
    layer: str = Field(examples=["hidden1"])
    """The layer's id."""
    name: str = Field(examples=["kernel"])
    """The array's name."""
    shape: list[int] = Field(examples=[[2, 4]])
    """Its sizes, as the user sees it."""
    offset: int = Field(examples=[0])
    """Where the array begins in the packed form, in floats."""
    size: int = Field(examples=[8])
    """How many floats it has, row by row."""
    trainable: bool
    """Whether training changes it."""


class Weights(View):
    epoch: int
    """Times that every training example was used."""
    update: int
    """Times that the weights were changed."""
    layers: dict[str, dict[str, Any]] = Field(
        examples=[{"hidden1": {"kernel": [[0.1, -0.2], [0.3, 0.4]], "bias": [0, 0]}}]
    )
    """Arrays by layer and name: a dense kernel is (inputs, units), a convolution's (height, width, in, out)."""
    manifest: list[ManifestEntry]
    """Where each array lies in the packed form."""


class Prediction(Place):
    outputs: list[Any] = Field(examples=[[[-0.93], [0.88]]])
    """What the network gives for each example."""
    classes: list[str] | None = Field(None, examples=[["orange", "blue"]])
    """Names of the classes."""
    predicted: list[int] | None = Field(None, examples=[[0, 1]])
    """The class decided for; only where there are classes."""
    values: list[Any] | None = None
    """The outputs in the data set's units; only where numbers are predicted."""


class Examples(View):
    index: list[int] = Field(examples=[[3, 17]])
    """Positions in the whole data set."""
    raw: list[Any] = Field(examples=[[[0.5, -1.2], [3, 3]]])
    """As the data set has them."""
    inputs: list[Any] = Field(examples=[[[0.5, -1.2], [3, 3]]])
    """As the network reads them."""
    targets: list[Any] = Field(examples=[[1, 0]])
    """Class numbers, or the values to predict."""
    total: int = Field(examples=[250])
    """How many there are in this split."""
    classes: list[str] | None
    """Names of the classes; null where numbers are predicted."""
    input_names: list[str]
    """Names along the last axis of what the network reads; empty for images."""


class Activations(Place):
    layers: dict[str, Array]
    """What each layer gives, by id; `<id>:pre` is before the activation."""
    input: Array
    """As the network reads it."""
    output: Array
    """What the whole network gives."""
    raw: Any
    """As the data set has it."""
    target: Any
    """Class number, or the value to predict."""


class Evaluation(View):
    split: str = Field(examples=["test"])
    """Which part of the data."""
    loss: float | None = Field(examples=[0.012])
    """Without the penalty of regularization."""
    metric: float | None = Field(examples=[0.984])
    """Accuracy, from 0 to 1, or R²; null: not defined."""
    confusion: list[list[int]] | None = Field(examples=[[[120, 3], [1, 126]]])
    """How many examples of class i (row) were taken for class j (column)."""
    classes: list[str] | None = Field(examples=[["orange", "blue"]])
    """Names of the classes; null where numbers are predicted."""
    epoch: int
    """Times that every training example was used."""
    update: int
    """Times that the weights were changed."""


class Counts(View):
    train: int = Field(examples=[250])
    """Examples that train."""
    test: int = Field(examples=[250])
    """Examples that test."""


class Preview(View):
    inputs: list[Any] = Field(examples=[[[0.5, -1.2], [3, 3]]])
    """Examples in the data set's units: first those that train, then those that test."""
    targets: list[Any] = Field(examples=[[1, 0]])
    """Class numbers, or the values to predict."""
    split: list[str] = Field(examples=[["train", "test"]])
    """For each example, whether it is for training or for testing."""
    index: list[int]
    """Positions in the whole data set."""
    counts: Counts
    """How many there are in each part, shown or not."""
    task: str = Field(examples=["classification"])
    """classification or regression."""
    view: str = Field(examples=["plane"])
    """How examples can be drawn: plane, line, image, table or sequence."""
    classes: list[str] | None = Field(examples=[["orange", "blue"]])
    """Names of the classes; null where numbers are predicted."""
    raw_names: list[str]
    """Names along the last axis of an example as the data set has it."""
    raw_shape: list[int] = Field(examples=[[2]])
    """Shape of one example as the data set has it."""
    input_names: list[str] = Field(examples=[["x", "y"]])
    """Names along the last axis of what the network reads."""
    input_shape: list[int] = Field(examples=[[2]])
    """Shape of one example as the network reads it."""
    preprocess: dict[str, Any]
    """How examples are made ready for the network, numbers included."""
