"""The pool of questions and the steps of every noun, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "counsel_0001"
down_revision = None
branch_labels = ("counsel",)
depends_on = "record_0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "counsel_question",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("live_since", sa.Text(), nullable=True),
        sa.Column("live_until", sa.Text(), nullable=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("counsel_question_status", "counsel_question", ["status", "index"])
    op.create_table(
        "counsel_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("counsel_step_of", "counsel_step", ["of", "index"])
