"""What networks can be made of, and what they can learn from."""

import json
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import Field

from app.api.answers import Preview
from app.api.body import StrictRoute
from app.api.problems import answers
from app.api.views import CheckWithErrors, NetworkCheck, View
from app.deps import KeyDep, RunsDep
from app.errors import NotFound
from app.runs.keys import digest
from app.schemas import Body, Data, Whole
from engine.errors import SpecError
from engine.experiment import Experiment
from engine.presets import presets
from engine.spec import CATALOGUE, catalogue, describe

router = APIRouter(route_class=StrictRoute)


class PreviewRequest(Body):
    data: Data = Field(examples=[{"type": "spiral", "samples": 500, "noise": 10, "seed": 1}])  # type: ignore[valid-type]
    """The data set, with its parameters."""
    limit: Whole = Field(500, ge=1, le=5000)
    """At most so many examples of each part of the split."""


class DatasetView(View):
    """A data set as it is declared."""

    type: str = Field(examples=["circle"])
    """Its name in experiments."""
    label: str = Field(examples=["Circle"])
    """Its name for people."""
    help: str
    """What there is to learn from it."""
    formula: str
    """LaTeX; empty for real data."""
    source: str
    """Where it comes from."""
    params: list[dict[str, Any]]
    """Its parameters: name, widget, default, lo, hi, help …"""
    facts: dict[str, Any]
    """task, view, shape, columns, class_names, train_fraction, preset (the smallest network that solves it)."""


class DatasetList(View):
    datasets: list[DatasetView]
    """In the order of the page."""


@router.get("/catalogue", tags=["parts"])
def read_catalogue() -> Response:
    """Every part of every kind: layers, activations, losses, optimizers, data sets …, as they are declared.

    Each has `type`, `label`, `help`, `formula`, `source`, `params` (name, widget, default, lo, hi, help …), `facts`.
    `defaults` is the experiment of somebody who chose nothing, every default written out; `presets` are experiments to
    start from: name, label, help, group, experiment.
    """
    return Response(_catalogue(), media_type="application/json")


@cache
def _catalogue() -> bytes:
    defaults = Experiment.from_json({}).to_json()
    whole = {**catalogue(), "defaults": defaults, "presets": [preset.to_json() for preset in presets()]}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False).encode()


@router.get("/datasets", tags=["data sets"])
def list_datasets() -> DatasetList:
    """Every data set there is."""
    return DatasetList(datasets=[DatasetView(**describe(cls)) for cls in CATALOGUE["dataset"].values()])


@router.get("/datasets/{type}", tags=["data sets"], responses=answers(404))
def get_dataset(type: Annotated[str, Path(description="Its name.", examples=["circle"])]) -> DatasetView:
    """One data set as it is declared."""
    if type not in CATALOGUE["dataset"]:
        known = ", ".join(CATALOGUE["dataset"])
        raise NotFound(f"There is no data set called {type[:40]!r}.", where="type", fix=f"Choose one of: {known}.")
    return DatasetView(**describe(CATALOGUE["dataset"][type]))


@router.post("/datasets/preview", tags=["data sets"], response_model=Preview, responses=answers(422, 503))
async def preview_dataset(body: PreviewRequest, runs: RunsDep, key: KeyDep) -> Response:
    """The examples that a run with this data set would use, and how they are split."""
    spec = body.model_dump(exclude_unset=True)["data"]
    await runs.uploads.check({"data": spec}, None if key is None else digest(key))
    return Response(await runs.query(None, "preview", spec=spec, limit=body.limit), media_type="application/json")


@router.post(
    "/networks/check",
    tags=["parts"],
    response_model=CheckWithErrors,
    responses=answers(422, 503),
)
async def check_network(body: NetworkCheck, runs: RunsDep, key: KeyDep) -> Response:
    """Shapes and numbers of parameters, layer by layer, without training anything.

    A network with mistakes is answered too: `errors` says what is wrong where, `layers` has the layers that are right.
    """
    given = body.model_dump(exclude_unset=True)
    if (given.get("data") is None) == (given.get("input_shape") is None):
        raise SpecError("Expected either data or input_shape.", where="data", fix="Give one of the two.")
    await runs.uploads.check(given, None if key is None else digest(key))
    asked = {name: given.get(name) for name in ("network", "data", "input_shape", "loss")}
    return Response(await runs.query(None, "check", **asked), media_type="application/json")
