"""What was saved is there again: checkpoint and history belong together; tables are what the migrations make."""

import threading

import numpy as np
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from app.store import db
from app.store.records import Record, Save
from app.store.store import Store
from app.store.tables import metadata
from engine.events import COLUMNS
from tests.tools.waiting import PATIENCE


def rows(first, count):
    return np.arange(first, first + count, dtype=float)[:, None] * np.ones(len(COLUMNS))


def record(run="a", key="k", at=1.0):
    return Record(run, key, "", {"seed": 1}, {"speed": None}, at, at)


def save(run="a", start=1, first=1, count=3, state="running", blob=b"x"):
    last = first + count - 1
    changes = {"start": start, "seq": last, "state": state, "epoch": last, "update": last}
    return Save(run, changes, blob, first, rows(first, count))


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/runs.db"


@pytest.fixture
def store(url):
    store = Store(url)
    store.add(record()).result()
    yield store
    store.close()


def write(store, save):
    store.save(save)
    store.writer.flush().result()


def stored(store, start=1, after=0, limit=1000):
    return store.history("a", start, after, limit)[:, 0].tolist()


def test_migrations_make_exactly_the_tables_declared(url):
    engine = db.connect(url)
    db.migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_a_database_of_the_newest_shape_is_left_alone(url, monkeypatch):
    Store(url).close()
    monkeypatch.setattr("alembic.command.upgrade", lambda *_: pytest.fail("there was nothing to do"))
    Store(url).close()


def test_runs_of_an_older_database_are_there(store, url):
    """The newest migration and back: what a run is, is still the same."""
    config = Config()
    config.set_main_option("script_location", str(db.MIGRATIONS))
    with store._engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "-1")
        command.upgrade(config, "head")
    assert store.get("a") == record()


def test_sqlite_is_opened_for_many_readers_and_one_writer(store):
    with store._engine.connect() as connection:
        found = [
            connection.execute(text(f"PRAGMA {p}")).scalar() for p in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert found == ["wal", 1, 1]


def test_a_run_comes_back_as_it_was_saved(store, url):
    store.save(save(blob=b"first"))
    write(store, save(first=4, blob=b"second"))
    store.close()
    again = Store(url)
    found, blob = again.load("a")
    assert (found.state, found.seq, found.epoch, blob) == ("running", 6, 6, b"second")
    assert stored(again) == [1, 2, 3, 4, 5, 6]
    assert again.running() == ["a"]
    again.close()


def test_history_is_read_from_any_row_on(store):
    for first in range(1, 101, 10):
        write(store, save(first=first, count=10))
    assert stored(store, after=0, limit=1) == [1]
    assert stored(store, after=9, limit=3) == [10, 11, 12]
    assert stored(store, after=95) == [96, 97, 98, 99, 100]
    assert stored(store, after=100) == []


def test_rows_beyond_an_older_checkpoint_make_room_for_those_that_come_again(store):
    write(store, save(count=5))
    write(store, save(first=6, count=5))
    write(store, save(first=6, count=2))  # a run that went on from row 5
    assert stored(store) == [1, 2, 3, 4, 5, 6, 7]


def test_rows_of_an_earlier_start_go(store):
    write(store, save(count=5))
    write(store, save(start=2, count=2))
    assert stored(store) == []
    assert stored(store, start=2) == [1, 2]


def test_checkpoints_collected_before_they_are_written_become_one():
    both = save(first=1, count=4, blob=b"a").then(save(first=5, count=2, blob=b"b"))
    assert (both.blob, both.first, both.rows[:, 0].tolist()) == (b"b", 1, [1, 2, 3, 4, 5, 6])
    overlapping = save(first=1, count=4).then(save(first=3, count=2, blob=b"c"))
    assert overlapping.rows[:, 0].tolist() == [1, 2, 3, 4]
    other = save(first=1, count=4).then(save(start=2, first=1, count=1))
    assert (other.changes["start"], len(other.rows)) == (2, 1)


def test_deleting_a_run_takes_everything_with_it(store):
    write(store, save())
    store.save(save(first=4))
    store.delete("a").result()
    store.writer.flush().result()
    assert store.get("a") is None
    assert stored(store) == []
    assert store.load("a") is None


def test_a_checkpoint_that_comes_after_the_deletion_is_passed_over(store):
    store.delete("a").result()
    write(store, save())
    assert store.load("a") is None


def test_an_owner_s_runs_are_listed_newest_first_page_by_page(store):
    for i in range(5):
        store.add(record(f"r{i}", "mine", at=10.0 + i // 2)).result()
    first = store.of_key("mine", 3)
    rest = store.of_key("mine", 3, (first[-1].created_at, first[-1].id))
    assert [r.id for r in first + rest] == ["r4", "r3", "r2", "r1", "r0"]
    assert store.count("mine") == 5
    assert store.of_key("nobody", 3) == []


def test_checkpoints_wait_while_the_database_is_locked(store, monkeypatch):
    monkeypatch.setattr("app.store.writer.RETRY", 0.05)
    attempts = []

    def locked(connection, save):
        attempts.append(save)
        if len(attempts) == 1:
            raise db_error()
        return written(connection, save)

    from app.store import writer

    written = writer.write
    monkeypatch.setattr(writer, "write", locked)
    store.save(save()).result(PATIENCE)
    assert len(attempts) == 2
    assert stored(store) == [1, 2, 3]
    assert store.healthy()


def db_error():
    from sqlalchemy.exc import OperationalError

    return OperationalError("INSERT", {}, Exception("database is locked"))


def test_writing_goes_on_when_who_waited_for_it_gave_up(store):
    go = threading.Event()
    store.writer.do(lambda _: go.wait(PATIENCE))
    given_up = store.add(record("b"))
    given_up.cancel()
    go.set()
    write(store, save())
    assert [store.get(run).id for run in ("a", "b")] == ["a", "b"]
