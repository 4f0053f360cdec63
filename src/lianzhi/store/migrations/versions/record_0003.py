"""Find the findings that rest on the same event."""

from alembic import op

revision = "record_0003"
down_revision = "record_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("evidence_seq", "evidence", ["seq"])


def downgrade() -> None:
    op.drop_index("evidence_seq", "evidence")
