"""Alembic's entry: runs the numbered migrations on the connection that `store/migration.py` hands over."""

from alembic import context

from store.models import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
