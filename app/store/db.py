"""Opening the database: SQLite in WAL mode unless the settings say otherwise, brought to the newest shape at start."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, text

MIGRATIONS = Path(__file__).parent / "migrations"


def connect(url: str) -> Engine:
    """An engine whose connections can be used from any thread, one at a time. Creates the file's folder."""
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10})
        if engine.url.database and engine.url.database != ":memory:":
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _pragmas)
        return engine
    return create_engine(url, pool_pre_ping=True)


def _pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    # WAL with synchronous=normal: readers never wait for the writer, a crash of the program loses nothing.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def head() -> str:
    """The newest migration: the files are named 0001_what.py, 0002_what.py …"""
    return max(p.name for p in (MIGRATIONS / "versions").glob("[0-9]*.py")).split("_")[0]


def migrate(engine: Engine) -> None:
    """Bring the database to the newest shape. Alembic takes a second to load: only where there is something to do."""
    if _version(engine) == head():
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _version(engine: Engine) -> str | None:
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
