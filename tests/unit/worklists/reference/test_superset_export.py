"""The dashboard for Superset fits the score tables: what its charts name is there, and is SQL in both databases."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from tests.support.nights.fake_score_tables import night
from worklists.reference.superset_export import DATABASE, FOLDER, ROOT, datasets, main, write_bundle, write_datasets
from worklists.score_db.publish import publish
from worklists.score_db.tables import SCORE_TABLES

FILES = {
    path.relative_to(ROOT): yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    for path in (ROOT / FOLDER).rglob("*.yaml")
}
DATASETS = {content["uuid"]: content for path, content in FILES.items() if path.parts[2] == "datasets"}
CHARTS = {path.stem: content for path, content in FILES.items() if path.parts[2] == "charts"}
(PAGE,) = (content for path, content in FILES.items() if path.parts[2] == "dashboards")


def names(params: dict[str, Any]) -> Iterator[str]:
    """The columns and metrics that a chart's parameters name."""
    for key in ("x_axis", "x_axis_sort", "metric", "timeseries_limit_metric"):
        yield from filter(None, [params.get(key)])
    for key in ("metrics", "groupby", "all_columns"):
        for one in params.get(key, []):
            yield one if isinstance(one, str) else one["column"]["column_name"]
    yield from (json.loads(one)[0] for one in params.get("order_by_cols", []))
    yield from (one["subject"] for one in params["adhoc_filters"])
    yield from params.get("column_config", {})


@pytest.mark.parametrize("path", datasets(), ids=lambda path: path.stem)
def test_a_committed_dataset_is_what_the_declarations_give(path: Path) -> None:
    committed = (ROOT / path).read_text("utf-8") if (ROOT / path).exists() else ""
    assert committed == datasets()[path], (
        f"{path} differs from the declarations: run `python -m worklists.reference.superset_export`."
    )


def test_writing_gives_the_datasets_and_no_others_are_there(tmp_path: Path) -> None:
    write_datasets(tmp_path)
    written = {path.relative_to(tmp_path) for path in tmp_path.rglob("*.yaml")}
    assert written == set(datasets()) == {path for path in FILES if path.parts[2] == "datasets"}
    assert {f"{name}_latest" for name in SCORE_TABLES} < {path.stem for path in written}
    assert {dataset["database_uuid"] for dataset in DATASETS.values()} == {FILES[DATABASE]["uuid"]}


@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_names_columns_and_metrics_of_its_dataset(chart: str) -> None:
    dataset = DATASETS[CHARTS[chart]["dataset_uuid"]]
    known = {one["column_name"] for one in dataset["columns"]} | {one["metric_name"] for one in dataset["metrics"]}
    assert set(names(CHARTS[chart]["params"])) <= known
    assert CHARTS[chart]["params"]["viz_type"] == CHARTS[chart]["viz_type"]


def test_the_page_shows_every_chart_once_under_its_name_in_rows_of_twelve() -> None:
    position = {key: one for key, one in PAGE["position"].items() if isinstance(one, dict)}
    shown = [one["meta"] for one in position.values() if one["type"] == "CHART"]
    assert sorted((one["uuid"], one["sliceName"]) for one in shown) == sorted(
        (chart["uuid"], chart["slice_name"]) for chart in CHARTS.values()
    )
    assert len({one["chartId"] for one in shown}) == len(shown)
    for row in (one for one in position.values() if one["type"] == "ROW"):
        assert sum(position[child]["meta"]["width"] for child in row["children"]) == 12
        assert len({position[child]["meta"]["height"] for child in row["children"]}) == 1


def test_a_filter_of_the_page_reaches_the_charts_that_have_its_column_and_no_others() -> None:
    charts = {chart["uuid"]: DATASETS[chart["dataset_uuid"]] for chart in CHARTS.values()}
    shown = [one["meta"] for one in PAGE["position"].values() if isinstance(one, dict) and one["type"] == "CHART"]
    for given in PAGE["metadata"]["native_filter_configuration"]:
        (target,) = given["targets"]
        for one in shown:
            has = target["column"]["name"] in {column["column_name"] for column in charts[one["uuid"]]["columns"]}
            assert has == (one["chartId"] not in given["scope"]["excluded"]), (given["name"], one["sliceName"])


def test_every_metric_and_every_calculated_column_is_sql(database: sa.Engine, url: str) -> None:
    publish(night("2024-06-25", "run"), url)
    with database.connect() as connection:
        for dataset in DATASETS.values():
            metrics = [one["expression"] for one in dataset["metrics"]]
            calculated = [one["expression"] for one in dataset["columns"] if "expression" in one]
            for expressions in filter(None, (metrics, calculated)):
                found = connection.exec_driver_sql(f"SELECT {', '.join(expressions)} FROM {dataset['table_name']}")
                assert found.first() is not None


def test_the_bundle_is_the_folder_with_the_database_that_was_given(tmp_path: Path) -> None:
    write_bundle("postgresql://dashboards:XXXXXXXXXX@host/duerank", tmp_path / "duerank.zip")
    with zipfile.ZipFile(tmp_path / "duerank.zip") as bundle:
        packed = {Path(name): yaml.safe_load(bundle.read(name)) for name in bundle.namelist()}
    expected = {Path("duerank", *path.parts[2:]): content for path, content in FILES.items()}
    place = Path("duerank", *DATABASE.parts[2:])
    assert packed[place]["sqlalchemy_uri"] == "postgresql://dashboards:XXXXXXXXXX@host/duerank"
    assert packed | {place: None} == expected | {place: None}


def test_an_address_without_a_file_to_write_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--database", "sqlite:///duerank.db"])
    assert stopped.value.code == 2
    assert "--database and --out belong together" in capsys.readouterr().err
