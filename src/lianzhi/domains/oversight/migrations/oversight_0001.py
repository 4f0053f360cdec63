"""The tables of platforms, instructions and re-checks, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "oversight_0001"
down_revision = None
branch_labels = ("oversight",)
depends_on = "record_0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "oversight_platform",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("users", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("oversight_platform_status", "oversight_platform", ["status", "users"])
    op.create_table(
        "oversight_instruction",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("oversight_instruction_status", "oversight_instruction", ["status", "due"])
    op.create_index(
        "oversight_instruction_platform", "oversight_instruction", ["platform", "index"]
    )
    op.create_index("oversight_instruction_case", "oversight_instruction", ["case"])
    op.create_table(
        "oversight_recheck",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("oversight_recheck_instruction", "oversight_recheck", ["instruction", "index"])
    op.create_index("oversight_recheck_status", "oversight_recheck", ["status", "index"])
    op.create_table(
        "oversight_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("oversight_step_of", "oversight_step", ["of", "index"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("step", "recheck", "instruction", "platform"):
        op.drop_table(f"oversight_{table}")
