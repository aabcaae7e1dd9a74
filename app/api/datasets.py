"""Data of visitors' own: look into a file, keep it as a data set, list, share and delete what was kept."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile
from fastapi import Path as InPath
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from app.api.body import parse
from app.api.idempotency import MakingDep, OnceRoute
from app.api.problems import answers
from app.api.upload_views import Choices, Look, UploadChange, UploadCreated, UploadList, UploadView
from app.deps import KeyDep, RunsDep, listing_key
from app.runs import keys
from app.store.uploads import UploadRecord
from app.uploads.choices import Choices as Chosen
from app.uploads.reading import Files
from engine.errors import SpecError

router = APIRouter(route_class=OnceRoute, prefix="/datasets/uploads", tags=["data sets"])
MOST_FILES = 8
FileDep = Annotated[
    list[UploadFile],
    File(
        min_length=1,
        description="A CSV file; a zip file with a folder of pictures for each class; an NPZ file with arrays x and y; "
        "or IDX files, images and labels. Tables and IDX files may be packed with gzip.",
    ),
]
UploadId = Annotated[str, InPath(description="The data set's id.", examples=["h5Yx0bC1Zl0mS9m6iJr3Jw"])]


def chosen(
    choices: Annotated[
        str,
        Form(
            description="How to read it, as JSON: see the schema Choices. What is left out is found out.",
            examples=['{"target": "species", "columns": {"id": "out"}}'],
        ),
    ] = "{}",
) -> Chosen:
    """The choices, checked. Raises RequestValidationError."""
    try:
        return Chosen(**Choices.model_validate(parse(choices.encode())).model_dump())
    except ValueError as error:
        found = error.errors() if isinstance(error, ValidationError) else [_NOT_JSON]
        raise RequestValidationError([{**e, "loc": ("body", "choices", *e["loc"])} for e in found]) from None


_NOT_JSON = {"type": "refused", "loc": (), "msg": "", "ctx": {"message": "Expected JSON.", "fix": "Send an object."}}
ChoicesDep = Annotated[Chosen, Depends(chosen)]


@router.post("/preview", responses=answers(400, 413, 422, 503))
async def preview_upload(file: FileDep, choices: ChoicesDep, runs: RunsDep) -> Look:
    """What is in a file and how it would be read, with everything that is wrong in it. Nothing is kept."""
    async with on_disk(file) as files:
        return Look(**await runs.uploads.look(files, choices))


@router.post("", status_code=201, responses=answers(400, 413, 422, 429, 503))
async def create_upload(
    file: FileDep, choices: ChoicesDep, runs: RunsDep, new: MakingDep, response: Response
) -> UploadCreated:
    """Keep a file as a data set to train on: its `data` is what an experiment names.

    It belongs to the key sent, or to a new one. What is wrong in the file is listed in `errors`, by row and column.
    """
    async with on_disk(file) as files:
        kept = await runs.uploads.keep(files, choices, new.key)
    response.headers["Location"] = f"uploads/{kept.id}"
    return UploadCreated(**UploadView.of(kept, True).model_dump(), key=new.key)


@router.get("", responses=answers(401))
async def list_uploads(runs: RunsDep, key: KeyDep) -> UploadList:
    """The data sets that belong to the key sent, newest first."""
    mine = await runs.uploads.mine(listing_key(key, "Data sets"))
    return UploadList(uploads=[UploadView.of(upload, True) for upload in mine])


@router.get("/{id}", responses=answers(404))
async def get_upload(id: UploadId, runs: RunsDep, key: KeyDep) -> UploadView:
    """One of them: your own, or one that is shared."""
    return shown(await runs.uploads.find(id, key), key)


@router.patch("/{id}", responses=answers(400, 401, 403, 404, 422, 503))
async def change_upload(body: UploadChange, id: UploadId, runs: RunsDep, key: KeyDep) -> UploadView:
    """Let everybody use it who knows its id, such as those who open your link; or end that."""
    return shown(await runs.uploads.share(id, body.shared, key), key)


@router.delete("/{id}", status_code=204, responses=answers(401, 403, 404, 503))
async def delete_upload(id: UploadId, runs: RunsDep, key: KeyDep) -> None:
    """Delete a data set. Experiments with it cannot be started any more; the same upload again brings it back."""
    await runs.uploads.delete(id, key)


def shown(upload: UploadRecord, key: str | None) -> UploadView:
    return UploadView.of(upload, key is not None and keys.matches(key, upload.key_hash))


@asynccontextmanager
async def on_disk(uploads: list[UploadFile]) -> AsyncIterator[Files]:
    """The files where another process can read them, for as long as it takes."""
    if len(uploads) > MOST_FILES:
        raise SpecError(
            f"Expected at most {MOST_FILES} files, got {len(uploads)}.", where="file", fix="Send a zip file."
        )
    with tempfile.TemporaryDirectory(prefix="playground-", ignore_cleanup_errors=True) as folder:
        files: Files = []
        for number, upload in enumerate(uploads):
            path = Path(folder, str(number))  # never the name that was sent
            with path.open("wb") as file:
                await run_in_threadpool(shutil.copyfileobj, upload.file, file, 2**20)
            files.append((upload.filename or "data", str(path)))
        yield files
