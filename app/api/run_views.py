"""Runs and how they are steered, as requests carry it and answers show it, every field explained."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, create_model

from app.api.views import Check, View
from app.runs.feed import Feed
from app.runs.view import view
from app.schemas import TRAINING, Body, ExperimentSpec, Flag, Real, Text, Whole, annotation
from app.store.records import Record
from engine.events import COLUMNS
from engine.spec import Param

State = Literal["created", "running", "paused", "finished", "diverged", "failed"]
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-01-31T12:00:00.000Z"])]
SPEC = {"x-shape": "ExperimentSpec"}  # `app.api.openapi` puts the reference there


class RunCreate(ExperimentSpec):
    """An experiment to train, and what to call it."""

    name: Annotated[Text, Field(max_length=200)] = Field("", examples=["Circle with four neurons"])
    """For your own list of runs."""


class SettingsBase(View):
    """What may be changed while a run goes on."""

    learning_rate: float = Field(examples=[0.03])
    """The optimizer's learning rate, before the schedule."""
    frozen: list[str] = Field(examples=[[]])
    """Ids of the layers whose weights stay as they are."""
    speed: float | None = Field(examples=[None])
    """Epochs a second; null: as fast as it goes."""


class SettingsChangeBase(Body):
    """The settings to change; the others stay. They take effect before the next update, without a new start."""

    learning_rate: Annotated[Real, Field(gt=0, le=1000, examples=[0.1])] | None = None
    """The optimizer's learning rate."""
    frozen: Annotated[list[Text], Field(max_length=200)] | None = Field(None, examples=[["hidden1"]])
    """Ids of the layers whose weights stay as they are."""
    speed: Annotated[Real, Field(ge=1, le=60)] | None = Field(None, examples=[10])
    """Epochs a second; null: as fast as it goes."""


def _shown(p: Param) -> Any:
    """A setting as an answer has it: parts are written out."""
    return (Any, Field(description=p.help, examples=[{"type": p.default} if p.widget == "part" else p.default]))


def _changed(p: Param) -> Any:
    return (annotation(p) | None, Field(None, description=p.help, examples=[p.default]))


# The settings of training that are declared as live, and the three that belong to a run.
LIVE = [p for p in TRAINING.values() if p.live]
Settings: Any = create_model("Settings", __base__=SettingsBase, **{p.name: _shown(p) for p in LIVE})
SettingsChange: Any = create_model("SettingsChange", __base__=SettingsChangeBase, **{p.name: _changed(p) for p in LIVE})


class RunView(View):
    """A run as everyone may see it."""

    id: str = Field(examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])
    """Whoever has it may watch."""
    name: str
    """What its owner calls it."""
    state: State = Field(examples=["paused"])
    """created, running, paused; or ended: finished, diverged, failed."""
    message: str = ""
    """Why the run ended, where it did so by itself."""
    fix: str = ""
    """What to try then."""
    epoch: int = Field(examples=[120])
    """Times that every training example was used."""
    update: int = Field(examples=[3000])
    """Times that the weights were changed."""
    start: int = Field(examples=[1])
    """Which start this is: every reset adds one, and the history begins anew."""
    seq: int = Field(examples=[121])
    """Rows of history since this start. Row 1 is how it was before the first update."""
    seed: int = Field(examples=[1])
    """Rules the first weights, the order of batches and dropout."""
    spec: Annotated[dict[str, Any], WithJsonSchema(SPEC)]
    """The experiment, every default written out, with the settings as they are now."""
    settings: Settings
    """What may be changed while it goes on, as it is now."""
    parent: str | None = Field(None, examples=[None])
    """Id of the run that it was forked from; null: it began by itself. The parent may be gone."""
    fork_seq: int | None = Field(None, examples=[None])
    """So many rows of its history are the parent's; then it went its own way."""
    fork_update: int | None = Field(None, examples=[None])
    """The update of the parent at which it was forked."""
    group: str | None = Field(None, examples=[None])
    """Id of the group of runs it belongs to."""
    member: int | None = Field(None, examples=[None])
    """Which of the group's runs it is, from 0."""
    created_at: Moment
    """When it was made, UTC."""
    changed_at: Moment
    """When it last trained or was changed, UTC."""

    @classmethod
    def of(cls, record: Record) -> "RunView":
        return cls(**view(record))


class RunCreated(RunView):
    """A new run, with what its owner needs."""

    key: str = Field(examples=["mbUj5yJpqPp3mJ8a0yYbPpYdO3kS0Zt2"])
    """Who sends it (`Authorization: Bearer …`) may steer the run. It is not kept by the server and not shown again."""
    check: Check
    """Shapes and sizes of the network."""

    @classmethod
    def made(cls, feed: Feed, key: str, check: dict[str, Any]) -> "RunCreated":
        return cls(**view(feed.record), key=key, check=Check(**check))


class RunList(View):
    runs: list[RunView]
    """Newest first."""
    next: str | None
    """Send it as `cursor` to get the runs after these; null: there are no more."""


class Advance(Body):
    """How far to go before the run pauses by itself."""

    unit: Literal["epoch", "batch", "sample"] = Field(examples=["epoch"])
    """epoch: all training examples once. batch: one update. sample: one example's share of an update."""
    count: Annotated[Whole, Field(ge=1, le=10_000_000)] = 1
    """How many of them."""


class StateChange(Body):
    """The state wanted: running and paused say themselves, created is a reset."""

    state: Literal["running", "paused", "created"] = Field(examples=["running"])
    """running: go on. paused: stop between two updates. created: back to the start."""
    advance: Advance | None = None
    """Go so far from here, then pause. The answer waits up to two seconds for that."""
    seed: Literal["same", "new"] | Annotated[Whole, Field(ge=0, le=2**53 - 1)] = "same"
    """With created: the same start again, a new one that the server draws, or that of a seed."""


class WeightEdit(Body):
    layer: Text = Field(examples=["hidden1"])
    """The layer's id."""
    name: Text = Field(examples=["kernel"])
    """The array's name."""
    index: list[Annotated[Whole, Field(ge=0)]] = Field(max_length=8, examples=[[0, 1]])
    """Position in the array: for a dense kernel input, then unit."""
    value: Real = Field(examples=[0.5])
    """The number to put there."""


class WeightEdits(Body):
    edits: list[WeightEdit] = Field(min_length=1, max_length=10_000)
    """All of them are made, or none."""


class HistoryPage(View):
    columns: list[str] = Field(examples=[list(COLUMNS)])
    """What the numbers of a row are."""
    rows: list[list[float | None]] = Field(examples=[[[0, 0, 0.51, 0.52, 0.5, 0.49, 0, 0.03, None]]])
    """One row for the start and for every epoch (or step, or edit while paused); null: not defined."""
    start: int
    """The start that these rows belong to; a reset begins another."""
    next: int
    """Number of the last row here: send it as `after` to get what came later."""


class PredictRequest(Body):
    inputs: list[Any] = Field(min_length=1, max_length=100_000, examples=[[[0.5, -1.2], [3, 3]]])
    """Examples, each in the shape of the data set's own."""
    ready: Flag = False
    """True: the inputs are as the network reads them; false: in the data set's units, to be made ready first."""


class Array(View):
    shape: list[int] = Field(examples=[[4]])
    """Sizes of the array's axes."""
    values: list[float | None] = Field(examples=[[0.1, -0.4, 0.9, 0.2]])
    """Row by row; null: not a finite number."""
