"""Shares in the database: moments of runs that somebody has given a link to. What has expired is not there any more."""

from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from app.store import tables as t
from app.store.writer import Writer


@dataclass(frozen=True)
class ShareRecord:
    """Everything about a share but its large contents."""

    id: str
    key_hash: str
    title: str
    spec: dict[str, Any]
    speed: float | None
    epoch: int
    update: int
    numbers: dict[str, float | None]
    created_at: float
    expires_at: float | None
    trained: bool  # whether its weights are there


@dataclass(frozen=True)
class Contents:
    """What is large about a share. state: Trainer.state(), None without weights. rows: little-endian float64."""

    state: bytes | None
    rows: bytes
    card: bytes  # PNG


FACTS = [
    column for column in t.shares.columns if column.name in ShareRecord.__dataclass_fields__
] + [t.shares.c.state.is_not(None).label("trained")]  # fmt: skip


class Shares:
    """Methods block and are meant for threads; those that write answer a future of the writer's."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine, self._writer = engine, writer

    def add(self, share: ShareRecord, contents: Contents) -> "Future[None]":
        """Keep it, and let go of those that have expired."""
        facts = {name: value for name, value in asdict(share).items() if name != "trained"}

        def write(connection: Connection) -> None:
            connection.execute(delete(t.shares).where(t.shares.c.expires_at <= share.created_at))
            connection.execute(insert(t.shares).values(**facts, **asdict(contents)))

        return self._writer.do(write)

    def delete(self, share: str) -> "Future[None]":
        return self._writer.execute(delete(t.shares).where(t.shares.c.id == share))

    def get(self, share: str, now: float) -> ShareRecord | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(*FACTS).where(t.shares.c.id == share, _alive(now))).first()
        return None if row is None else _record(row)

    def contents(self, share: str, now: float) -> Contents | None:
        c = t.shares.c
        with self._engine.connect() as connection:
            row = connection.execute(select(c.state, c.rows, c.card).where(c.id == share, _alive(now))).first()
        return None if row is None else Contents(*row)

    def of_key(self, key_hash: str, now: float) -> list[ShareRecord]:
        """Shares of one maker, newest first."""
        c = t.shares.c
        query = select(*FACTS).where(c.key_hash == key_hash, _alive(now)).order_by(c.created_at.desc(), c.id.desc())
        with self._engine.connect() as connection:
            return [_record(row) for row in connection.execute(query)]

    def count(self, key_hash: str, now: float) -> int:
        query = select(func.count()).select_from(t.shares).where(t.shares.c.key_hash == key_hash, _alive(now))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar() or 0


def _alive(now: float) -> Any:
    return t.shares.c.expires_at.is_(None) | (t.shares.c.expires_at > now)


def _record(row: Row[Any]) -> ShareRecord:
    return ShareRecord(**{**row._mapping, "trained": bool(row.trained)})
