"""What the routes for teaching take and answer: the microscope, mistakes, the time line, forks, diagnoses."""

from typing import Annotated, Any, Literal

from pydantic import Field

from app.api.answers import Place
from app.api.run_views import RunCreated
from app.api.views import Check, View
from app.runs.feed import Feed
from app.runs.view import view
from app.schemas import Body, Flag, Text, Whole

LayerIds = Annotated[list[Text], Field(max_length=200)]


# ---- one example ----


class OwnExample(Body):
    """An example of your own, in the shape of the data set's: a drawn picture, a point."""

    input: Any = Field(examples=[[0.5, -1.2]])
    """The example, in the data set's units."""
    ready: Flag = False
    """True: it is as the network reads it already."""
    layers: LayerIds | None = Field(None, examples=[["hidden1"]])
    """Only these layers; left out, all."""


class OwnExplained(OwnExample):
    """An example of your own, with what it should be."""

    target: int | float | Text = Field(examples=[1])
    """A class number or name, or the value to predict in the data set's units."""


class Memory(View):
    before: Any = Field(examples=[[0.0, 0.1]])
    """As the optimizer remembers it now."""
    after: Any = Field(examples=[[0.01, 0.09]])
    """After this example's update."""


class ExplainedWeight(View):
    """Arrays in the user's shape, number by number."""

    value: Any = Field(examples=[[0.5, -0.2]])
    """The weights as they are."""
    gradient: Any = Field(examples=[[0.011, 0.3]])
    """How the loss changes with each of them."""
    finite_difference: Any = Field(examples=[[0.011, None]])
    """The same found by moving the weight a little; null where it was not tried, to save time."""
    after: Any = Field(examples=[[0.499, -0.23]])
    """After an update by this example alone, penalty and clipping included."""
    memory: dict[str, Memory]
    """What the optimizer remembers of earlier gradients, by its own names (velocity, mean, square …)."""


class ExplainedLayer(View):
    id: str = Field(examples=["hidden1"])
    """The layer."""
    type: str = Field(examples=["dense"])
    """Its type."""
    activation: str | None = Field(examples=["tanh"])
    """Its activation."""
    inputs: list[str] = Field(examples=[["input"]])
    """What it reads."""
    joint: bool
    """Loss and activation are differentiated together here, so there is no gradient of the output alone."""
    pre: Any = Field(examples=[[0.4, -1.1]])
    """Before the activation."""
    output: Any = Field(examples=[[0.38, -0.8]])
    """After it."""
    gradient_pre: Any = Field(examples=[[0.02, 0.1]])
    """How the loss changes with each value before the activation; null where no weight needs it."""
    gradient_output: Any = Field(examples=[[0.03, 0.3]])
    """How the loss changes with each value after it."""
    weights: dict[str, ExplainedWeight]
    """By the arrays' names."""


class Explanation(Place):
    """One example followed forward, backward and into the update that it alone would make; all in double precision."""

    input: Any = Field(examples=[[0.5, -1.2]])
    """As the network reads it."""
    raw: Any = Field(examples=[[0.5, -1.2]])
    """As the data set has it; null where it was sent ready."""
    target: Any = Field(examples=[1])
    """Class number, or the value to predict."""
    encoded_target: Any = Field(examples=[[1.0]])
    """The numbers that the loss compares the output with."""
    loss: float = Field(examples=[0.31])
    """Of this example, without the penalty."""
    penalty: float = Field(examples=[0.0])
    """What regularization adds."""
    learning_rate: float = Field(examples=[0.03])
    """That of the next update."""
    optimizer: dict[str, Any] = Field(examples=[{"type": "sgd", "learning_rate": 0.03, "step": 301}])
    """The optimizer with its parameters; `step` counts its updates, from 1."""
    layers: list[ExplainedLayer]
    """In the order of computation."""
    classes: list[str] | None = Field(examples=[["orange", "blue"]])
    """Names of the classes; null where numbers are predicted."""


class Mistakes(Place):
    """Examples with the largest loss first, as columns."""

    split: str = Field(examples=["test"])
    """Which part of the data."""
    total: int = Field(examples=[17])
    """How many there are, shown or not."""
    index: list[int] = Field(examples=[[41, 3]])
    """Positions within the split: what `explain` and `activations` take."""
    position: list[int] = Field(examples=[[102, 377]])
    """Positions in the whole data set."""
    raw: list[Any]
    """The examples as the data set has them, each of the shape `raw_shape`."""
    raw_shape: list[int] = Field(examples=[[8, 8, 1]])
    """Shape of one example."""
    targets: list[Any] = Field(examples=[[3, 8]])
    """Class numbers, or the values to predict."""
    predicted: list[int] | None = Field(examples=[[8, 3]])
    """The class decided for; null where numbers are predicted."""
    probabilities: list[Any] | None = Field(examples=[[[0.1, 0.9], [0.7, 0.3]]])
    """For each class; null where the outputs are no probabilities."""
    losses: list[float | None] = Field(examples=[[4.1, 2.2]])
    """Of each example alone."""
    classes: list[str] | None = Field(examples=[["0", "1"]])
    """Names of the classes; null where numbers are predicted."""


# ---- time ----


class MomentView(Place):
    seq: int = Field(examples=[13])
    """The number of its row in the history."""


class TimelineView(View):
    """Moments of the run that can be looked at and forked from; the longer it is, the wider the steps between them."""

    start: int
    """The start they belong to; a reset begins another."""
    stride: int = Field(examples=[1])
    """Rows of history from one moment to the next."""
    bytes: int = Field(examples=[51200])
    """Memory taken."""
    moments: list[MomentView]
    """In order; the first is the start of the run or its fork."""
    present: MomentView
    """Where the run is now: may be looked at and forked from too."""


class ForkRequest(Body):
    """Where to go on from, and what to change."""

    at: Whole | None = Field(None, ge=0, le=2**53, examples=[120])
    """The update; the nearest moment of the time line counts. Left out: now."""
    name: Annotated[Text, Field(max_length=200)] = ""
    """For your own list of runs."""
    changes: dict[str, Any] = Field(
        default_factory=dict,
        examples=[{"learning_rate": 0.1, "network": {"layers": {"hidden1": {"activation": "relu"}}}}],
    )
    """Settings as in `PATCH …/settings`, and fields of the experiment (`seed`, `data`, `network`, `training`), merged
    into what is there. `network.layers` is a list, or changes by layer id; null takes a layer out. Left out or
    empty: the run goes on exactly as its parent does."""


class Forked(RunCreated):
    """A new run that goes on from a moment of another."""

    fresh: list[str] = Field(examples=[[]])
    """Weights that could not be carried over because the change gave them another shape, as `layer.name`."""

    @classmethod
    def of_fork(cls, feed: Feed, key: str, check: dict[str, Any], fresh: list[str]) -> "Forked":
        return cls(**view(feed.record), key=key, check=Check(**check), fresh=fresh)


class Curve(View):
    """The history, thinned to a few hundred rows that are evenly spread."""

    columns: list[str]
    """What the numbers of a row are."""
    start: int
    """The start that they belong to."""
    stride: int = Field(examples=[4])
    """From one row to the next; only the newest may be nearer."""
    seq: list[int] = Field(examples=[[1, 5, 9]])
    """The numbers of the rows."""
    rows: list[list[float | None]]
    """Null: not defined."""


# ---- why is it stuck ----


class Sentence(View):
    id: str = Field(examples=["dead_relu"])
    """Names the sentence for a translation."""
    values: dict[str, Any] = Field(examples=[{"layer": "hidden1", "dead": 3, "units": 8}])
    """The numbers in it, and some beside it."""
    text: str = Field(examples=["In hidden1, 3 of 8 ReLU neurons give 0 for every example: …"])
    """In English."""


class Attempt(View):
    """Something to try: what `POST …/fork` takes."""

    label: Sentence
    """For the button."""
    changes: dict[str, Any] = Field(examples=[{"network": {"layers": {"hidden1": {"activation": "leaky_relu"}}}}])
    """What to change."""
    at: int | None = Field(examples=[0])
    """The update to fork at: 0 for the same start, null for now."""


class FindingView(View):
    kind: Literal[
        "diverged", "dead", "saturated", "vanishing", "symmetric", "linear", "rate_too_large", "rate_too_small",
        "overfitting", "chance", "large_batch",
    ]  # fmt: skip
    """What it is."""
    severity: Literal["problem", "warning", "hint"]
    """problem: so it can not learn. warning: so it learns badly. hint: worth knowing."""
    layer: str | None = Field(examples=["hidden1"])
    """The layer it is about."""
    sentence: Sentence
    """What is wrong, in plain words."""
    experiment: Attempt | None
    """What would show it."""


class LayerStatistics(View):
    """null: not defined."""

    layer: str = Field(examples=["hidden1"])
    """Its id."""
    weights: float | None
    """Length of all its weights together."""
    gradient: float | None
    """Length of the last measured gradient."""
    mean: float | None
    """Of its outputs."""
    std: float | None
    """Spread of its outputs."""
    dead: float | None
    """Share of ReLU neurons that are never active."""
    saturated: float | None
    """Share of tanh or sigmoid outputs at the ends of the range."""


class Diagnosis(Place):
    """What may be why a run is stuck. Empty findings: nothing looks wrong."""

    findings: list[FindingView]
    """The gravest first."""
    layers: list[LayerStatistics]
    """The state of the layers, on the first training examples."""
