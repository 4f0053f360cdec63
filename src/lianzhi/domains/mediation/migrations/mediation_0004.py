"""Post manuals and lessons, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "mediation_0004"
down_revision = "mediation_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for noun, columns in {
        "manual": ("status", "field", "post"),
        "lesson": ("status", "kind", "cause"),
    }.items():
        op.create_table(
            f"mediation_{noun}",
            sa.Column("id", sa.Text(), primary_key=True),
            *(sa.Column(name, sa.Text(), nullable=False) for name in columns),
            sa.Column("index", sa.BigInteger(), nullable=False),
            sa.Column("state", sa.LargeBinary(), nullable=False),
        )
        op.create_index(f"mediation_{noun}_status", f"mediation_{noun}", ["status", "index"])
