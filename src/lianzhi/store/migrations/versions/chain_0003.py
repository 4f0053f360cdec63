"""Desks over a million cases: what is to be judged again in a table of its own, and indexes.

The table derives from the record, from which an upgrade folds it.
"""

import sqlalchemy as sa
from alembic import op

revision = "chain_0003"
down_revision = "chain_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look_due",
        sa.Column("decision", sa.Text(), primary_key=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("look_due_made", "look_due", ["made_at", "decision", "by", "confirmed_by"])
    op.create_index(
        "case_waits",
        "case",
        ["assignee", "status", "offered_at", "minor"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
    op.create_index("decision_golden", "decision", ["golden", "made_at", "id"])
    op.create_index("review_by", "review", ["by", "held_at", "decision"])


def downgrade() -> None:
    op.drop_index("review_by", "review")
    op.drop_index("decision_golden", "decision")
    op.drop_index("case_waits", "case")
    op.drop_table("look_due")
