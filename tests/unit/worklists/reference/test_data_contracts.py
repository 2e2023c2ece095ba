"""What other tools are given in dashboards/ is what the declarations say, and as those tools read it."""

import importlib.resources
import json
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from ledger.tables import CHANNELS, TABLES
from tests.support.nights.fake_score_tables import night
from worklists.reference.data_contracts import CONTRACT, EXPOSURES, LEDGER_CONTRACT, ROOT, SOURCES, documents, write
from worklists.reference.described_tables import described
from worklists.score_db.publish import publish
from worklists.score_db.schema import all_views
from worklists.score_db.tables import SCORE_TABLES
from worklists.score_db.tables.joins import DAYS

FILES = documents()
DESCRIBED = {one.name: one for one in described()}
CONTENT = {path: yaml.load(text, yaml.CSafeLoader) for path, text in FILES.items()}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_committed_file_is_what_the_declarations_give(path: Path) -> None:
    committed = (ROOT / path).read_text("utf-8") if (ROOT / path).exists() else ""
    assert committed == FILES[path], (
        f"{path} differs from the declarations: run `python -m worklists.reference.data_contracts`."
    )


def test_writing_gives_the_files(tmp_path: Path) -> None:
    write(tmp_path)
    assert {path: (tmp_path / path).read_text("utf-8") for path in FILES} == FILES


def test_everything_that_can_be_queried_is_described_with_its_columns(url: str, database: sa.Engine) -> None:
    publish(night("2024-06-25", "run"), url)
    assert set(DESCRIBED) == {*SCORE_TABLES, "calendar", *all_views()}
    inspector = sa.inspect(database)
    for one in DESCRIBED.values():
        found = [column["name"] for column in inspector.get_columns(one.name)]
        assert found == [column.name for column in one.columns], one.name
        assert set(one.key) <= set(found), one.name


def test_every_join_leads_to_a_column_of_the_same_kind_that_is_not_itself() -> None:
    targets = {f"{one.name}.{column.name}": column.kind for one in DESCRIBED.values() for column in one.columns}
    assert targets[DAYS] == "date"
    for one in DESCRIBED.values():
        kinds = {column.name: column.kind for column in one.columns}
        assert all(targets[target] == kinds[name] for name, target in one.joins.items()), one.name
        assert all(target != f"{one.name}.{name}" for name, target in one.joins.items()), one.name
    assert DESCRIBED["receipts"].joins["invoice_id"] == "invoices_dim_current.document_id"
    assert DESCRIBED["invoice_scores"].joins["invoice_id"] == "invoices_dim_current.invoice_id"
    assert DESCRIBED["customers_dim"].joins["head_id"] == "customers_dim_current.customer_id"


def test_the_exposure_depends_on_sources_that_there_are() -> None:
    sources = {f"source('duerank', '{table['name']}')" for table in CONTENT[SOURCES]["sources"][0]["tables"]}
    (exposure,) = CONTENT[EXPOSURES]["exposures"]
    assert exposure["depends_on"] and set(exposure["depends_on"]) <= sources
    assert "source('duerank', 'worklist_latest')" in exposure["depends_on"]


def test_a_contract_names_each_table_once_with_its_key_in_order() -> None:
    objects = {one["name"]: one for one in CONTENT[CONTRACT]["schema"]}
    assert list(objects) == list(DESCRIBED)
    for name, table in SCORE_TABLES.items():
        keys = {one["primaryKeyPosition"]: one["name"] for one in objects[name]["properties"] if "primaryKey" in one}
        assert tuple(keys[place] for place in sorted(keys)) == table.key
    required = {one["name"]: one["required"] for one in objects["receipts"]["properties"]}
    assert required["payment_id"] and not required["invoice_id"]


def test_the_contract_of_the_ledger_says_what_is_accepted() -> None:
    objects = {one["name"]: one for one in CONTENT[LEDGER_CONTRACT]["schema"]}
    assert list(objects) == list(TABLES)
    there = {name for name, one in objects.items() if one["customProperties"][0]["value"]}
    assert there == {"invoices", "payments"}
    for name, table in TABLES.items():
        declared = {one["name"]: one for one in objects[name]["properties"]}
        assert list(declared) == [*table.names]
        assert {one for one in declared if declared[one]["required"]} == {
            column.name for column in table.columns if not column.optional
        }
    contacts = {one["name"]: one for one in objects["contacts"]["properties"]}
    (valid,) = contacts["channel"]["quality"]
    assert valid["arguments"]["validValues"] == list(CHANNELS)
    limit = next(one for one in objects["customers"]["properties"] if one["name"] == "credit_limit")
    assert limit["logicalTypeOptions"]["minimum"] == 0
    assert limit["logicalTypeOptions"]["maximum"] == TABLES["customers"].column("credit_limit").high / 100
    assert contacts["customer_id"]["relationships"] == [{"to": "customers.customer_id"}]


@pytest.mark.parametrize("path", [CONTRACT, LEDGER_CONTRACT], ids=str)
def test_a_contract_is_one_by_the_standards_own_schema(path: Path) -> None:
    pytest.importorskip("open_data_contract_standard")
    validators = pytest.importorskip("jsonschema.validators")
    schema = json.loads((importlib.resources.files("open_data_contract_standard") / "schema.json").read_text("utf-8"))
    faults = list(validators.validator_for(schema)(schema).iter_errors(CONTENT[path]))
    assert [fault.message for fault in faults] == []
