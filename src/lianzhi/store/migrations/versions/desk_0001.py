"""Who is working on what."""

import sqlalchemy as sa
from alembic import op

revision = "desk_0001"
down_revision = None
branch_labels = ("desk",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("item", sa.Text(), primary_key=True),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("lease_user", "lease", ["user"])
    op.create_index("lease_until", "lease", ["until"])


def downgrade() -> None:
    op.drop_table("lease")
