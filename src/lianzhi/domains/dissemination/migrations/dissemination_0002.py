"""Items of an outlet's day, and the imports that brought them."""

import sqlalchemy as sa
from alembic import op

revision = "dissemination_0002"
down_revision = "dissemination_0001"
branch_labels = None
depends_on = None

_ITEM = "dissemination_item"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        _ITEM,
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index(f"{_ITEM}_day", _ITEM, ["day", "outlet"])
    op.create_index(f"{_ITEM}_root", _ITEM, ["root"])
    op.create_index(f"{_ITEM}_case", _ITEM, ["case"])
    op.create_index(f"{_ITEM}_outlet", _ITEM, ["outlet", "kind", "wording"])
    op.create_table(
        "dissemination_arrival",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("dissemination_arrival")
    op.drop_table(_ITEM)
