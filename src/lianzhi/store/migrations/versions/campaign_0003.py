"""Tables of samples that are judged blind, and of supplied weekly figures."""

import sqlalchemy as sa
from alembic import op

revision = "campaign_0003"
down_revision = "campaign_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("campaign_sample", "campaign_supply"):
        op.create_table(
            name,
            sa.Column("id", sa.Text(), primary_key=True),
            sa.Column("plan", sa.Text(), nullable=False),
            sa.Column("status", sa.Text(), nullable=False),
            sa.Column("index", sa.BigInteger(), nullable=False),
            sa.Column("state", sa.LargeBinary(), nullable=False),
        )
        op.create_index(f"{name}_plan", name, ["plan", "index"])


def downgrade() -> None:
    op.drop_table("campaign_supply")
    op.drop_table("campaign_sample")
