"""The tables. Migrations (`app/store/migrations`) bring a database to this shape; a test compares the two."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
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
    Column("unit", String(8)),  # epoch, batch or sample, on the way to `goal`, counted from the start
    Column("goal", BigInteger, nullable=False),
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

# How requests that make something were answered, for those sent twice: see `app.store.answers`.
answers = Table(
    "answers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("request", String(64), nullable=False),
    Column("made", String(32), nullable=False),
    Column("salt", String(64), nullable=False),
    Column("status", Integer),
    Column("headers", JSON),
    Column("body", LargeBinary),  # without the key of what was made
    Column("created_at", Float, nullable=False),
    Index("ix_answers_created_at", "created_at"),
)

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("run", ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
    Column("state", LargeBinary, nullable=False),  # Trainer.state()
)

# Moments of runs that somebody shares, whole, so that they outlive the run.
shares = Table(
    "shares",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key_hash", String(64), nullable=False),  # of who made it, and may delete it
    Column("title", String(200), nullable=False),
    Column("spec", JSON, nullable=False),
    Column("speed", Float),  # epochs a second; null: as fast as it goes
    Column("epoch", Integer, nullable=False),
    Column("update", Integer, nullable=False),
    Column("numbers", JSON, nullable=False),  # losses and metrics at that moment
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float),  # null: kept for ever
    Column("state", LargeBinary),  # Trainer.state(); null: shared without weights
    Column("rows", LargeBinary, nullable=False),  # history up to there, thinned, as little-endian float64
    Column("card", LargeBinary, nullable=False),  # the picture for link previews, PNG
    Index("ix_shares_key_hash", "key_hash", "created_at", "id"),
    Index("ix_shares_expires_at", "expires_at"),
)

# Data sets of visitors' own; their examples lie in the data folder, under datasets/own/<id>.
uploads = Table(
    "uploads",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("key_hash", String(64), nullable=False),
    Column("name", String(200), nullable=False),
    Column("about", JSON, nullable=False),  # as engine.datasets.own reads it
    Column("size", Integer, nullable=False),  # bytes
    Column("shared", Boolean, nullable=False),  # with everybody who knows the id
    Column("created_at", Float, nullable=False),
    Index("ix_uploads_key_hash", "key_hash", "created_at", "id"),
)
