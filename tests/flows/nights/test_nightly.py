"""A night through the command line: whole, the same again, the same on both databases, and true to the ledger."""

import time
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from tests.support.nights.flow_runs import NEXT_NIGHT, NIGHT, TrainedHome, nightly
from tests.support.nights.in_euros import in_euros
from tests.support.nights.published_nights import digests, everything, folder, frame, table
from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.score_db.tables import SCORE_TABLES, WORKLIST

MAY_BE_EMPTY = ("handovers", "outcomes")  # no case is that old, and no earlier night has anything to be judged


def cents(amounts: pd.Series) -> pd.Series:
    return (amounts.astype(float) * 100).round().astype(int)


def test_a_night_is_a_folder_with_everything_in_it(night: Path):
    assert sorted(path.name for path in folder(night).iterdir()) == [
        "data_docs", "drafts", "handovers.csv", "quarantine", "report.html", "worklist.csv", "worklist.xlsx",
    ]  # fmt: skip
    assert (folder(night) / "data_docs" / "index.html").exists()
    worklist = pd.read_csv(folder(night) / "worklist.csv")
    assert list(worklist) == [*WORKLIST.names, *OUTCOME_NAMES]
    assert worklist["rank"].tolist() == list(range(1, len(worklist) + 1))
    assert len(worklist) > 20
    assert worklist["reason_1"].notna().all()


def test_the_latest_views_are_read_by_plain_sql(night: Path):
    for name in SCORE_TABLES:
        assert table(night, f"{name}_latest", None) == table(night, name)
        assert table(night, name) or name in MAY_BE_EMPTY, name


def test_every_row_can_be_traced_to_one_run(night: Path):
    ((run_id,),) = {tuple(row) for row in frame(night, "runs")[["run_id"]].itertuples(index=False)}
    for name in SCORE_TABLES:
        assert set(frame(night, name)["run_id"]) <= {run_id}


def test_the_same_night_again_gives_the_same_bytes(trained: TrainedHome, night: Path):
    files, rows = digests(night), everything(night)
    nightly(trained.ledger, night)
    assert digests(night) == files
    assert everything(night) == rows


def test_another_strategy_gives_what_a_whole_night_would(trained: TrainedHome, tmp_path: Path):
    again, whole, stated = tmp_path / "again", tmp_path / "whole", ("--set", "worklist.strategy=consumer")
    nightly(trained.ledger, again)
    before = digests(again)
    nightly(trained.ledger, again, NIGHT, *stated)
    nightly(trained.ledger, whole, NIGHT, *stated, "--set", "scale.kept_gib=0")
    assert digests(again) == digests(whole) != before
    assert everything(again) == everything(whole)


def test_another_night_leaves_the_first_as_it_was(trained: TrainedHome, night: Path):
    files, rows = digests(night), everything(night)
    nightly(trained.ledger, night, NEXT_NIGHT)
    assert digests(night) == files
    assert everything(night) == rows
    assert everything(night, NEXT_NIGHT)["worklist"] != rows["worklist"]
    assert table(night, "runs_latest", None) == table(night, "runs", NEXT_NIGHT)


def test_postgresql_holds_the_same_rows_as_sqlite(trained: TrainedHome, night: Path, tmp_path: Path, postgresql: str):
    result = nightly(trained.ledger, tmp_path, NIGHT, "--database", postgresql)
    assert "Score tables" in result.output
    engine = open_engine(postgresql)
    with engine.connect() as connection:
        for name in SCORE_TABLES:
            rows = connection.execute(sa.text(f"select * from {name}_latest")).fetchall()
            assert sorted(map(_plain, rows)) == sorted(map(_plain, table(night, name))), name
    engine.dispose()
    assert digests(tmp_path) == digests(night)


def _plain(row: tuple) -> tuple[str, ...]:
    """Values as both databases write them: numbers as floats, dates as text."""
    return tuple(
        str(float(value)) if isinstance(value, (int, float)) or hasattr(value, "as_tuple") else str(value)
        for value in row
    )


def test_open_amounts_add_up_to_the_ledgers_own_sum_to_the_cent(trained: TrainedHome, night: Path):
    """From the files alone: what was billed less what was paid and adjusted, of everything known before the night."""
    amounts = {}
    for name, day in (("invoices", "issued_on"), ("payments", "paid_on"), ("adjustments", "posted_on")):
        read = pyarrow.parquet.read_table(trained.ledger / f"{name}.parquet").to_pandas()
        read = read[(read["known_on"].fillna(read[day]) < NIGHT) & ((read[day] < NIGHT) | (name == "invoices"))]
        if name == "payments":
            rates = pyarrow.parquet.read_table(trained.ledger / "fx_rates.parquet").to_pandas()
            read["amount"] = in_euros(read, rates)
        whole = (read["amount"].astype("float64") * 100).round().astype("int64")
        amounts[name] = whole.groupby(read["invoice_id"]).sum()
        if name == "invoices":
            real = read.loc[read["kind"] == "invoice", "invoice_id"]
    billed = amounts["invoices"].loc[real]
    still_open = billed.sub(amounts["payments"].reindex(real, fill_value=0)).sub(
        amounts["adjustments"].reindex(real, fill_value=0)
    )
    still_open = still_open[still_open > 0]
    scores = frame(night, "invoice_scores")
    of_whole_invoices = cents(scores["open_amount"]).groupby(scores["invoice_id"].str.split(" #").str[0]).sum()
    assert set(of_whole_invoices.index) == set(still_open.index)
    pd.testing.assert_series_equal(
        of_whole_invoices.sort_index(), still_open.sort_index(), check_names=False, check_dtype=False
    )
    assert of_whole_invoices.sum() == still_open.sum()


def test_a_customers_open_amount_is_the_sum_of_its_invoices(night: Path):
    invoices, customers = frame(night, "invoice_scores"), frame(night, "customer_scores").set_index("customer_id")
    by_invoice = cents(invoices["open_amount"]).groupby(invoices["customer_id"]).sum()
    of_customer = cents(customers["open_amount"])
    assert by_invoice.reindex(of_customer.index, fill_value=0).tolist() == of_customer.tolist()


def test_scores_are_what_their_columns_say(night: Path):
    scores = frame(night, "invoice_scores")
    paid = scores[[f"p_paid_{days}d" for days in (7, 14, 30, 60, 90)]].to_numpy()
    assert ((paid >= 0) & (paid <= 1)).all()
    assert (paid[:, 1:] >= paid[:, :-1]).all()
    assert (scores.loc[scores["days_past_due"] > 5, "p_late"] == 1).all()
    assert (scores.loc[scores["days_past_due"] <= 5, "p_late"] < 1).all()
    assert (scores["paid_on_p10"] <= scores["expected_paid_on"]).all()
    assert (scores["expected_paid_on"] <= scores["paid_on_p90"]).all()
    assert (scores["paid_on_p10"] >= str(NIGHT)).all()
    customers = frame(night, "customer_scores")
    owing = customers[customers["open_amount"].astype(float) > 0]
    assert owing["p_unpaid_30d"].between(0, 1).all()


def test_reasons_add_up_and_their_words_agree_with_their_sign(night: Path):
    reasons = frame(night, "reasons")
    told = reasons[reasons["text"].fillna("") != ""]
    raises = told["text"].str.endswith("(raises the risk)")
    assert (raises | told["text"].str.endswith("(lowers the risk)")).all()
    assert (raises == (told["contribution"] > 0)).all()
    assert (told["contribution"] != 0).all()
    late = reasons[reasons["model"] == "late_payment"]
    assert set(late["entity"]) == set(frame(night, "invoice_scores")["invoice_id"])
    assert late.groupby("entity")["feature"].agg(lambda names: "base value" in set(names)).all()


def test_the_worklists_first_reason_is_of_the_contact_and_the_others_are_facts(night: Path):
    listed = frame(night, "worklist")
    gain = listed["collectible_amount"].astype(float) > 0
    assert listed.loc[gain, "reason_1"].str.contains(r"brings|at risk|not expected|not known").all()
    for column in ("reason_2", "reason_3"):
        facts = listed[column].dropna()
        assert len(facts) and facts.str.endswith(("(raises the risk)", "(lowers the risk)")).all()


def test_prefects_page_shows_the_night_in_short_without_names_and_what_each_step_was_about(
    trained: TrainedHome, night: Path
) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey, FlowRunFilter

    rows = f"read rows into partitions: invoices, {len(trained.tables['invoices']):,} rows"
    expected = {"load the champions", "score and decide partition 1 of 1", rows}
    with get_client(sync_client=True) as server:
        reports = server.read_artifacts(artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=["report"])))
        report = next(one for one in reports if str(folder(night).resolve()) in one.data)
        asked, steps = FlowRunFilter(id={"any_": [report.flow_run_id]}), set[str]()
        until = time.monotonic() + 30
        while not expected <= steps and time.monotonic() < until:  # the server takes up tasks with a delay
            steps = {one.name for one in server.read_task_runs(flow_run_filter=asked)}
            time.sleep(0.2)
    assert report.data.startswith(f"# Night of {NIGHT}\n")
    assert "late_payment version 1, default version 1, contact_effect version 1" in report.data
    names = trained.tables["customers"]["name"].dropna()
    assert not [name for name in names if name in report.data]
    assert expected <= steps
