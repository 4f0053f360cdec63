"""The read model of signals, messages taken lately, and how far others' were fetched."""

import sqlalchemy as sa
from alembic import op

revision = "signals_0001"
down_revision = None
branch_labels = ("signals",)
depends_on = "record_0001"


def upgrade() -> None:
    op.create_table(
        "signal",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("case", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger()),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("signal_said", "signal", ["said_at", "id"])
    op.create_index("signal_case", "signal", ["case"])
    op.create_index("signal_subject", "signal", ["subject"])
    op.create_index("signal_told", "signal", ["told"])
    op.create_index("signal_owner", "signal", ["owner", "status", "expires_at"])
    op.create_table(
        "signal_nonce",
        sa.Column("peer", sa.Text(), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("signal_nonce_at", "signal_nonce", ["at"])
    op.create_table(
        "signal_fetched",
        sa.Column("peer", sa.Text(), primary_key=True),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for table in ("signal_fetched", "signal_nonce", "signal"):
        op.drop_table(table)
