"""Moments of each run's time line, runs that go on from another's moment, and groups of runs."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "moments",
        sa.Column("run", sa.String(32), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("start", sa.Integer(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("data", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "groups",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("criterion", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.Float(), nullable=False),
    )
    op.create_index("ix_groups_key_hash", "groups", ["key_hash", "created_at", "id"])
    for name, kind in (
        ("parent", sa.String(32)),
        ("fork_seq", sa.Integer()),
        ("fork_update", sa.Integer()),
        ("group_id", sa.String(32)),
        ("member", sa.Integer()),
    ):
        op.add_column("runs", sa.Column(name, kind, nullable=True))
    op.create_index("ix_runs_group_id", "runs", ["group_id"])


def downgrade() -> None:
    op.drop_index("ix_runs_group_id", "runs")
    for name in ("parent", "fork_seq", "fork_update", "group_id", "member"):
        op.drop_column("runs", name)
    op.drop_table("groups")
    op.drop_table("moments")
