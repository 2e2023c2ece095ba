"""The revisions of the score database, which Alembic applies in order; `worklists.schema_versions` runs it."""
