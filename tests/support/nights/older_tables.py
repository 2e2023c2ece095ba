"""Score tables as older versions had made them, with the rows that they would have had."""

import sqlalchemy as sa

from worklists.score_db.tables import SCORE_TABLES

REASONS = sa.Table(
    "reasons",
    sa.MetaData(),
    sa.Column("run_id", sa.Text(), nullable=False),
    sa.Column("as_of", sa.Date(), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("model", sa.Text(), nullable=False),
    sa.Column("feature", sa.Text(), nullable=False),
    sa.Column("value", sa.Double()),
    sa.Column("contribution", sa.Double(), nullable=False),
    sa.Column("text", sa.Text()),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint("as_of", "model", "entity", "position"),
)


def drop_indexes(connection: sa.Connection) -> None:
    """Without what facts are looked up by, as until revision 0011."""
    for name, table in SCORE_TABLES.items():
        for columns in table.indexes:
            connection.exec_driver_sql(f"drop index {name}_{'_'.join(columns)}")


def put_reasons_back(connection: sa.Connection) -> None:
    """A row for each reason in a table, as until revision 0010, in the place of the view and of what it reads."""
    connection.exec_driver_sql("create table kept as select * from reasons")
    for view in ("reasons_latest", "reasons", "explanations_latest", "reason_sentences_latest"):
        connection.exec_driver_sql(f"drop view {view}")
    for table in ("explanations", "reason_sentences"):
        connection.exec_driver_sql(f"drop table {table}")
    REASONS.create(connection)
    connection.exec_driver_sql("insert into reasons select * from kept where contribution is not null")
    connection.exec_driver_sql("drop table kept")
    latest = "select * from reasons where as_of = (select max(as_of) from runs)"
    connection.exec_driver_sql(f"create view reasons_latest as {latest}")
