"""The body that a user or an API key belongs to; none is known of those there are."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "accounts_0003", "accounts_0002"
branch_labels = depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("body", sa.Text()))
    op.add_column("api_key", sa.Column("body", sa.Text()))


def downgrade() -> None:
    op.drop_column("api_key", "body")
    op.drop_column("user", "body")
