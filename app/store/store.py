"""Runs in the database: find, list, add, delete, and read back history and checkpoints.

Methods block and are meant for threads; those that write answer a future of the writer's.
"""

from concurrent.futures import Future
from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.store import tables as t
from app.store.db import connect, migrate
from app.store.records import GroupRecord, Record, Save
from app.store.shares import Shares
from app.store.uploads import Uploads
from app.store.writer import Writer, write
from engine.events import COLUMNS


class Store:
    """One per server. `close` writes what is still to be written."""

    def __init__(self, url: str) -> None:
        self._engine = connect(url)
        migrate(self._engine)
        self.writer = Writer(self._engine)
        self.shares = Shares(self._engine, self.writer)
        self.uploads = Uploads(self._engine, self.writer)

    def close(self) -> None:
        self.writer.close()
        self._engine.dispose()

    # ---- writing ----

    def add(self, record: Record, first: Save | None = None) -> "Future[None]":
        """A new run, with the checkpoint it begins from: both or neither."""

        def task(connection: Connection) -> None:
            connection.execute(insert(t.runs).values(**record.values()))
            if first:
                write(connection, [first])

        return self.writer.do(task)

    def save(self, save: Save) -> "Future[None]":
        return self.writer.save(save)

    def change(self, run: str, facts: dict[str, Any]) -> "Future[None]":
        """Other facts of a run; its checkpoint and history stay."""
        return self.writer.execute(update(t.runs).where(t.runs.c.id == run).values(**facts))

    def delete(self, run: str) -> "Future[None]":
        return self.writer.delete(run, delete(t.runs).where(t.runs.c.id == run))

    def undo(self, run: str) -> "Future[None]":
        """Delete a run that nobody has heard of, as soon as that can be done."""
        return self.writer.undo(delete(t.runs).where(t.runs.c.id == run), run)

    # ---- reading ----

    def get(self, run: str) -> Record | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(t.runs).where(t.runs.c.id == run)).first()
        return None if row is None else _record(row)

    def load(self, run: str) -> tuple[Record, bytes | None] | None:
        """A run and its newest checkpoint, which belong together; without one it never got past its start."""
        joined = select(t.runs, t.checkpoints.c.state.label("blob")).outerjoin(t.checkpoints).where(t.runs.c.id == run)
        with self._engine.connect() as connection:
            row = connection.execute(joined).first()
        return None if row is None else (_record(row), row.blob)

    def moments(self, run: str, start: int) -> dict[int, bytes]:
        """The moments kept of a start, by row, in order."""
        c = t.moments.c
        query = select(c.seq, c.data).where(c.run == run, c.start == start).order_by(c.seq)
        with self._engine.connect() as connection:
            return {row.seq: row.data for row in connection.execute(query)}

    def of_key(self, key_hash: str, limit: int, before: tuple[float, str] | None = None) -> list[Record]:
        """Runs of one owner, newest first; `before` is (created_at, id) of the last one already known."""
        c = t.runs.c
        query = select(t.runs).where(c.key_hash == key_hash).order_by(c.created_at.desc(), c.id.desc()).limit(limit)
        if before:
            created, run = before
            query = query.where((c.created_at < created) | ((c.created_at == created) & (c.id < run)))
        with self._engine.connect() as connection:
            return [_record(row) for row in connection.execute(query)]

    def count(self, key_hash: str) -> int:
        with self._engine.connect() as connection:
            found = connection.execute(select(func.count()).where(t.runs.c.key_hash == key_hash)).scalar()
        return found or 0

    def count_by_state(self) -> dict[str, int]:
        """How many runs there are, by state as last saved."""
        c = t.runs.c
        with self._engine.connect() as connection:
            found = connection.execute(select(c.state, func.count()).group_by(c.state))
            return {row[0]: row[1] for row in found}

    def add_group(self, group: GroupRecord) -> "Future[None]":
        return self.writer.execute(insert(t.groups).values(**asdict(group)))

    def delete_group(self, group: str) -> "Future[None]":
        return self.writer.execute(delete(t.groups).where(t.groups.c.id == group))

    def undo_group(self, group: str) -> "Future[None]":
        return self.writer.undo(delete(t.groups).where(t.groups.c.id == group))

    def group(self, group: str) -> tuple[GroupRecord, list[str]] | None:
        """A group and the ids of its runs, in order; those deleted meanwhile are left out."""
        with self._engine.connect() as connection:
            row = connection.execute(select(t.groups).where(t.groups.c.id == group)).first()
            members = select(t.runs.c.id).where(t.runs.c.group_id == group).order_by(t.runs.c.member)
            runs = list(connection.execute(members).scalars()) if row else []
        return row and (GroupRecord(**row._mapping), runs)

    def running(self) -> list[str]:
        """Runs that were training when they were last saved."""
        with self._engine.connect() as connection:
            return list(connection.execute(select(t.runs.c.id).where(t.runs.c.state == "running")).scalars())

    def history(self, run: str, start: int, after: int, limit: int) -> np.ndarray:
        """Rows after + 1 … after + limit of a start, as far as they are stored: (k, width) float64."""
        c = t.history.c
        chunks = (
            select(c.first, c.rows)
            .where(c.run == run, c.start == start, c.first + c.count > after + 1, c.first <= after + limit)
            .order_by(c.first)
        )
        with self._engine.connect() as connection:
            parts = [
                np.frombuffer(rows, "<f8").reshape(-1, len(COLUMNS))[
                    max(0, after + 1 - first) : after + limit + 1 - first
                ]
                for first, rows in connection.execute(chunks)
            ]
        return np.concatenate(parts) if parts else np.empty((0, len(COLUMNS)))

    def healthy(self) -> bool:
        """Whether the database answers and the last checkpoints were written."""
        with self._engine.connect() as connection:
            connection.execute(select(1))
        return self.writer.problem is None


def _record(row: Row[Any]) -> Record:
    fields = {name: getattr(row, name) for name in Record.__dataclass_fields__}
    return Record(**fields)
