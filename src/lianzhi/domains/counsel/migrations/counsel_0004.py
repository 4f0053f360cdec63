"""The table of issued papers, as `queries/tables.py` describes it."""

import sqlalchemy as sa
from alembic import op

revision = "counsel_0004"
down_revision = "counsel_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "counsel_paper",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("counsel_paper_file", "counsel_paper", ["file", "index"])
    op.create_index("counsel_paper_person", "counsel_paper", ["person"])
    op.create_index("counsel_paper_kind", "counsel_paper", ["kind", "year", "serial"], unique=True)
