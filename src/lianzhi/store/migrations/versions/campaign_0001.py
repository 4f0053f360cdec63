"""The read model of campaigns: plans, tasks, and the story of each."""

import sqlalchemy as sa
from alembic import op

revision = "campaign_0001"
down_revision = None
branch_labels = ("campaign",)
depends_on = "record_0001"


def upgrade() -> None:
    op.create_table(
        "campaign_plan",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("last", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("campaign_plan_first", "campaign_plan", ["first"])
    op.create_table(
        "campaign_task",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
    )
    op.create_index("campaign_task_plan", "campaign_task", ["plan", "due"])
    op.create_index("campaign_task_status", "campaign_task", ["status", "due"])
    op.create_table(
        "campaign_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
    )
    op.create_index("campaign_step_of", "campaign_step", ["of", "index"])


def downgrade() -> None:
    op.drop_table("campaign_step")
    op.drop_table("campaign_task")
    op.drop_table("campaign_plan")
