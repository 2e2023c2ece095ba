"""The dashboard for Apache Superset in dashboards/superset, as Superset exports one, and its bundle to import.

Its datasets are rendered from the declarations: `python -m worklists.reference.superset_export` writes them anew. Its
charts and its page are files in Superset's format, to be changed here or by an export from there. `python -m
worklists.reference.superset_export --database URL --out FILE.zip` packs all of it for the database at that
address.
"""

import argparse
import uuid
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from ledger.declarations import Column, Table
from worklists.decide.suppression_reasons import REASONS
from worklists.figures.experiments import EXPERIMENT_FIGURES
from worklists.figures.key_figures import BUCKETS, KEY_FIGURES
from worklists.reference.superset_metrics import FIGURE_FORMATS, METRICS, Metric
from worklists.score_db.schema import READ_AS_TABLES
from worklists.score_db.tables import SCORE_TABLES
from worklists.score_db.tables.views import VIEWS, View

ROOT = Path(__file__).parents[2]
FOLDER = Path("dashboards/superset")
DATABASE = FOLDER / "databases/duerank.yaml"
GENERATED = (
    "# Made by `python -m worklists.reference.superset_export` from the declarations; a test compares. Edit those.\n"
)
OURS = uuid.uuid5(uuid.NAMESPACE_DNS, "duerank")
VERSION = "1.0.0"
# What Superset shows above a column where the name alone, as words, says too little.
TITLES = {
    "as_of": "Night",
    "p_unpaid_30d": "Unpaid after 30 days",
    "p_default": "Chance of default",
    "p_late": "Chance of being late",
    "expected_gain": "Extra cash expected",
    "text": "In words",
    "p10": "Low end",
    "p90": "High end",
    "paid_on_p10": "Paid at the earliest",
    "paid_on_p90": "Paid at the latest",
    "dso": "DSO",
    "best_possible_dso": "Best possible DSO",
} | {f"p_paid_{days}d": f"Paid within {days} days" for days in (7, 14, 30, 60, 90)}
# The only tables whose nights are compared: they name no one, so that a BI login may read them whole.
HISTORIES = ("key_figures",)


def datasets() -> dict[Path, str]:
    """The text of every dataset's file, by its path from the project's root: each `_latest` view, those over all
    nights, and `HISTORIES`."""
    queried: dict[str, Table | View] = {**SCORE_TABLES, **READ_AS_TABLES}
    views = {f"{name}_latest": one for name, one in queried.items()} | VIEWS
    tables = {name: SCORE_TABLES[name] for name in HISTORIES}
    return {
        FOLDER / f"datasets/duerank/{name}.yaml": GENERATED + as_yaml(_dataset(name, table))
        for name, table in (views | tables).items()
    }


def write_datasets(root: Path) -> None:
    """Write every dataset's file below `root`."""
    for path, text in datasets().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def write_bundle(database: str, out: Path) -> None:
    """Pack the dashboard into a zip that Superset imports, with its database at the SQLAlchemy URL `database`."""
    found = yaml.safe_load((ROOT / DATABASE).read_text("utf-8"))
    given = {ROOT / DATABASE: as_yaml(found | {"sqlalchemy_uri": database})}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted((ROOT / FOLDER).rglob("*.yaml")):
            name = Path("duerank") / path.relative_to(ROOT / FOLDER)
            bundle.writestr(str(name), given.get(path) or path.read_text("utf-8"))


def as_yaml(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)


def identifier(name: str) -> str:
    """The same UUID for the same name: Superset recognises by it what it has imported before."""
    return str(uuid.uuid5(OURS, name))


def _dataset(name: str, table: Table | View) -> dict[str, Any]:
    return {
        "table_name": name,
        "description": table.meaning,
        "main_dttm_col": next((day for day in ("day", "as_of") if day in table.names), None),
        "columns": [*map(_column, table.columns), *_calculated(table)],
        "metrics": [_metric(metric) for metric in (*METRICS.get(table.name, ()), *_figures(table))],
        "uuid": identifier(f"datasets/{name}"),
        "version": VERSION,
        "database_uuid": identifier("databases/duerank"),
    }


def _column(column: Column) -> dict[str, Any]:
    dated = column.kind == "date"
    return {
        "column_name": column.name,
        "verbose_name": _title(column.name),
        "description": f"{column.meaning} ({column.unit})" if column.unit and not dated else column.meaning,
        "type": str(column.types.sql),
        "is_dttm": dated,
        # As SQLite holds dates: a filter that Superset writes with a time of day would miss its first day there.
        "python_date_format": "%Y-%m-%d" if dated else None,
        "groupby": True,
        "filterable": True,
    }


def _calculated(table: Table | View) -> Iterable[dict[str, Any]]:
    if table.name == "key_figures":
        cases = " ".join(f"WHEN 'ageing_{bucket}' THEN '{_days(bucket)}'" for bucket in BUCKETS)
        yield _expression("bucket", "Days past due", f"CASE name {cases} END", "of the figures ageing_*")
    if table.name == "cash_forecast_parts":
        expression = "CASE part WHEN 'open' THEN 'open now' ELSE 'not issued yet' END"
        yield _expression("invoices", "Invoices", expression, "the part, in words")
    if table.name == "suppressions":
        holding = ", ".join(f"'{reason.code}'" for reason in REASONS.values() if reason.holds)
        expression = f"CASE WHEN reason IN ({holding}) THEN 'customer waits' ELSE 'not collectible' END"
        yield _expression("effect", "Effect", expression, "whether the customer is left alone, or the amount is")


def _expression(name: str, title: str, expression: str, meaning: str) -> dict[str, Any]:
    column = _column(Column(name, "text", meaning))
    return column | {"verbose_name": title, "expression": expression}


def _days(bucket: str) -> str:
    """Days past due as a label; the labels sort as the buckets do."""
    low, high = BUCKETS[bucket]
    if low is None:
        return "0 (not due)"
    return f"{low}–{high}" if high else f"{low} or more"


def _figures(table: Table | View) -> Iterable[Metric]:
    if table.name != "key_figures":
        return
    for figure in (*KEY_FIGURES, *EXPERIMENT_FIGURES):
        expression = f"MAX(CASE WHEN name = '{figure.name}' THEN value END)"
        yield Metric(figure.name, _title(figure.name), expression, figure.formula, FIGURE_FORMATS[figure.unit])


def _metric(metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.title,
        "expression": metric.expression,
        "description": metric.meaning,
        "d3format": metric.shown_as,
    }


def _title(name: str) -> str:
    return TITLES.get(name, name.replace("_", " ").capitalize().removesuffix(" id"))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Write the datasets anew, or pack the dashboard for a database.")
    parser.add_argument("--database", metavar="URL", help="where Superset finds the score tables, as it writes URLs")
    parser.add_argument("--out", metavar="FILE.zip", type=Path, help="the bundle to import")
    given = parser.parse_args(arguments)
    if (given.database is None) != (given.out is None):
        parser.error("--database and --out belong together")
    if given.out is None:
        write_datasets(ROOT)
    else:
        write_bundle(given.database, given.out)


if __name__ == "__main__":
    main()
