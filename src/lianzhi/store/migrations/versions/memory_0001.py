"""The read model of remembered groups, and how far findings were compared with them."""

import sqlalchemy as sa
from alembic import op

revision = "memory_0001"
down_revision = None
branch_labels = ("memory",)
depends_on = "record_0001"


def upgrade() -> None:
    op.create_table(
        "remembered_group",
        sa.Column("case", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("group", sa.Text()),
        sa.Column("kept", sa.BigInteger()),
        sa.Column("key", sa.Text()),
        sa.Column("accounts", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
    )
    op.create_index("remembered_group_status", "remembered_group", ["status", "closed_at"])
    op.create_table(
        "group_compared",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for table in ("group_compared", "remembered_group"):
        op.drop_table(table)
