"""Uploaded data sets in the database: whose they are and what is known of them. Their examples lie in files."""

from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from app.store import tables as t
from app.store.writer import Writer


@dataclass(frozen=True)
class UploadRecord:
    """One data set. about: `about.json` as `engine.datasets.own` reads it; size: bytes of its files."""

    id: str
    key_hash: str
    name: str
    about: dict[str, Any]
    size: int
    shared: bool  # whether others may use it, if they know its id
    created_at: float


class Uploads:
    """Methods block and are meant for threads; those that write answer a future of the writer's."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine, self._writer = engine, writer

    def put(self, upload: UploadRecord) -> "Future[None]":
        """Add it. The same data set of the same owner again stays as it is."""

        def write(connection: Connection) -> None:
            if connection.execute(select(t.uploads.c.id).where(t.uploads.c.id == upload.id)).first() is None:
                connection.execute(insert(t.uploads).values(**asdict(upload)))

        return self._writer.do(write)

    def share(self, upload: str, shared: bool) -> "Future[None]":
        return self._writer.execute(update(t.uploads).where(t.uploads.c.id == upload).values(shared=shared))

    def delete(self, upload: str) -> "Future[None]":
        return self._writer.execute(delete(t.uploads).where(t.uploads.c.id == upload))

    def get(self, upload: str) -> UploadRecord | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(t.uploads).where(t.uploads.c.id == upload)).first()
        return None if row is None else UploadRecord(**row._mapping)

    def of_key(self, key_hash: str) -> list[UploadRecord]:
        """Those of one owner, newest first."""
        c = t.uploads.c
        query = select(t.uploads).where(c.key_hash == key_hash).order_by(c.created_at.desc(), c.id)
        with self._engine.connect() as connection:
            return [UploadRecord(**row._mapping) for row in connection.execute(query)]

    def count(self, key_hash: str) -> int:
        with self._engine.connect() as connection:
            query = select(func.count()).where(t.uploads.c.key_hash == key_hash)
            return connection.execute(query).scalar() or 0
