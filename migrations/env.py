"""Alembic's entry: runs the migrations of one schema on the connection it was handed."""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]
metadata = context.config.attributes["metadata"]

context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
