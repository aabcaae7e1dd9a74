"""Errors and checks of networks, every field explained: the OpenAPI page is made of such classes."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from app.schemas import (
    Body,
    Data,
    Loss,
    Whole,
)


class View(BaseModel):
    """An answer."""

    model_config = ConfigDict(use_attribute_docstrings=True, protected_namespaces=())


# ---- errors ----


class Mistake(View):
    where: str = Field(examples=["network.layers.hidden1.units"])
    """Path of the field, layers by their id."""
    message: str = Field(examples=["Expected a number at most 4096, got 1000000000."])
    """What was expected and what came."""
    fix: str = Field(examples=["Choose a number from 1 to 4096."])
    """What to do about it; may be empty."""


class Problem(View):
    """Every error looks like this (RFC 9457, `application/problem+json`)."""

    type: str = Field(examples=["urn:neuron-playground:spec-error"])
    """The kind of problem, for programs."""
    title: str = Field(examples=["Not valid"])
    """The same in two words, for people."""
    status: int = Field(examples=[422])
    """The HTTP status."""
    detail: str = Field(examples=["Expected a number at most 4096, got 1000000000."])
    """What was expected and what came."""
    where: str = Field(examples=["network.layers.hidden1.units"])
    """Path of the field that is wrong; empty where it is none in particular."""
    fix: str = Field(examples=["Choose a number from 1 to 4096."])
    """What to do about it; may be empty."""
    errors: list[Mistake]
    """All mistakes found; the first is the one in `detail`, `where` and `fix`."""


# ---- networks ----


class NetworkCheck(Body):
    """A network to look at: for a data set, or for a bare input shape."""

    network: Annotated[Any, WithJsonSchema({"x-shape": "NetworkSpec"})] = Field(
        examples=[{"layers": [{"id": "output", "type": "dense", "units": 1, "activation": "tanh"}]}]
    )
    """The network. What is wrong with it is in the answer's `errors`; the layers that are right have shapes."""
    data: Data | None = Field(None, examples=[{"type": "circle", "features": ["x", "y"]}])  # type: ignore[valid-type]
    """The data set it is meant for."""
    input_shape: list[Annotated[Whole, Field(ge=1, le=100_000)]] | None = Field(
        None, min_length=1, max_length=4, examples=[[28, 28, 1]]
    )
    """Shape of one example without the batch, channels last; instead of `data`."""
    loss: Loss | None = Field(None, examples=["mse"])  # type: ignore[valid-type]
    """The loss, so that it can be checked against the output layer."""


class WeightShape(View):
    name: str = Field(examples=["kernel"])
    """What the array is called within its layer."""
    shape: list[int] = Field(examples=[[2, 4]])
    """Its sizes, as the user sees it."""


class LayerCheck(View):
    id: str = Field(examples=["hidden1"])
    """Its name within the network."""
    type: str = Field(examples=["dense"])
    """Which layer it is."""
    inputs: list[str] = Field(examples=[["input"]])
    """What it reads: ids of layers, or "input"."""
    input_shape: list[int] = Field(examples=[[2]])
    """Shape of what it reads, without the batch, channels last."""
    output_shape: list[int] = Field(examples=[[4]])
    """Shape of what it gives."""
    parameters: int = Field(examples=[12])
    """How many numbers it trains."""
    weights: list[WeightShape]
    """Its arrays."""


class Check(View):
    """Shapes and sizes of a network."""

    layers: list[LayerCheck]
    """In the order in which they are computed."""
    parameters: int = Field(examples=[25])
    """How many numbers the network trains."""
    input_shape: list[int] = Field(examples=[[2]])
    """Shape of one example as the network reads it."""
    output_shape: list[int] = Field(examples=[[1]])
    """Shape of what the network gives for it."""


class CheckWithErrors(Check):
    """Shapes and sizes of the layers that are right, and what is wrong with the others."""

    errors: list[Mistake]
    """What is wrong, at which layer; empty when all is right."""
