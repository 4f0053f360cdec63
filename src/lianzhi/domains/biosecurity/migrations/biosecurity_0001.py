"""The tables of biosecurity, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "biosecurity_0001"
down_revision = None
branch_labels = ("biosecurity",)
depends_on = "record_0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "biosecurity_alarm",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("taxon", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("biosecurity_alarm_status", "biosecurity_alarm", ["status", "week"])
    op.create_index("biosecurity_alarm_taxon", "biosecurity_alarm", ["taxon", "channel"])
    op.create_table(
        "biosecurity_effort",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("port", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("inspected", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "biosecurity_first",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("taxon", sa.Text(), nullable=False),
        sa.Column("interception", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("biosecurity_first_interception", "biosecurity_first", ["interception"])
    op.create_index("biosecurity_first_status", "biosecurity_first", ["status", "scope", "day"])
    op.create_index("biosecurity_first_taxon", "biosecurity_first", ["taxon"])
    op.create_table(
        "biosecurity_interception",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("port", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("taxon", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Text()),
        sa.Column("batch", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index(
        "biosecurity_interception_channel",
        "biosecurity_interception",
        ["channel", "day"],
    )
    op.create_index(
        "biosecurity_interception_day",
        "biosecurity_interception",
        ["day", "channel", "method", "origin", "port", "taxon"],
    )
    op.create_index(
        "biosecurity_interception_status",
        "biosecurity_interception",
        ["status", "day"],
    )
    op.create_index("biosecurity_interception_taxon", "biosecurity_interception", ["taxon", "day"])
    op.create_table(
        "biosecurity_port",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "biosecurity_profile",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "biosecurity_sign",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("biosecurity_sign_case", "biosecurity_sign", ["case"])
    op.create_table(
        "biosecurity_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("biosecurity_step_of", "biosecurity_step", ["of", "index"])
    op.create_table(
        "biosecurity_taxon",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "biosecurity_taxon",
        "biosecurity_step",
        "biosecurity_sign",
        "biosecurity_profile",
        "biosecurity_port",
        "biosecurity_interception",
        "biosecurity_first",
        "biosecurity_effort",
        "biosecurity_alarm",
    ):
        op.drop_table(table)
