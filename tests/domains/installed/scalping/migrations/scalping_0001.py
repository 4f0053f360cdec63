"""The table of tips, as `kit.register` describes it."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "scalping_0001", None
branch_labels, depends_on = ("scalping",), "record_0001"


def upgrade() -> None:
    op.create_table(
        "scalping_tip",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("fields", sa.Text(), nullable=False),
    )
