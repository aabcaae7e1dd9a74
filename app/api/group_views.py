"""What requests about groups of runs carry and what their answers show."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from app.api.run_views import SPEC, RunView
from app.api.views import View
from app.schemas import Body, ExperimentSpec, Real, Text, Whole
from engine.events import COLUMNS

Column = Literal["train_loss", "test_loss", "train_metric", "test_metric", "penalty", "gradient_norm"]
Seed = Annotated[Whole, Field(ge=0, le=2**53 - 1)]


class Criterion(Body):
    """When a run counts as solved, judged by its newest row. Exactly one of below and at_least."""

    column: Column = Field(examples=["test_loss"])
    """What is judged."""
    below: Real | None = Field(None, examples=[0.05])
    """It must be lower than this."""
    at_least: Real | None = Field(None, examples=[None])
    """Or at least this."""


class GroupCreate(Body):
    """One experiment, and what each run changes of it: twins (`changes`), or the same from many starts (`seeds`)."""

    spec: ExperimentSpec = Field(default_factory=ExperimentSpec, examples=[{"data": "circle"}])
    """The experiment; what is left out takes its default."""
    changes: list[dict[str, Any]] | None = Field(
        None, min_length=1, max_length=100, examples=[[{}, {"optimizer": {"type": "adam"}}]]
    )
    """One object for each run, as in `POST /runs/{run}/fork`. Twins have the same start, data and order of batches."""
    seeds: Annotated[Whole, Field(ge=1, le=100)] | Annotated[list[Seed], Field(min_length=1, max_length=100)] | None = (
        Field(None, examples=[None])
    )
    """Instead of changes: so many runs with seeds from the experiment's on, or a list. The data stay the same."""
    criterion: Criterion | None = None
    """When a run counts as solved."""
    name: Annotated[Text, Field(max_length=180)] = Field("", examples=["Adam against SGD"])
    """For your own list; runs are called by it and their number."""


class Solved(View):
    """How many runs meet the criterion."""

    count: int = Field(examples=[14])
    """Runs whose newest row meets it."""
    of: int = Field(examples=[20])
    """Runs there are."""
    runs: list[bool]
    """For each run, in order."""
    epochs: list[float | None]
    """The first epoch (of those in the run's curve) that met it; null: none yet."""


class Band(View):
    """Runs over epochs: half of them lie between lower and upper. null: not defined, or beyond all bounds."""

    column: str = Field(examples=["test_loss"])
    """What is shown."""
    epochs: list[int]
    """At most 200 of them, evenly spread."""
    lower: list[float | None]
    """A quarter of the runs is at or below it."""
    median: list[float | None]
    """Half of them are."""
    upper: list[float | None]
    """Three quarters are."""
    count: list[int]
    """How many runs have got so far."""


class GroupView(View):
    """A group as everyone may see it, with its runs as they stand."""

    id: str = Field(examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])
    """Whoever has it may watch."""
    name: str
    """What its owner calls it."""
    spec: Annotated[dict[str, Any], WithJsonSchema(SPEC)]
    """The experiment without any of the changes, every default written out."""
    changes: list[dict[str, Any]]
    """What each run changes, in order of `member`."""
    criterion: Criterion | None
    """When a run counts as solved."""
    created_at: str = Field(json_schema_extra={"format": "date-time"})
    """UTC."""
    runs: list[RunView]
    """In order; each can be watched, looked into and steered by itself too."""
    columns: list[str] = Field(examples=[list(COLUMNS)])
    """What the numbers of a row are."""
    rows: list[list[float | None] | None]
    """The newest row of each run."""
    band: Band
    """Median and quartiles over the epochs."""
    solved: Solved | None
    """null: there is no criterion."""


class GroupCreated(GroupView):
    """A new group, with its owner's key."""

    key: str = Field(examples=["mbUj5yJpqPp3mJ8a0yYbPpYdO3kS0Zt2"])
    """Steers the group and each of its runs. It is not kept by the server and not shown again."""
