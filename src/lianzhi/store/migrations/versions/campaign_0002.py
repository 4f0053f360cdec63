"""The table of draws in campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "campaign_0002"
down_revision = "campaign_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_lot",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("campaign_lot_plan", "campaign_lot", ["plan", "index"])


def downgrade() -> None:
    op.drop_table("campaign_lot")
