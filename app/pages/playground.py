"""The playground: one page, whose every list comes from the catalogue."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.templating import page
from engine.data import SEED as DATA_SEED
from engine.data import TRAIN_FRACTION
from engine.experiment import SEED, Experiment
from engine.spec import catalogue

router = APIRouter()


@dataclass(frozen=True)
class Option:
    """One entry of a menu: the value that is stored, and what people read."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class PlaygroundPage:
    """All that the page's template may name.

    catalogue: every part by kind, as the page's scripts read it. defaults: the whole default experiment.
    settings: the declared training settings by name. seed, data_seed, train_fraction: their declarations.
    root: the path under which a proxy shows this server, "" for none.
    """

    catalogue: dict[str, list[dict[str, Any]]]
    defaults: dict[str, Any]
    settings: dict[str, dict[str, Any]]
    seed: dict[str, Any]
    data_seed: dict[str, Any]
    train_fraction: dict[str, Any]
    optimizers: list[Option]
    losses: list[Option]
    schedules: list[Option]
    regularizers: list[Option]
    root: str


@cache
def defaults() -> dict[str, Any]:
    """The experiment of the untouched page, every default written out."""
    return Experiment.from_json({}).to_json()


def options(parts: list[dict[str, Any]]) -> list[Option]:
    """A menu of catalogue entries."""
    return [Option(part["type"], part["label"], part["help"]) for part in parts]


@router.get("/", name="playground", response_class=HTMLResponse)
def playground(request: Request) -> HTMLResponse:
    """The page. Which experiment it shows is in the address, after the #, and so never reaches the server."""
    start, parts = defaults(), catalogue()
    (training,) = parts["settings"]
    context = PlaygroundPage(
        catalogue=parts,
        defaults=start,
        settings={p["name"]: p for p in training["params"]},
        seed=asdict(SEED),
        data_seed=asdict(DATA_SEED),
        train_fraction=asdict(TRAIN_FRACTION),
        optimizers=options(parts["optimizer"]),
        losses=options(parts["loss"]),
        schedules=options(parts["schedule"]),
        regularizers=options(parts["regularizer"]),
        root=request.scope.get("root_path", "").rstrip("/"),
    )
    return page(request, "pages/playground.html", context)
