"""The tables. Migrations (`app/store/migrations`) bring a database to this shape; a test compares the two."""

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s"})

# Numbers here are those of the newest checkpoint: what a run is set back to after a crash.
runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key_hash", String(64), nullable=False),  # SHA-256 of the owner's key
    Column("name", String(200), nullable=False),
    Column("spec", JSON, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("start", Integer, nullable=False),  # counts resets
    Column("seq", Integer, nullable=False),  # history rows since this start
    Column("epoch", Integer, nullable=False),
    Column("update", Integer, nullable=False),
    Column("unit", String(8)),  # epoch, batch or sample, while `left` of them are still to be trained
    Column("left", Integer, nullable=False),
    Column("created_at", Float, nullable=False),  # seconds since 1970, UTC
    Column("changed_at", Float, nullable=False),
    Column("parent", String(32)),  # the run it was forked from; it may be gone
    Column("fork_seq", Integer),  # rows of history it has from there
    Column("fork_update", Integer),
    Column("group_id", String(32)),  # the group it belongs to
    Column("member", Integer),  # and which of its runs it is, from 0
    Index("ix_runs_group_id", "group_id"),
    Index("ix_runs_key_hash", "key_hash", "created_at", "id"),
    Index("ix_runs_state", "state"),
)

# Rows number first … first + count - 1 of a start, as little-endian float64.
history = Table(
    "history",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("first", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
    Column("rows", LargeBinary, nullable=False),
)

# The time line: `engine.timeline.Moment.to_bytes()` of rows of the present start, thinned as in the worker.
moments = Table(
    "moments",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Runs made together from one experiment and a list of changes.
groups = Table(
    "groups",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key_hash", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("spec", JSON, nullable=False),
    Column("changes", JSON, nullable=False),  # one object for each run
    Column("criterion", JSON),
    Column("created_at", Float, nullable=False),
    Index("ix_groups_key_hash", "key_hash", "created_at", "id"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("state", LargeBinary, nullable=False),  # Trainer.state()
)
