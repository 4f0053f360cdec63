"""Which node works on the database."""

import sqlalchemy as sa
from alembic import op

revision = "owner_0001"
down_revision = None
branch_labels = ("owner",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("owner")
