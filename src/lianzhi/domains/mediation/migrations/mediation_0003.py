"""The table of disputes, as `queries/tables.py` describes it."""

import sqlalchemy as sa
from alembic import op

revision = "mediation_0003"
down_revision = "mediation_0002"
branch_labels = None
depends_on = None

_TABLE = "mediation_dispute"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("mediator", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("settled", sa.Text(), nullable=True),
        sa.Column("closed", sa.Text(), nullable=True),
        sa.Column("unvisited", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    for columns in (("status", "received"), ("mediator", "status"), ("office", "received")):
        op.create_index(f"{_TABLE}_{columns[0]}", _TABLE, [*columns])
    for column in ("party", "unvisited"):
        op.create_index(f"{_TABLE}_{column}", _TABLE, [column])
