"""Alembic environment and the record's revisions."""
