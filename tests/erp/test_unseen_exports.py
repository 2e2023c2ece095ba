"""A newcomer's way with an export that duerank has never seen: a draft, a few edits, and open totals to the cent."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from ledger.importing.drafting.draft_mapping import draft_mapping
from ledger.importing.import_export import import_ledger
from pipelines.imports.check_export import check_folder, check_import
from tests.support.erp.unseen.unseen_exports import UNSEEN, edited

QUICK = "spanish_subledger"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name != QUICK else []) for name in UNSEEN]
)
def test_a_draft_with_a_few_edits_gives_what_each_customer_owes(name: str, tmp_path: Path) -> None:
    unseen, mapping, export = UNSEEN[name], tmp_path / "mapping.yaml", tmp_path / "export"
    export.mkdir()
    source = unseen.write(unseen.books(), export)
    said = draft_mapping(source, mapping)
    assert ", 0 refused" in said
    assert "cannot be shown" not in said
    mapping.write_text(edited(mapping.read_text("utf-8"), unseen.edits), "utf-8")
    check_import(str(mapping), source, tmp_path / "ledger")
    listed = pd.read_csv(check_folder(tmp_path / "ledger") / "open_by_customer.csv", dtype="str")
    owed = {row.customer_id: Decimal(row.open_amount) for row in listed.itertuples() if Decimal(row.open_amount)}
    assert owed == unseen.owed()
    assert import_ledger(mapping, source, tmp_path / "ledger").refused.empty


def test_a_draft_names_what_its_edits_have_to_change(tmp_path: Path) -> None:
    unseen = UNSEEN[QUICK]
    draft_mapping(unseen.write(unseen.books(), tmp_path), tmp_path / "mapping.yaml")
    draft = (tmp_path / "mapping.yaml").read_text("utf-8")
    assert draft.count("# unsure: or is it 'numero'?") == 2
    assert "# unsure: no rule takes these values of 'tipo_doc': DEV" in draft
