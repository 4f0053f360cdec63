"""The tables of algorithms, as `queries/tables.py` describes them."""

import sqlalchemy as sa
from alembic import op

revision = "algorithms_0001"
down_revision = None
branch_labels = ("algorithms",)
depends_on = "record_0001"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "algorithms_algorithm",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("launched", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("algorithms_algorithm_provider", "algorithms_algorithm", ["provider"])
    op.create_index("algorithms_algorithm_status", "algorithms_algorithm", ["status", "launched"])
    op.create_table(
        "algorithms_audit",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("case", sa.Text(), nullable=False),
        sa.Column("rectification", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("algorithms_audit_algorithm", "algorithms_audit", ["algorithm", "index"])
    op.create_index("algorithms_audit_case", "algorithms_audit", ["case"])
    op.create_index("algorithms_audit_rectification", "algorithms_audit", ["rectification"])
    op.create_index("algorithms_audit_verdict", "algorithms_audit", ["verdict", "index"])
    op.create_table(
        "algorithms_rectification",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due", sa.Text()),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("algorithms_rectification_algorithm", "algorithms_rectification", ["algorithm"])
    op.create_index(
        "algorithms_rectification_status", "algorithms_rectification", ["status", "due"]
    )
    op.create_table(
        "algorithms_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("algorithms_step_of", "algorithms_step", ["of", "index"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("step", "rectification", "audit", "algorithm"):
        op.drop_table(f"algorithms_{table}")
