"""Post manuals and lessons, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "counsel_0002"
down_revision = "counsel_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for noun, columns in {
        "manual": ("status", "field", "post"),
        "lesson": ("status", "kind", "cause"),
    }.items():
        op.create_table(
            f"counsel_{noun}",
            sa.Column("id", sa.Text(), primary_key=True),
            *(sa.Column(name, sa.Text(), nullable=False) for name in columns),
            sa.Column("index", sa.BigInteger(), nullable=False),
            sa.Column("state", sa.LargeBinary(), nullable=False),
        )
        op.create_index(f"counsel_{noun}_status", f"counsel_{noun}", ["status", "index"])
