"""Where a step ends, instead of how much of it is left: what is trained again after a crash is not counted twice.

A step that a server was stopped in before ends where the run stands.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("runs", sa.Column("goal", sa.BigInteger(), nullable=False, server_default="0"))
    op.drop_column("runs", "left")


def downgrade() -> None:
    op.add_column("runs", sa.Column("left", sa.Integer(), nullable=False, server_default="0"))
    op.drop_column("runs", "goal")
