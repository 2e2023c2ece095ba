"""The revisions of the score database, which Alembic applies in order; `worklists.score_db.migrate` runs it."""
