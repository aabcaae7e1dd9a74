"""Data of visitors' own: looked at and kept by a process of its own, used by their owners and those they let.

A file may be a mistake of megabytes or a trap, and reading it takes seconds of computing: the web process does neither.
"""

import asyncio
import shutil
import time
from collections.abc import Callable
from typing import Any

from app import errors
from app.runs import keys
from app.runs.apart import Apart
from app.settings import Settings
from app.store.store import Store
from app.store.uploads import UploadRecord
from app.uploads import reading
from app.uploads.choices import Choices, Limits
from app.uploads.reading import Files
from engine.datasets.own import AGAIN, FOLDER, GONE
from engine.errors import SpecError


class Uploads:
    """One per server. Raises PlaygroundError throughout."""

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store, self._clock = store.uploads, clock
        self._most = settings.max_uploads_per_key
        self._folder = settings.datasets / FOLDER
        self._limits = Limits(settings.max_dataset_bytes, settings.max_samples, settings.max_columns)
        self._apart = Apart("file")

    # ---- reading ----

    async def look(self, files: Files, choices: Choices) -> dict[str, Any]:
        """What is in the files, and what is wrong with them."""
        return await self._apart.do(reading.look, files, choices, self._limits)

    async def keep(self, files: Files, choices: Choices, key: str) -> UploadRecord:
        """Make a data set of them that belongs to this key."""
        owner = keys.digest(key)
        if await asyncio.to_thread(self._store.count, owner) >= self._most:
            message = f"This server keeps {self._most} data sets for one key (max_uploads_per_key)."
            raise errors.TooMany(message, where="Authorization", fix="Delete one first.")
        about = await self._apart.do(reading.keep, files, choices, self._limits, str(self._folder), owner)
        id, size = about.pop("id"), about.pop("bytes")
        record = UploadRecord(id, owner, about["name"], about, size, False, self._clock())
        await asyncio.wrap_future(self._store.put(record))
        return await self._get(id)

    # ---- whose they are ----

    async def mine(self, key: str) -> list[UploadRecord]:
        return await asyncio.to_thread(self._store.of_key, keys.digest(key))

    async def find(self, id: str, key: str | None) -> UploadRecord:
        """The data set, if this key may use it. Raises NotFound."""
        found = await self._get(id)
        if not _may_use(found, None if key is None else keys.digest(key)):
            raise errors.NotFound(NOT_YOURS, where="id", fix=ASK)
        return found

    async def share(self, id: str, shared: bool, key: str | None) -> UploadRecord:
        """Let others use it who know its id, or end that."""
        await self._owned(id, key)
        await asyncio.wrap_future(self._store.share(id, shared))
        return await self._get(id)

    async def delete(self, id: str, key: str | None) -> None:
        """Forget it with its files. Runs that hold its examples go on until their worker needs them again."""
        await self._owned(id, key)
        await asyncio.wrap_future(self._store.delete(id))
        await asyncio.to_thread(shutil.rmtree, self._folder / id, True)

    async def check(self, spec: Any, owner: str | None) -> None:
        """Whether whoever has the key with this hash may train on the data of an experiment.

        Raises SpecError at data.id.
        """
        data = spec.get("data") if isinstance(spec, dict) else None
        if not isinstance(data, dict) or data.get("type") != "own" or not data.get("id"):
            return
        found = await asyncio.to_thread(self._store.get, str(data["id"]))
        if found is None:
            raise SpecError(GONE, where="data.id", fix=AGAIN)
        if not _may_use(found, owner):
            raise SpecError(NOT_YOURS, where="data.id", fix=ASK)

    async def _get(self, id: str) -> UploadRecord:
        found = await asyncio.to_thread(self._store.get, id) if len(id) <= 32 else None
        if found is None:
            raise errors.NotFound(GONE, where="id", fix=AGAIN)
        return found

    async def _owned(self, id: str, key: str | None) -> None:
        if key is None:
            fix = "Send it: Authorization: Bearer <key>. Whoever uploaded the data has it."
            raise errors.KeyMissing("Changing uploaded data needs their key.", where="Authorization", fix=fix)
        found = await self._get(id)
        if not keys.matches(key, found.key_hash):
            raise errors.WrongKey("This key did not upload these data.", where="Authorization", fix="Upload your own.")


NOT_YOURS = "This data set belongs to somebody else."
ASK = "Ask its owner to allow others with the link to use it, or choose another data set."


def _may_use(upload: UploadRecord, owner: str | None) -> bool:
    return upload.shared or upload.key_hash == owner
