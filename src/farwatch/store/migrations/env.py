"""Alembic's entry: runs on the connection and in the transaction `Database.migrate` gives."""

from alembic import context

from farwatch.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
