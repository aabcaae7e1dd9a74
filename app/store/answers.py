"""Answers to requests that make something, kept for a day: a request that is sent again gets the one it had."""

from concurrent.futures import Future
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from app.store.store import Store
from app.store.tables import answers as t

KEPT = 24 * 3600.0  # seconds


@dataclass(frozen=True)
class Answer:
    """What is known of a request. Without a status it is being dealt with, or was when the server died.

    id: hash of the key it was sent with. request: hash of what was asked. made: id that the new thing gets. salt: what
    its key is made from, with the key of the request.
    """

    id: str
    request: str
    made: str
    salt: str
    created_at: float
    status: int | None = None
    headers: dict[str, str] | None = None
    body: bytes | None = None


def claim(store: Store, answer: Answer) -> "Future[Answer]":
    """The answer known under this id, or else this one, noted as begun."""

    def task(connection: Connection) -> Answer:
        connection.execute(delete(t).where(t.c.created_at < answer.created_at - KEPT))
        row = connection.execute(select(t).where(t.c.id == answer.id)).first()
        if row is not None:
            return Answer(**row._mapping)
        connection.execute(insert(t).values(**vars(answer)))
        return answer

    return store.writer.do(task)


def keep(store: Store, id: str, status: int, headers: dict[str, str], body: bytes) -> "Future[None]":
    """Note how it was answered."""
    values = {"status": status, "headers": headers, "body": body}
    return store.writer.execute(update(t).where(t.c.id == id).values(**values))


def release(store: Store, id: str) -> "Future[None]":
    """Forget a request that made nothing."""
    return store.writer.undo(delete(t).where(t.c.id == id))
