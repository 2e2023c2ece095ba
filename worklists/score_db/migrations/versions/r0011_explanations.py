"""One row a score instead of one a reason, and each sentence once; `reasons` is a view that gives the same rows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0011", "0010"

TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "date": sa.Date(),
    "double": sa.Double(),
    "whole": sa.BigInteger(),
}
PLACES = (1, 2, 3)
# Of each table: its key, and its columns by kind, `?` where they may be empty.
TABLES: dict[str, tuple[str, str]] = {
    "explanations": (
        "as_of entity model",
        "run_id:text as_of:date entity:text model:text "
        + "".join(
            f"sentence_{place}:whole? figure_{place}:text? value_{place}:double? contribution_{place}:double? "
            for place in PLACES
        )
        + "others_contribution:double base_contribution:double places:whole",
    ),
    "reason_sentences": ("as_of number", "run_id:text as_of:date number:whole feature:text sentence:text"),
}
OTHERS, BASE = "all other features", "base value"
REASONS = "run_id as_of entity model feature value contribution text position"
REASONS_QUERY = """
    SELECT told.run_id, told.as_of, told.entity, told.model,
           CASE place.number WHEN 4 THEN 'all other features' WHEN 5 THEN 'base value' ELSE said.feature END AS feature,
           CASE place.number WHEN 1 THEN told.value_1 WHEN 2 THEN told.value_2 WHEN 3 THEN told.value_3 END AS value,
           CASE place.number WHEN 1 THEN told.contribution_1 WHEN 2 THEN told.contribution_2
                WHEN 3 THEN told.contribution_3 WHEN 4 THEN told.others_contribution
                ELSE told.base_contribution END AS contribution,
           CASE WHEN place.number > 3 THEN ''
                ELSE REPLACE(said.sentence, '{figure}', CASE place.number WHEN 1 THEN told.figure_1
                     WHEN 2 THEN told.figure_2 WHEN 3 THEN told.figure_3 END) END AS text,
           CASE place.number WHEN 4 THEN told.places + 1 WHEN 5 THEN told.places + 2
                ELSE place.number END AS position
    FROM explanations AS told
    CROSS JOIN (SELECT 1 AS number UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5) AS place
    LEFT JOIN reason_sentences AS said ON said.as_of = told.as_of AND said.number = CASE place.number
        WHEN 1 THEN told.sentence_1 WHEN 2 THEN told.sentence_2 WHEN 3 THEN told.sentence_3 END
    WHERE place.number > 3 OR said.number IS NOT NULL
"""


def upgrade() -> None:
    """Make the tables, bring the reasons of earlier nights into them, and put the view in the place of the table.

    A sentence of an earlier night stands there with its figure: it has no gap.
    """
    for name, (key, columns) in TABLES.items():
        op.create_table(name, *_columns(columns), sa.PrimaryKeyConstraint(*key.split()))
    op.execute(
        "INSERT INTO reason_sentences SELECT run_id, as_of, "
        "ROW_NUMBER() OVER (PARTITION BY as_of ORDER BY feature, text), feature, text "
        "FROM (SELECT DISTINCT run_id, as_of, feature, COALESCE(text, '') AS text FROM reasons "
        f"WHERE feature NOT IN ('{OTHERS}', '{BASE}')) AS each"
    )
    op.execute(f"INSERT INTO explanations {_explanations()}")
    op.execute("DROP VIEW reasons_latest")
    op.drop_table("reasons")
    op.execute(f"CREATE VIEW reasons AS {REASONS_QUERY}")
    for name, columns in (*((name, columns) for name, (_, columns) in TABLES.items()), ("reasons", REASONS)):
        chosen = ", ".join(f"{name}.{column.split(':')[0]}" for column in columns.split())
        latest = "(SELECT max(runs.as_of) FROM runs)"
        op.execute(f"CREATE VIEW {name}_latest AS SELECT {chosen} FROM {name} WHERE {name}.as_of = {latest}")


def _explanations() -> str:
    """The rows of each score as one."""

    def one(expression: str, condition: str) -> str:
        return f"MAX(CASE WHEN {condition} THEN {expression} END)"

    told = []
    for place in PLACES:
        here = f"told.position = {place} AND said.number IS NOT NULL"
        told += [one(expression, here) for expression in ("said.number", "''", "told.value", "told.contribution")]
    others, base = (f"told.feature = '{name}'" for name in (OTHERS, BASE))
    told += [one("told.contribution", others), one("told.contribution", base), one("told.position - 1", others)]
    return (
        f"SELECT told.run_id, told.as_of, told.entity, told.model, {', '.join(told)} FROM reasons AS told "
        "LEFT JOIN reason_sentences AS said ON said.as_of = told.as_of AND said.feature = told.feature "
        "AND said.sentence = COALESCE(told.text, '') GROUP BY told.run_id, told.as_of, told.entity, told.model"
    )


def _columns(described: str) -> list[sa.Column[Any]]:
    parts = (column.rstrip("?").split(":") for column in described.split())
    optional = (column.endswith("?") for column in described.split())
    return [sa.Column(name, TYPES[kind], nullable=empty) for (name, kind), empty in zip(parts, optional, strict=True)]
