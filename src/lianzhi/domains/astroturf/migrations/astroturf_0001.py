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
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kept", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("astroturf_group_status", "astroturf_group", ["status", "closed_at"])
    op.create_table(
        "astroturf_compared",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
    )
