"""The pool of questions, as `queries/tables.py` describes it."""

import sqlalchemy as sa
from alembic import op

revision = "mediation_0003"
down_revision = "mediation_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "mediation_question",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("live_since", sa.Text(), nullable=True),
        sa.Column("live_until", sa.Text(), nullable=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("mediation_question_status", "mediation_question", ["status", "index"])
