"""The scorecard: when what happened in each case, each revisit, and indexes to count by.

What the record of an older deployment tells is folded into them by `store.migrate`.
"""

import sqlalchemy as sa
from alembic import op

revision = "score_0001"
down_revision = None
branch_labels = ("score",)
depends_on = "chain_0002"

INDEXES = (
    ("finding_stage", "finding", ["stage", "at"]),
    ("case_opened", "case", ["opened_at", "status"]),
    ("strike_given", "strike", ["given_at", "removed_at"]),
    ("report_due", "report", ["due_at"]),
    ("report_answered", "report", ["answered_at"]),
    ("appeal_due", "appeal", ["due_at"]),
    ("appeal_answered", "appeal", ["answered_at"]),
    ("decision_effective", "decision", ["effective_at", "status", "measures"]),
)


def upgrade() -> None:
    op.create_table(
        "case_times",
        sa.Column("case", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("warned_at", sa.BigInteger()),
        sa.Column("offered_at", sa.BigInteger()),
        sa.Column("protected_at", sa.BigInteger()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("outcome", sa.Text()),
        sa.Column("linked", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "revisit",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("held_at", sa.BigInteger()),
        sa.Column("rebound", sa.Boolean()),
    )
    op.create_index("case_times_opened", "case_times", ["opened_at"])
    op.create_index("case_times_closed", "case_times", ["closed_at"])
    op.create_index("revisit_case", "revisit", ["case", "held_at"])
    op.create_index("revisit_due", "revisit", ["due_at"])
    op.create_index("revisit_held", "revisit", ["held_at"])
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
    op.drop_table("revisit")
    op.drop_table("case_times")
