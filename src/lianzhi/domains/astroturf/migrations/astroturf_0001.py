"""The read model of remembered groups, and how far findings were compared with them."""

import sqlalchemy as sa
from alembic import op

revision = "astroturf_0001"
down_revision = None
branch_labels = ("astroturf",)
depends_on = "record_0001"


def upgrade() -> None:
    """Create the tables of remembered groups."""
    op.create_table(
        "astroturf_group",
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
    op.create_index("astroturf_group_status", "astroturf_group", ["status", "closed_at"])
    op.create_table(
        "astroturf_compared",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
    )
