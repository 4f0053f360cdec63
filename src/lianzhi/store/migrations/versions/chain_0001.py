"""The read model: findings, cases, protections."""

import sqlalchemy as sa
from alembic import op

revision = "chain_0001"
down_revision = None
branch_labels = ("chain",)
depends_on = "record_0001"


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("case", sa.Text()),
    )
    op.create_index("finding_at", "finding", ["at", "id"])
    op.create_index("finding_about", "finding", ["about", "at"])
    op.create_index("finding_case", "finding", ["case", "at"])
    op.create_table(
        "case",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.BigInteger()),
        sa.Column("closed_at", sa.BigInteger()),
        sa.Column("revisit_at", sa.BigInteger()),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("case_urgency", "case", ["waiting", "urgency", "id"])
    op.create_index("case_closed", "case", ["closed_at"])
    op.create_index("case_revisit", "case", ["revisit_at"])
    op.create_index("case_updated", "case", ["updated_at", "id"])
    op.create_index("case_about", "case", ["about", "updated_at"])
    op.create_table(
        "case_step",
        sa.Column("case", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "protection",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case", sa.Text()),
        sa.Column("channels", sa.Text(), nullable=False),
        sa.Column("strangers", sa.Boolean(), nullable=False),
        sa.Column("younger_than_days", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("ended", sa.Text()),
        sa.Column("ended_by", sa.Text()),
    )
    op.create_index("protection_person", "protection", ["person", "granted_at"])
    op.create_index("protection_case", "protection", ["case"])
    op.create_index("protection_granted", "protection", ["granted_at", "id"])
    op.create_index("protection_running", "protection", ["ended_at", "expires_at"])


def downgrade() -> None:
    for table in ("protection", "case_step", "case", "finding"):
        op.drop_table(table)
