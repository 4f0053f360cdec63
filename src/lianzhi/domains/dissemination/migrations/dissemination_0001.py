"""The lists of dissemination, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "dissemination_0001"
down_revision = None
branch_labels = ("dissemination",)
depends_on = "record_0001"

_LISTS = ("dissemination_outlet", "dissemination_source")


def upgrade() -> None:
    """Create the tables."""
    for name in _LISTS:
        op.create_table(
            name,
            sa.Column("id", sa.Text(), primary_key=True),
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("index", sa.BigInteger(), nullable=False),
            sa.Column("state", sa.LargeBinary(), nullable=False),
        )
    op.create_table(
        "dissemination_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("dissemination_step_of", "dissemination_step", ["of", "index"])


def downgrade() -> None:
    """Drop the tables."""
    for name in ("dissemination_step", *_LISTS):
        op.drop_table(name)
