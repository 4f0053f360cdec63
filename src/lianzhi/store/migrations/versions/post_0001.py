"""What leaves the house: the outbox, addresses, notices."""

import sqlalchemy as sa
from alembic import op

revision = "post_0001"
down_revision = None
branch_labels = ("post",)
depends_on = "record_0001"


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("person", sa.Text()),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("lease_by", sa.Text()),
        sa.Column("last_error", sa.Text()),
        sa.Column("done_at", sa.BigInteger()),
    )
    # Each as queries say it there: SQLite has no truth values.
    heads, is_head, waits = sa.text("head"), sa.text("head = 1"), sa.text("state = 'waiting'")
    op.create_index(
        "outbox_due",
        "outbox",
        ["channel", "due_at", "id"],
        sqlite_where=is_head,
        postgresql_where=heads,
    )
    op.create_index(
        "outbox_head", "outbox", ["lane"], unique=True, sqlite_where=is_head, postgresql_where=heads
    )
    op.create_index(
        "outbox_lane",
        "outbox",
        ["lane", "number", "id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("outbox_done", "outbox", ["state", "done_at", "id"])
    op.create_table(
        "address",
        sa.Column("token", sa.Text(), primary_key=True),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.Text(), nullable=False),
        sa.Column("read_at", sa.BigInteger()),
        sa.Column("served_on", sa.Text()),
        sa.Column("service", sa.Text()),
    )
    op.create_index("notice_person", "notice", ["person", "made_at", "id"])


def downgrade() -> None:
    for table in ("notice", "address", "outbox"):
        op.drop_table(table)
