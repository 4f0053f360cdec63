"""The table of notes."""

import sqlalchemy as sa
from alembic import op

revision = "mediation_0004"
down_revision = "mediation_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "mediation_note",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("mediation_note_status", "mediation_note", ["status", "start"])
