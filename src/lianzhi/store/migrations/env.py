"""Runs revisions on the connection that `upgrade` (or a developer's tool) hands over."""

from alembic import context

from lianzhi.faults import fault_point
from lianzhi.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    on_version_apply=lambda **_: fault_point("migration.step"),
)
with context.begin_transaction():
    context.run_migrations()
