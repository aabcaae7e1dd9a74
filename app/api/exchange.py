"""Work in and out: runs as programs, models and weights; other tools' code, links and models as experiments."""

import csv
import io
import json
import math
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from app.api.body import StrictRoute
from app.api.looking import At
from app.api.problems import answers
from app.api.views import View
from app.deps import RunDep, RunsDep, SettingsDep
from app.exchange.formats import File
from app.exchange.making import made
from app.exchange.plot import draw_losses
from app.exchange.reading import Limits, read
from app.runs import curves
from app.runs.queries import PLACE
from app.schemas import Body, Flag, Text
from engine.events import COLUMNS
from engine.export import snippets
from engine.spec import CATALOGUE

router = APIRouter(route_class=StrictRoute)
Format = Literal[
    "keras", "torch", "numpy", "onnx", "safetensors", "npz", "svg", "chart", "spec", "csv", "curl", "python"
]
Source = Literal["keras", "torch", "keras-json", "tf-playground", "onnx", "spec"]
BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
KINDS = ("application/octet-stream", "application/zip", "image/svg+xml", "text/csv", "text/plain", "text/x-python")
SPEC = {"version": 1, "data": {"type": "circle"}}
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "headers": {"Content-Disposition": {"description": "Its name.", "schema": {"type": "string"}}},
        "content": dict.fromkeys(KINDS, BINARY)
        | {"application/json": {"schema": {"type": "object", "examples": [SPEC]}}},
    }
}
ROWS = 1_000_000


class Given(Body):
    """What is to be read."""

    text: Text = Field(examples=["import keras\nmodel = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])"])
    """Code, a link, or JSON; an ONNX file as base64."""
    input_shape: list[Annotated[int, Field(ge=1, le=100_000)]] | None = Field(
        None, min_length=1, max_length=4, examples=[[28, 28, 1]]
    )
    """Shape of one example, channels last, for PyTorch code that does not say it."""
    weights: Flag = True
    """Whether to answer the arrays as well. They may be many; `PUT /runs/{run}/weights` takes the same file."""


class Found(View):
    spec: dict[str, Any] = Field(examples=[{"network": {"layers": [{"id": "output", "type": "dense", "units": 1}]}}])
    """The experiment as far as the source says it, as POST /runs takes it."""
    input_shape: list[int] | None = Field(examples=[[28, 28, 1]])
    """Shape of one example, channels last; null: nothing says it."""
    notes: list[str] = Field(examples=[["Line 18: 2,304 values are spoken of here, but 1,600 arrive."]])
    """What was not taken over, was put right, or is worth knowing; those about code begin with its line."""
    page: dict[str, Any] = Field(examples=[{"hide": ["noise"]}])
    """What concerns the page alone: controls to hide, what to show."""
    check: dict[str, Any] | None
    """Shapes and sizes of every layer, as from POST /networks/check; null where the input's shape is not known."""
    weighted: bool
    """Whether the source has weights."""
    weights: dict[str, dict[str, Any]] | None
    """Arrays by layer and name; null where the source has none, or they were not asked for."""


@router.get(
    "/runs/{run}/export/{format}",
    tags=["looking"],
    response_class=Response,
    responses={**FILE, **answers(404, 422, 503)},
)
async def export_run(
    run: RunDep,
    runs: RunsDep,
    request: Request,
    format: Annotated[Format, Path(description="A program, a model, weights, the experiment, its losses, a script.")],
    names: Annotated[
        Literal["ours", "torch", "keras"], Query(description="Whose names the arrays of a file of weights have.")
    ] = "ours",
    at: At = None,
) -> Response:
    """A run to take away: a program that shows its own loss to be the page's, a model, weights, or a script.

    Programs that hold more numbers than can be read come as a zip file, with these in a file beside them.
    """
    record = run.record
    if format == "csv":
        return _sent(File(f"{record.id}.csv", "text/csv; charset=utf-8", await _table(run, runs)))
    if format == "chart":
        _, rows = (await curves.of(runs, run)).shown()
        kind = record.spec["data"]["type"]
        title = f"{CATALOGUE['dataset'][kind].label}, loss until epoch {math.floor(record.epoch):,}"
        return _sent(File(f"{kind}_loss.svg", "image/svg+xml", await run_in_threadpool(draw_losses, rows, title)))
    if format in ("curl", "python"):
        make = snippets.curl if format == "curl" else snippets.python
        text = make(str(request.base_url).rstrip("/"), record.spec)
        return _sent(File(f"run.{'sh' if format == 'curl' else 'py'}", "text/plain; charset=utf-8", text.encode()))
    if format == "spec":
        data = json.dumps(record.spec, ensure_ascii=False, indent=1).encode()
        return _sent(File(f"{record.spec['data']['type']}.json", "application/json", data))
    packed = await runs.query(run, "packed", at=at)
    epoch, _ = PLACE.unpack_from(packed)
    about = {"spec": record.spec, "settings": record.settings, "seed": record.seed, "epoch": epoch}
    return _sent(await runs.exports.do(made, format, names, about, packed[PLACE.size :], str(runs.settings.datasets)))


async def _table(run: Any, runs: Any) -> bytes:
    """The losses, one line a row; what is not defined is left empty."""
    rows = await runs.history(run, 0, ROWS)

    def written() -> bytes:
        out = io.StringIO()
        table = csv.writer(out, lineterminator="\n")
        table.writerow(COLUMNS)
        table.writerows([repr(v) if v == v else "" for v in row] for row in rows.tolist())
        return out.getvalue().encode()

    return await run_in_threadpool(written)


def _sent(file: File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.data, media_type=file.media, headers=headers)


@router.post("/import/{source}", tags=["parts"], response_model=Found, responses=answers(400, 413, 422))
async def import_source(
    body: Given,
    settings: SettingsDep,
    source: Annotated[Source, Path(description="What the text is.")],
) -> dict[str, Any]:
    """Read somebody's code, link or model as an experiment. Code is parsed, never run.

    What is not understood is an error that names its line; what is understood but not known here is a note.
    """
    shape = None if body.input_shape is None else tuple(body.input_shape)
    limits = Limits(settings.max_model_bytes, settings.max_parameters)
    found = await run_in_threadpool(read, source, body.text, shape, limits)
    return found if body.weights else {**found, "weights": None}
