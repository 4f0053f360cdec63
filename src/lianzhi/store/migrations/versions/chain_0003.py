"""Desks over a million cases: which are to be judged, what is judged again, and indexes.

Both derive from the record, from which an upgrade folds them.
"""

import sqlalchemy as sa
from alembic import op

revision = "chain_0003"
down_revision = "chain_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "case", sa.Column("to_judge", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    with op.batch_alter_table("case") as cases:
        cases.alter_column("to_judge", server_default=None)
    op.create_table(
        "look_due",
        sa.Column("decision", sa.Text(), primary_key=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "judged",
        sa.Column("by", sa.Text(), primary_key=True),
        sa.Column("at", sa.BigInteger(), primary_key=True, autoincrement=False),
    )
    op.create_index("look_due_made", "look_due", ["made_at", "decision", "by", "confirmed_by"])
    op.create_index(
        "case_waits",
        "case",
        ["assignee", "status", "offered_at", "minor"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
    op.create_index(
        "case_to_judge",
        "case",
        ["urgency", "id", "assignee"],
        sqlite_where=sa.text("to_judge = 1"),
        postgresql_where=sa.text("to_judge"),
    )
    op.drop_index("case_urgency", "case")
    op.create_index(
        "case_urgency",
        "case",
        ["urgency", "id"],
        sqlite_where=sa.text("waiting = 1"),
        postgresql_where=sa.text("waiting"),
    )
    op.create_index("decision_golden", "decision", ["golden", "made_at", "id"])
    op.create_index(
        "measure_by_hand", "measure", ["mode", "status", "end_applied_at", "applied_at"]
    )
    op.create_index("review_by", "review", ["by", "held_at", "decision"])


def downgrade() -> None:
    op.drop_index("review_by", "review")
    op.drop_index("measure_by_hand", "measure")
    op.drop_index("decision_golden", "decision")
    op.drop_index("case_urgency", "case")
    op.create_index("case_urgency", "case", ["waiting", "urgency", "id"])
    op.drop_index("case_to_judge", "case")
    op.drop_index("case_waits", "case")
    with op.batch_alter_table("case") as cases:
        cases.drop_column("to_judge")
    op.drop_table("judged")
    op.drop_table("look_due")
