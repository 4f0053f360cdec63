"""Findings by kind and day, for weekly series that do not read every finding."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "chain_0005", "chain_0004"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_days",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("began", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("made", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("finding_days")
