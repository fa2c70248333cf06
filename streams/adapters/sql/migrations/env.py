"""What Alembic runs: the migrations, on the connection and in the transaction of whoever called.

Alembic loads this file for its effect, so work is done at import here and nowhere else.
"""

from alembic import context

from streams.adapters.sql.tables import metadata
from streams.adapters.sql.version_table import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes a table by building it anew
)
with context.begin_transaction():
    context.run_migrations()
