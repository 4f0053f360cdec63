"""The read model of looks at personal data."""

import sqlalchemy as sa
from alembic import op

revision = "looks_0001"
down_revision = None
branch_labels = ("looks",)
depends_on = "record_0001"


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
    )
    op.create_index("look_by", "look", ["by", "index"])
    op.create_table(
        "look_ref",
        sa.Column("ref", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
    )


def downgrade() -> None:
    op.drop_table("look_ref")
    op.drop_table("look")
