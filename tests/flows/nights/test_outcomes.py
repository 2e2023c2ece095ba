"""The round trip: a worklist, what came of it filled in, and the next night that knows."""

from pathlib import Path

import pandas as pd

from ledger.tables import FILLED_IN
from tests.support.judged_in_memory import read_ledger
from tests.support.nights.flow_runs import NEXT_NIGHT, NIGHT, TrainedHome, duerank, nightly


def test_what_collectors_did_is_in_the_next_night_and_for_the_effect_learner(
    trained: TrainedHome, unworked: Path, tmp_path: Path
) -> None:
    out = tmp_path / "nights"
    nightly(unworked, out)
    path = out / f"as_of={NIGHT}" / "worklist.csv"
    worklist = pd.read_csv(path, dtype=str)
    first, second, third = (worklist["rank"] == rank for rank in ("1", "2", "3"))
    worklist.loc[first, ["outcome", "contacted_on", "promised_on"]] = ["promise", str(NIGHT), "2024-02-01"]
    worklist.loc[second, ["outcome", "contacted_on", "minutes_spent"]] = ["no_answer", str(NIGHT), "2"]
    worklist.loc[third, ["outcome", "contacted_on"]] = ["dispute", str(NIGHT)]
    filled = tmp_path / "filled.csv"
    worklist.to_csv(filled, index=False)
    database = f"sqlite:///{out / 'duerank.db'}"
    done = duerank("import-outcomes", filled, "--ledger", unworked, "--database", database)
    assert done.exit_code == 0, done.output
    assert "3 rows were taken into " in done.output and "(3 contacts, 1 promise, " in done.output
    again = duerank("import-outcomes", filled, "--ledger", unworked, "--database", database)
    assert again.exit_code == 0, again.output
    log = pd.read_sql("select * from contact_log", database).set_index("customer_id")
    contacts = read_ledger(unworked).tables["contacts"]
    of_the_night = contacts["contact_id"].str.startswith(worklist["run_id"][0])
    assert contacts["contact_id"].str.contains(FILLED_IN).tolist() == of_the_night.tolist()
    ours = contacts[of_the_night].set_index("customer_id")
    assert len(ours) == 3
    assert (ours["propensity"] == log["propensity"].reindex(ours.index)).all()

    nightly(unworked, out, NEXT_NIGHT)
    held = pd.read_sql(f"select * from suppressions where as_of = '{NEXT_NIGHT}'", database)
    promised, tried, disputing = (worklist.loc[row, "customer_id"].item() for row in (first, second, third))
    assert "promise" in set(held.loc[held["customer_id"] == promised, "reason"])
    assert "dispute" in set(held.loc[held["customer_id"] == disputing, "reason"])
    assert "contacted_recently" in set(held.loc[held["customer_id"] == tried, "reason"])


def test_what_is_refused_shows_in_the_exit_code_and_a_correction_replaces_what_was_taken(
    night: Path, unworked: Path, tmp_path: Path
) -> None:
    worklist = pd.read_csv(night / f"as_of={NIGHT}" / "worklist.csv", dtype=str)
    filled, database = tmp_path / "filled.csv", f"sqlite:///{night / 'duerank.db'}"

    def imported(**cells: str) -> tuple[int, str]:
        rows = worklist.astype(object)
        rows.loc[rows["rank"] == "4", list(cells)] = list(cells.values())
        rows.loc[rows["rank"] == "5", "outcome"] = "no answer"
        rows.to_csv(filled, index=False, sep=";", encoding="cp1252", errors="replace")
        done = duerank("import-outcomes", filled, "--ledger", unworked, "--database", database)
        return done.exit_code, done.output

    code, said = imported(outcome="promise", promised_on="31.12.2031", note="[late] payer")
    assert code == 3 and "1 row was taken into " in said and "1 row was refused; correct it" in said
    customer = worklist.loc[worklist["rank"] == "4", "customer_id"].item()
    assert f"Row 5, {customer} " in said and "promised_on = '31.12.2031': this is " in said
    assert imported(outcome="promise", promised_on=str(NEXT_NIGHT), note="[late] payer")[0] == 0
    record = f"{worklist['run_id'][0]}-4"
    assert record in set(read_ledger(unworked).tables["promises"]["promise_id"])
    assert imported(outcome="bezahlt")[0] == 0
    tables = read_ledger(unworked).tables
    assert record not in set(tables["promises"]["promise_id"])
    assert tables["contacts"].set_index("contact_id").loc[record, "outcome"] == "paid"


def test_a_worklist_without_outcomes_or_of_another_database_is_refused(
    night: Path, trained: TrainedHome, tmp_path: Path
) -> None:
    path = night / f"as_of={NIGHT}" / "worklist.csv"
    empty = duerank("import-outcomes", path, "--ledger", trained.ledger)
    assert empty.exit_code == 3 and "no row has an outcome" in empty.output
    worklist = pd.read_csv(path, dtype=str).assign(outcome="reached")
    worklist.to_csv(tmp_path / "filled.csv", index=False)
    other = duerank(
        "import-outcomes",
        tmp_path / "filled.csv",
        "--ledger",
        trained.ledger,
        "--database",
        f"sqlite:///{tmp_path}/no.db",
    )
    assert other.exit_code == 3 and "is not in the score tables" in other.output
