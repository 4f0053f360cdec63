"""The tables of products and their assessments."""

import sqlalchemy as sa
from alembic import op

revision = "algorithms_0002"
down_revision = "algorithms_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "algorithms_product",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("users", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("algorithms_product_status", "algorithms_product", ["status", "users"])
    op.create_index("algorithms_product_provider", "algorithms_product", ["provider"])
    op.create_table(
        "algorithms_assessment",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("algorithms_assessment_product", "algorithms_assessment", ["product", "index"])
    op.create_index("algorithms_assessment_status", "algorithms_assessment", ["status", "index"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("algorithms_assessment")
    op.drop_table("algorithms_product")
