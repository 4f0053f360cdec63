"""Findings of a kind by time, for what is counted under a campaign."""

from alembic import op

revision, down_revision = "chain_0004", "chain_0003"
branch_labels = depends_on = None


def upgrade() -> None:
    op.create_index("finding_kind", "finding", ["kind", "at", "about"])


def downgrade() -> None:
    op.drop_index("finding_kind", "finding")
