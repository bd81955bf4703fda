"""Runs the migrations on the connection `server.store.engine.upgrade` hands over, inside its transaction."""

from alembic import context

from server.store.rows import AnyRow

context.configure(connection=context.config.attributes["connection"], target_metadata=AnyRow.metadata)
context.run_migrations()
