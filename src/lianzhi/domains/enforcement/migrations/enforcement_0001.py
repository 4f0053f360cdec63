"""The tables of enforcement, as `tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "enforcement_0001"
down_revision = None
branch_labels = ("enforcement",)
depends_on = "record_0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "enforcement_penalty",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("squad", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("assigned", sa.Text(), nullable=False),
        sa.Column("filed", sa.Text()),
        sa.Column("decided", sa.Text()),
        sa.Column("closed", sa.Text()),
        sa.Column("public_since", sa.Text()),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("fine", sa.BigInteger(), nullable=False),
        sa.Column("review_status", sa.Text(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("enforcement_penalty_party", "enforcement_penalty", ["party", "item"])
    op.create_index("enforcement_penalty_public_since", "enforcement_penalty", ["public_since"])
    op.create_index("enforcement_penalty_review_status", "enforcement_penalty", ["review_status"])
    op.create_index("enforcement_penalty_status", "enforcement_penalty", ["status", "filed"])
    op.create_table(
        "enforcement_inspection",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("enterprise", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("violation_count", sa.BigInteger(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("enforcement_inspection_day", "enforcement_inspection", ["day", "id"])
    op.create_index(
        "enforcement_inspection_enterprise", "enforcement_inspection", ["enterprise", "day"]
    )
    op.create_table(
        "enforcement_request",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger()),
        sa.Column("disposed_at", sa.BigInteger()),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("enforcement_request_grid", "enforcement_request", ["grid", "received_at"])
    op.create_index("enforcement_request_received", "enforcement_request", ["received_at"])
    op.create_index("enforcement_request_status", "enforcement_request", ["status", "due_at"])
    op.create_table(
        "enforcement_permit",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("applied", sa.Text()),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("enforcement_permit_applied", "enforcement_permit", ["applied"])
    op.create_table(
        "enforcement_enterprise",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("enforcement_enterprise_grid", "enforcement_enterprise", ["grid"])
    op.create_table(
        "enforcement_officer",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("squad", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("until", sa.Text()),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "enforcement_letter",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("due", sa.Text()),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("enforcement_letter_ref", "enforcement_letter", ["ref"])
    op.create_index("enforcement_letter_status", "enforcement_letter", ["status", "due"])
    op.create_table(
        "enforcement_draw",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "enforcement_paper",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("penalty", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index(
        "enforcement_paper_kind", "enforcement_paper", ["kind", "year", "serial"], unique=True
    )
    op.create_index("enforcement_paper_penalty", "enforcement_paper", ["penalty", "index"])
    op.create_table(
        "enforcement_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("enforcement_step_of", "enforcement_step", ["of", "index"])


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "enforcement_step",
        "enforcement_paper",
        "enforcement_draw",
        "enforcement_letter",
        "enforcement_officer",
        "enforcement_enterprise",
        "enforcement_permit",
        "enforcement_request",
        "enforcement_inspection",
        "enforcement_penalty",
    ):
        op.drop_table(table)
