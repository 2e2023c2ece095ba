"""A week of work: five nights, each filled in sloppily as people do, imported, and known to the next."""

import itertools
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from ledger.importing.append_rows import append_rows
from ledger.importing.write_ledger import write_ledger
from ledger.tables import TABLES
from tests.support.judged_in_memory import read_ledger
from tests.support.nights.flow_runs import TrainedHome, duerank, nightly
from tests.support.nights.published_nights import contents
from tests.support.nights.rendered_report import RenderedPage
from worklists.pages.report_words import words as head_words
from worklists.rules.segments import load_segments
from worklists.rules.strategy import load_strategy

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2024, 1, day) for day in range(8, 13))
OURS = ("contacts", "promises")  # what the simulated collectors would have done
FORMS = {  # how the day's file comes back
    MONDAY: {"sep": ";", "encoding": "cp1252", "errors": "replace"},
    TUESDAY: {},  # the workbook
    WEDNESDAY: {"sep": ",", "encoding": "utf-8"},
    THURSDAY: {},
    FRIDAY: {"sep": "\t", "encoding": "utf-16"},
}
STRATEGY = load_strategy("b2b", load_segments("standard"))
Cells = dict[str, str | float | datetime]

pytestmark = pytest.mark.slow


@dataclass
class Week:
    """The ledger that goes on, the folder of the nights, and what was seen of them."""

    ledger: Path
    out: Path
    later: dict[str, pd.DataFrame]
    files: Path
    lists: dict[date, pd.DataFrame] = field(default_factory=dict)
    taken: dict[str, Cells] = field(default_factory=dict)
    said: dict[date, str] = field(default_factory=dict)
    filled: list[tuple[date, str]] = field(default_factory=list)

    @property
    def database(self) -> str:
        return f"sqlite:///{self.out / 'duerank.db'}"

    def folder(self, as_of: date) -> Path:
        return self.out / f"as_of={as_of}"

    def night(self, as_of: date) -> pd.DataFrame:
        """The list of a night, index customer_id."""
        nightly(self.ledger, self.out, as_of)
        rows = pd.read_csv(self.folder(as_of) / "worklist.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        self.lists[as_of] = rows.set_index("customer_id", drop=False)
        return self.lists[as_of]

    @property
    def worked(self) -> list[str]:
        """Whom someone filled something in for, a customer for each time."""
        return [customer for _, customer in self.filled]

    def record(self, as_of: date, customer: str) -> str:
        """The id of what came of a row of a list."""
        row = self.lists[as_of].loc[customer] if customer in self.lists[as_of].index else {"run_id": "", "rank": ""}
        return f"{row['run_id']}-{row['rank']}"

    def work(self, as_of: date, filled: dict[str, Cells], refused: str = "") -> None:
        """What collectors fill in by customer, and the import; then the rest of the day comes into the ledger."""
        path = self._written(as_of, filled)
        done = duerank("import-outcomes", path, "--ledger", self.ledger, "--database", self.database)
        assert done.exit_code == (3 if refused else 0), done.output
        taken = len(filled) - bool(refused)
        assert f"{taken} row{'s were' if taken > 1 else ' was'} taken" in done.output, done.output
        self.said[as_of] = done.output
        self.filled += [(as_of, customer) for customer in filled if customer != refused]
        self.taken |= {self.record(as_of, one): cells for one, cells in filled.items() if one != refused}
        today = {name: rows[rows["known_on"] == pd.Timestamp(as_of)] for name, rows in self.later.items()}
        append_rows(today, self.ledger)

    def pays(self, customer: str, on: date) -> None:
        """A payment for each overdue invoice of a customer on Monday's list, as a bank's file brings it."""
        items = self.table("open_items", MONDAY)
        items = items[(items["customer_id"] == customer) & (items["days_past_due"] > 0)]
        template = self.later["payments"].iloc[[0] * len(items)]
        day = pd.Timestamp(on).as_unit("s")
        paid = template.assign(
            payment_id=[f"kept-{invoice}" for invoice in items["invoice_id"]],
            invoice_id=[re.sub(r" #\d+$", "", invoice) for invoice in items["invoice_id"]],
            customer_id=customer, paid_on=day, known_on=day,
            amount=[round(100 * amount) for amount in items["open_amount"]],
        )  # fmt: skip
        append_rows({"payments": paid}, self.ledger)

    def table(self, name: str, as_of: date | None = None) -> pd.DataFrame:
        where = "" if as_of is None else f" where as_of = '{as_of}'"
        return pd.read_sql(f"select * from {name}{where}", self.database)

    def _written(self, as_of: date, filled: dict[str, Cells]) -> Path:
        if not FORMS[as_of]:
            return self._workbook(as_of, filled)
        rows = self.lists[as_of].astype(object)
        for customer, cells in filled.items():
            rows.loc[customer, list(cells)] = [str(cell).replace(".", ",") if isinstance(cell, float) else cell
                                               for cell in cells.values()]  # fmt: skip
        path = self.files / f"{as_of} fertig.csv"
        rows.to_csv(path, index=False, **FORMS[as_of])
        return path

    def _workbook(self, as_of: date, filled: dict[str, Cells]) -> Path:
        book = openpyxl.load_workbook(self.folder(as_of) / "worklist.xlsx")
        written = 0
        for sheet in book.worksheets:
            heads = {cell.value: cell.column for cell in sheet[1]}
            if head_words("outcome") not in heads:
                continue
            for row in range(2, sheet.max_row + 1):
                cells = filled.get(sheet.cell(row, heads[head_words("customer_id")]).value, {})
                for name, value in cells.items():
                    sheet.cell(row, heads[head_words(name)]).value = value
                written += bool(cells)
        assert written == len(filled)
        book.save(self.files / f"{as_of}.xlsx")
        return self.files / f"{as_of}.xlsx"


@pytest.fixture(scope="module")
def week(trained: TrainedHome, tmp_path_factory: pytest.TempPathFactory) -> Week:
    folder = tmp_path_factory.mktemp("week")
    early, later = {}, {}
    for name, rows in trained.tables.items():
        known = rows["known_on"] < pd.Timestamp(MONDAY) if "known_on" in rows else pd.Series(True, index=rows.index)
        early[name] = rows[known]
        if "known_on" in rows and name not in OURS and len(TABLES[name].key) == 1:
            later[name] = rows[~known]
    write_ledger(early, folder / "ledger")
    (folder / "files").mkdir()
    return Week(folder / "ledger", folder / "nights", later, folder / "files")


def new_ones(week: Week, as_of: date, count: int) -> list[str]:
    """The first on a list whom no one worked yet, all of whose overdue invoices are asked for."""
    rows = week.lists[as_of]
    free = (rows["due_today"] == "") & (rows["overdue_amount"] == rows["collectible_amount"])
    free &= (rows["action"] != "pre_due_reminder") & ~rows["customer_id"].isin(set(week.worked))
    return rows.loc[free, "customer_id"].head(count).tolist()


def german(amount: str) -> str:
    """4951.4 as 4.951,40."""
    return f"{float(amount):,.2f}".translate(str.maketrans(",.", ".,"))


def held(week: Week, as_of: date, customer: str) -> set[str]:
    rows = week.table("suppressions", as_of)
    return set(rows.loc[rows["customer_id"] == customer, "reason"])


def assert_due(rows: pd.DataFrame, *customers: str) -> None:
    """Who is due today stands on top, and no one else is due."""
    assert set(rows.index[rows["due_today"] != ""]) == set(customers)
    assert set(rows.index[: len(customers)]) == set(customers)


def test_a_week_is_worked_and_every_night_knows_what_was_done(week: Week) -> None:
    monday = week.night(MONDAY)
    tried, voice_mail, later, tomorrow, keeps, breaks, wrong, put_off, nonsense, spoken = new_ones(week, MONDAY, 10)
    assert_due(monday)
    week.work(
        MONDAY,
        {
            tried: {"outcome": "no answer", "minutes_spent": 7.5},
            voice_mail: {"outcome": "AB besprochen", "note": "Frau Müller ist Dienstag zurück, Grüße"},
            later: {"outcome": "Rückruf vereinbart", "next_contact_on": "10.01.", "spoke_with": "Hr. Jäger"},
            tomorrow: {"outcome": "call back"},
            keeps: {
                "outcome": "ptp", "promised_on": "10.01.2024", "next_contact_on": "11.01.2024",
                "promised_amount": german(monday.loc[keeps, "collectible_amount"]),
            },
            breaks: {"outcome": "zugesagt", "promised_on": "10.1.", "next_contact_on": "11.1.2024"},
            wrong: {"outcome": "falsche Nummer"},
            put_off: {"outcome": "Wiedervorlage", "next_contact_on": "22.01.2024"},
            nonsense: {"outcome": "reached", "minutes_spent": "eine gute Stunde"},
            spoken: {"outcome": "gesprochen", "note": "ärgert sich über die Mahngebühr; \"Überweisung läuft\""},
        },
        refused=nonsense,
    )  # fmt: skip
    said = week.said[MONDAY]
    assert f"Row {int(monday.loc[nonsense, 'rank']) + 1}, {nonsense} " in said
    assert "minutes_spent = 'eine gute Stunde': " in said
    assert "1 call-back has no day" in said
    week.pays(keeps, TUESDAY)

    tuesday = week.night(TUESDAY)
    assert_due(tuesday, tomorrow)
    assert nonsense in tuesday.index and not {tried, voice_mail, later, keeps, breaks, put_off} & set(tuesday.index)
    assert "put_off" in held(week, TUESDAY, put_off) and "promise" in held(week, TUESDAY, breaks)
    first, second = new_ones(week, TUESDAY, 2)
    week.work(
        TUESDAY,
        {
            tomorrow: {"outcome": "reached", "minutes_spent": "12 min", "contacted_on": datetime(2024, 1, 9)},
            first: {"outcome": "nicht erreicht", "contacted_by": "Telefon"},
            second: {"outcome": "bezahlt", "note": "sagt: überwiesen am 5.1."},
            nonsense: {"outcome": "Mailbox", "minutes_spent": 3},
        },
    )

    wednesday = week.night(WEDNESDAY)
    assert_due(wednesday, later)
    assert not {tomorrow, keeps, breaks, put_off, first, nonsense} & set(wednesday.index)
    (third,) = new_ones(week, WEDNESDAY, 1)
    week.work(
        WEDNESDAY,
        {
            later: {"outcome": "hat gezahlt", "minutes_spent": "5,0"},
            third: {"outcome": "strittig", "dispute_reason": "Lieferung unvollständig"},
        },
    )

    thursday = week.night(THURSDAY)
    assert_due(thursday, breaks)
    assert "promise of 2024-01-10 was broken" in thursday.loc[breaks, "what_changed"]
    assert not {later, keeps, put_off} & set(thursday.index)
    week.work(THURSDAY, {breaks: {"outcome": "promise", "promised_on": "15.1.2024", "promised_amount": "20,5"}})

    friday = week.night(FRIDAY)
    assert_due(friday)
    assert not {breaks, later, tomorrow, keeps, put_off} & set(friday.index)
    (fourth,) = new_ones(week, FRIDAY, 1)
    week.work(FRIDAY, {fourth: {"outcome": "Rückruf", "minutes_spent": "2,5", "note": "Büro zu; läuft über Köln"}})

    rows = week.table("contacts_made").astype(object)
    made = {row["contact_id"]: row for row in rows.where(rows.notna(), None).to_dict("records")}
    states = week.table("promises_tracked_current").set_index("promise_id")["state"].to_dict()
    expected = {
        (MONDAY, tried): "no_answer", (MONDAY, voice_mail): "left_message", (MONDAY, later): "call_back",
        (MONDAY, tomorrow): "call_back", (MONDAY, keeps): "promise", (MONDAY, breaks): "promise",
        (MONDAY, wrong): "wrong_contact", (MONDAY, put_off): "call_back", (MONDAY, spoken): "reached",
        (TUESDAY, tomorrow): "reached", (TUESDAY, first): "no_answer", (TUESDAY, second): "paid",
        (TUESDAY, nonsense): "left_message", (WEDNESDAY, later): "paid", (WEDNESDAY, third): "dispute",
        (THURSDAY, breaks): "promise",
    }  # fmt: skip
    assert {week.record(*where) for where in expected} == {key for key in made if key in week.taken}
    for where, outcome in expected.items():
        row, cells = made[week.record(*where)], week.taken[week.record(*where)]
        assert (row["outcome"], row["customer_id"]) == (outcome, where[1])
        assert (row["note"], row["spoke_with"]) == (cells.get("note"), cells.get("spoke_with"))
        assert row["contacted_on"][:10] == str(where[0]) and row["list_of"][:10] == str(where[0])
    assert made[week.record(MONDAY, tried)]["minutes"] == 7.5
    assert made[week.record(TUESDAY, tomorrow)]["minutes"] == 12
    assert made[week.record(TUESDAY, first)]["channel"] == "call"
    assert made[week.record(MONDAY, tomorrow)]["next_contact_on"][:10] == str(TUESDAY)
    assert states[week.record(MONDAY, keeps)] == "kept"
    assert states[week.record(MONDAY, breaks)] == "broken" and states[week.record(THURSDAY, breaks)] == "open"
    assert set(week.taken) - set(made) == {week.record(FRIDAY, fourth)}  # known to the nights after Friday
    contacts = read_ledger(week.ledger).tables["contacts"].set_index("contact_id")
    assert contacts.loc[week.record(FRIDAY, fourth), "next_contact_on"] == pd.Timestamp("2024-01-15")
    assert set(week.taken) <= set(contacts.index)


def test_nothing_that_was_taken_is_refused_by_a_later_night(week: Week) -> None:
    refused = [contents(week.folder(as_of) / "quarantine") for as_of in week.lists]
    assert len(refused) == 5 and all(one == refused[0] for one in refused)
    done = duerank("validate", week.ledger)
    assert done.exit_code == 0, done.output
    assert not any(record in done.output for record in week.taken)


def test_no_step_came_before_its_predecessor_in_the_week(week: Week) -> None:
    """From night to night the level of an invoice rises by a contact only, and to the step that the contact was."""
    compared = risen = 0
    for before, after in itertools.pairwise(week.lists):
        levels, later = (
            week.table("open_items", night).set_index(["customer_id", "invoice_id"])["dunning_level"]
            for night in (before, after)
        )
        for (customer, invoice), level in later.items():
            if (customer, invoice) in levels:
                most = levels[customer, invoice]
                if (before, customer) in week.filled:
                    row = week.lists[before].loc[customer]
                    ladder = STRATEGY.rules.ladder(row["segment"])
                    most = max([most, *(at + 1 for at, step in enumerate(ladder) if step.action == row["action"])])
                assert levels[customer, invoice] <= level <= most, (customer, invoice, after)
                compared, risen = compared + 1, risen + (level > levels[customer, invoice])
    assert compared > 20 and risen


def test_the_week_ends_with_a_report(week: Week) -> None:
    page = RenderedPage((week.folder(FRIDAY) / "report.html").read_text("utf-8"))
    assert "Worklist as of 2024-01-12" in page.text and "Promise kept rate" in page.text
    assert "nan" not in page.text.casefold().split()
