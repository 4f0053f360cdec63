"""The table of filings."""

import sqlalchemy as sa
from alembic import op

revision = "mediation_0005"
down_revision = "mediation_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "mediation_filing",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sent", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("mediation_filing_status", "mediation_filing", ["status", "sent"])
    op.create_index("mediation_filing_party", "mediation_filing", ["party"])
