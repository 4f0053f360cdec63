"""How far the event log was durable, kept outside of it."""

import sqlalchemy as sa
from alembic import op

revision = "record_0002"
down_revision = "record_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_head",
        sa.Column("one", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("log_head")
