"""Links by which users report and appeal; where the answer to a report stands."""

import sqlalchemy as sa
from alembic import op

revision = "reports_0001"
down_revision = None
branch_labels = ("reports",)
depends_on = ("chain_0002",)


def upgrade() -> None:
    op.create_table(
        "pending_link",
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("people", sa.Text(), nullable=False),
        sa.Column("made", sa.Text()),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("pending_link_expires", "pending_link", ["expires_at"])
    op.add_column("report", sa.Column("answer_index", sa.BigInteger()))


def downgrade() -> None:
    with op.batch_alter_table("report") as report:
        report.drop_column("answer_index")
    op.drop_table("pending_link")
