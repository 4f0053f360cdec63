"""Due process: decisions, measures, strikes, appeals, reports, rules, second looks."""

import sqlalchemy as sa
from alembic import op

revision = "chain_0002"
down_revision = "chain_0001"
branch_labels = None
depends_on = None

TABLES = ("review", "rule_mode", "report", "appeal", "strike", "measure", "decision")


def upgrade() -> None:
    op.add_column("case_step", sa.Column("kind", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("case_step") as steps:
        steps.alter_column("kind", server_default=None)
    op.create_table(
        "decision",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("effective_at", sa.BigInteger()),
        sa.Column("reversed_at", sa.BigInteger()),
        sa.Column("ground_kind", sa.Text(), nullable=False),
        sa.Column("ground_key", sa.Text(), nullable=False),
        sa.Column("ground_version", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("automated_detection", sa.Boolean(), nullable=False),
        sa.Column("automated_decision", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("persons", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Integer(), nullable=False),
        sa.Column("contest_until", sa.BigInteger(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("golden", sa.Boolean(), nullable=False),
    )
    op.create_index("decision_by", "decision", ["by", "made_at"])
    op.create_index("decision_case", "decision", ["case", "made_at"])
    op.create_index("decision_looked", "decision", ["sampled", "golden", "made_at"])
    op.create_index("decision_made", "decision", ["made_at", "id"])
    op.create_index("decision_status", "decision", ["status", "made_at", "id"])
    op.create_table(
        "measure",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text()),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("item", sa.Text()),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("acted_at", sa.BigInteger()),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger()),
        sa.Column("applied_at", sa.BigInteger()),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended_by", sa.Text()),
        sa.Column("end_applied_at", sa.BigInteger()),
        sa.Column("undone_at", sa.BigInteger()),
    )
    op.create_index("measure_case", "measure", ["case", "ordered_at"])
    op.create_index("measure_decision", "measure", ["decision"])
    op.create_index("measure_ends", "measure", ["status", "ends_at"])
    op.create_index("measure_ordered", "measure", ["ordered_at", "id"])
    op.create_index("measure_rule", "measure", ["rule", "ordered_at"])
    op.create_index("measure_status", "measure", ["status", "ordered_at", "id"])
    op.create_index("measure_subject", "measure", ["subject", "ordered_at"])
    op.create_table(
        "strike",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
    )
    op.create_index("strike_decision", "strike", ["decision"])
    op.create_index("strike_subject", "strike", ["subject", "given_at"])
    op.create_table(
        "appeal",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answer_index", sa.BigInteger()),
    )
    op.create_index("appeal_person", "appeal", ["person"])
    op.create_index("appeal_case", "appeal", ["case"])
    op.create_index("appeal_decision", "appeal", ["decision"])
    op.create_index("appeal_filed", "appeal", ["filed_at", "id"])
    op.create_index("appeal_status", "appeal", ["status", "due_at", "id"])
    op.create_table(
        "report",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reporter", sa.Text()),
        sa.Column("about", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("case", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("same", sa.Text()),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("contested_at", sa.BigInteger()),
        sa.Column("contest_index", sa.BigInteger()),
        sa.Column("first_by", sa.Text()),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
    )
    op.create_index("report_about", "report", ["about", "received_at"])
    op.create_index("report_subject", "report", ["subject"])
    op.create_index("report_case", "report", ["case"])
    op.create_index("report_queue", "report", ["status", "urgency", "id"])
    op.create_index("report_received", "report", ["received_at", "id"])
    op.create_index("report_reporter", "report", ["reporter", "received_at"])
    op.create_index("report_same", "report", ["same", "status", "urgency", "id"])
    op.create_table(
        "rule_mode",
        sa.Column("rule", sa.Text(), primary_key=True),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("switched_at", sa.BigInteger(), nullable=False),
        sa.Column("switched_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "review",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("restricts", sa.Boolean(), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("review_decision", "review", ["decision"])
    op.create_index("review_held", "review", ["held_at"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    with op.batch_alter_table("case_step") as steps:
        steps.drop_column("kind")
