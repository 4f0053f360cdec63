"""The tables of mediation, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "mediation_0001"
down_revision = None
branch_labels = ("mediation",)
depends_on = "record_0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mediation_warning",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("order", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("mediation_warning_status", "mediation_warning", ["status", "order"])
    op.create_index("mediation_warning_party", "mediation_warning", ["party"])
    op.create_table(
        "mediation_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("mediation_step_of", "mediation_step", ["of", "index"])
