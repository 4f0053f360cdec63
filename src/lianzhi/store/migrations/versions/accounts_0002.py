"""Several roles a user, links to an OpenID provider, rotated keys, failed sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "accounts_0002"
down_revision = "accounts_0001"
branch_labels = None
depends_on = None

#: An administrator could do everything before: nobody loses what they could do.
_UP = {"admin": "admin senior"}

user = sa.table("user", sa.column("role", sa.Text()), sa.column("roles", sa.Text()))


def upgrade() -> None:
    op.alter_column("user", "role", new_column_name="roles")
    for before, after in _UP.items():
        op.execute(sa.update(user).where(user.c.roles == before).values(roles=after))
    op.add_column("user", sa.Column("issuer", sa.Text()))
    op.add_column("user", sa.Column("subject", sa.Text()))
    op.create_index("user_link", "user", ["issuer", "subject"], unique=True)
    op.add_column("api_key", sa.Column("old_digest", sa.LargeBinary()))
    op.add_column("api_key", sa.Column("old_until", sa.BigInteger()))
    op.create_table(
        "sign_in_failure",
        sa.Column("name", sa.LargeBinary(), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_at", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.BigInteger()),
    )
    op.create_index("sign_in_failure_at", "sign_in_failure", ["failed_at"])


def downgrade() -> None:
    op.drop_table("sign_in_failure")
    op.drop_column("api_key", "old_until")
    op.drop_column("api_key", "old_digest")
    op.drop_index("user_link", "user")
    op.drop_column("user", "subject")
    op.drop_column("user", "issuer")
    op.alter_column("user", "roles", new_column_name="role")
    roles = user.c.role  # one has to do: what comes closest
    closest = sa.case(
        (roles.like("%admin%"), "admin"),
        (roles.like("%reviewer%") | roles.like("%senior%"), "reviewer"),
        else_="viewer",
    )
    op.execute(sa.update(user).values(role=closest))
