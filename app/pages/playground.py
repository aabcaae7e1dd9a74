"""The playground: one page, whose every list comes from the catalogue."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app.deps import SettingsDep
from app.pages.starts import Group, starts
from app.templating import page
from engine.data import SEED as DATA_SEED
from engine.data import TRAIN_FRACTION
from engine.datasets import files
from engine.experiment import SEED, Experiment
from engine.spec import CATALOGUE, catalogue

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
    starts: experiments to start from, by group.
    group_sizes: how many runs of one experiment may be started together.
    upload_bytes: how large a file of one's own may be.
    root: the path under which a proxy shows this server, "" for none.
    share: the shared run that it opens with, if any. ancestors: the sites that may show it in a frame, in an embed.
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
    starts: list[Group]
    group_sizes: list[int]
    upload_bytes: int
    root: str
    share: dict[str, Any] | None
    ancestors: tuple[str, ...]


@cache
def defaults() -> dict[str, Any]:
    """The experiment of the untouched page, every default written out."""
    return Experiment.from_json({}).to_json()


def options(parts: list[dict[str, Any]]) -> list[Option]:
    """A menu of catalogue entries."""
    return [Option(part["type"], part["label"], part["help"]) for part in parts]


def with_missing(part: dict[str, Any]) -> dict[str, Any]:
    """A data set, which says so where its files are not on this server."""
    cls = CATALOGUE["dataset"][part["type"]]
    error = files.missing(cls.name) if cls.needs_files and not cls.personal else None
    told = {"missing": {"detail": error.message, "fix": error.fix}} if error else {}
    return {**part, "facts": {**part["facts"], **told}}


def group_sizes(most: int) -> list[int]:
    """Numbers of runs to choose from, up to what the server allows."""
    return [n for n in (5, 10, 20) if n <= most] or [most]


@router.get("/", name="playground", response_class=HTMLResponse)
def playground(request: Request, settings: SettingsDep) -> HTMLResponse:
    """The page. Which experiment it shows is in the address, after the #, and so never reaches the server."""
    return page(request, "pages/playground.html", context(request, ancestors=settings.frame_ancestors))


def context(request: Request, share: dict[str, Any] | None = None, ancestors: tuple[str, ...] = ()) -> PlaygroundPage:
    """What every page that holds the playground is made of."""
    start, parts = defaults(), catalogue()
    (training,) = parts["settings"]
    return PlaygroundPage(
        catalogue={**parts, "dataset": [with_missing(part) for part in parts["dataset"]]},
        defaults=start,
        settings={p["name"]: p for p in training["params"]},
        seed=asdict(SEED),
        data_seed=asdict(DATA_SEED),
        train_fraction=asdict(TRAIN_FRACTION),
        optimizers=options(parts["optimizer"]),
        losses=options(parts["loss"]),
        schedules=options(parts["schedule"]),
        regularizers=options(parts["regularizer"]),
        starts=starts(),
        group_sizes=group_sizes(request.app.state.settings.max_group_runs),
        upload_bytes=request.app.state.settings.max_dataset_bytes,
        root=request.scope.get("root_path", "").rstrip("/"),
        share=share,
        ancestors=ancestors,
    )
