"""The read model of lexicons: versions in force, terms that people added."""

import sqlalchemy as sa
from alembic import op

revision = "lexicon_0001"
down_revision = None
branch_labels = ("lexicon",)
depends_on = "record_0001"


def upgrade() -> None:
    op.create_table(
        "term",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("term", sa.Text(), nullable=False),
        sa.Column("sense", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("aimed", sa.Float(), nullable=False),
        sa.Column("innocent", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
    )
    op.create_index("term_added", "term", ["added_at", "id"])
    op.create_table(
        "term_step",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("term", sa.Text(), nullable=False),
    )
    op.create_index("term_step_term", "term_step", ["term", "index"])
    op.create_table(
        "lexicon_version",
        sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Integer(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("lexicon_version")
    op.drop_table("term_step")
    op.drop_table("term")
