"""The list is in the order of a column that it shows, and every figure of a sentence is in its row or in the ledger."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.catalogue import BY_NAME
from features.declarations import figure
from ledger.as_of.view import view_as_of
from ledger.clock import day_number
from ledger.simulator import simulate
from models.curves.pay_curve import question
from models.night_models import Models
from models.night_scores import score_night
from models.risk import explain
from models.risk.reason_words import fact_text
from tests.oracle.dunning_levels import Contact, channels_for, level_of, may_come
from tests.support import small_models
from tests.support.nights.in_this_process import night_of as real_night
from tests.support.nights.nights_with_effects import FIRST, SECOND, night_of, random_effects
from tests.support.small_nights import NIGHTS, small_nights
from tests.support.written_decisions import B2B, NOTHING_LEARNED, SEGMENTS
from worklists.decide.decisions import Policy
from worklists.pages.worklist_csv import write_worklist
from worklists.ranking.why_contact import BY_CHANNEL
from worklists.rules.strategy import load_strategy

CONTACTS = {"email": "e-mail", "sms": "text message", "call": "call", "letter": "letter", "visit": "visit"}
LEADS = (
    r"(?P<contact>[\w\- ]+) brings about (?P<gain>[\d,.]+) of (?P<amount>[\d,.]+), of which (?P<unpaid>\d+)% would be "
    r"unpaid in (?P<ahead>30) days without it",
    r"(?P<contact>[\w\- ]+) brings about (?P<gain>[\d,.]+) of (?P<amount>[\d,.]+), which may be chance",
    r"(?P<contact>[\w\- ]+) is not expected to bring more of (?P<amount>[\d,.]+) than comes without it",
    r"(?P<contact>[\w\- ]+) is assumed to bring about (?P<gain>[\d,.]+) of (?P<amount>[\d,.]+), of which "
    r"(?P<unpaid>\d+)% would else be unpaid in (?P<ahead>30) days",
    r"What a contact brings of (?P<amount>[\d,.]+) is not known, since no customer like this one was contacted before",
    r"Nothing is overdue yet, but what falls due soon will probably be late",
)
DAYS = r"(?:(?P<{0}>\d+) days? (?P<{0}_side>late|early)|(?P<{0}_none>on the due date))"
HABIT = (
    rf"(?:(?:: |, though it )usually pays {DAYS.format('usual')}|: has paid no invoice yet)"
    rf"(?:, now {DAYS.format('now')})?"
)
WORKED = (
    r"(?:; (?:a payment followed (?P<some>\d+) of (?P<made>\d+)|no payment followed (?P<vain>\d+)) "
    r"(?P<by>[a-z\- ]+?)s? within a week)?"
)
SENTENCES = tuple(re.compile(rf"{lead}{HABIT}{WORKED}\.") for lead in LEADS)
FACT = re.compile(r"(?P<fact>.+?)(?:; (?P<usual>[^;]+) is usual)? \((?P<direction>raises|lowers) the risk\)")


class Night(NamedTuple):
    """A whole night, the tables of its ledger, and its as-of date."""

    tables: dict[str, pd.DataFrame]
    ledger: dict[str, pd.DataFrame]
    as_of: pd.Timestamp


@cache
def nights() -> tuple[Night, ...]:
    """Learned models, effects that are written down, with time for all and for few, and no learned effect."""
    learned, written = simulate(80, 540, 1).tables, small_models.tables()
    return (
        *(Night(night, learned, pd.Timestamp(on)) for night, on in zip(small_nights(), NIGHTS, strict=True)),
        Night(night_of(FIRST, random_effects(1)), written, FIRST),
        Night(night_of(SECOND, random_effects(2), minutes=300), written, SECOND),
        Night(night_of(FIRST, NOTHING_LEARNED), written, FIRST),
    )


@pytest.fixture(scope="module", params=range(5), ids=["first", "second", "effects", "few minutes", "nothing learned"])
def night(request: pytest.FixtureRequest) -> Night:
    return nights()[request.param]


@pytest.fixture
def written(night: Night, tmp_path: Path) -> pd.DataFrame:
    """The rows of worklist.csv, each cell as it is written there."""
    write_worklist(night.tables["worklist"], tmp_path / "worklist.csv")
    rows = pd.read_csv(tmp_path / "worklist.csv", dtype=str, encoding="utf-8-sig", keep_default_na=False)
    assert len(rows) > 8
    return rows


def test_the_list_is_in_the_order_of_the_value_of_a_minute_as_it_is_written(written: pd.DataFrame) -> None:
    assert written["rank"].tolist() == [str(place) for place in range(1, len(written) + 1)]
    due = (written["due_today"] != "").tolist()
    assert due == sorted(due, reverse=True)
    for _, rows in written.groupby(due):
        value = [float(cell) for cell in rows["value_per_minute"]]
        assert value == sorted(value, reverse=True)


def test_the_value_of_a_minute_can_be_worked_out_from_the_row_as_it_is_written(written: pd.DataFrame) -> None:
    for row in written.itertuples():
        value = float(row.expected_gain) * float(row.weight) / float(row.minutes)
        assert float(row.value_per_minute) == pytest.approx(value, abs=0.00005 + 1e-9), row.rank
    assert (written["value_per_minute"].astype(float) > 0).any()


def test_every_figure_of_the_first_reason_is_in_its_row_or_counted_in_the_ledger(
    night: Night, written: pd.DataFrame
) -> None:
    for row in written.itertuples():
        said = next(found for one in SENTENCES if (found := one.fullmatch(row.reason_1))).groupdict()
        if said.get("contact"):
            assert said["contact"] == BY_CHANNEL[row.channel]
        assert_amount(said.get("gain"), row.expected_gain)
        assert_amount(said.get("amount"), row.collectible_amount)
        if said.get("unpaid"):
            assert int(said["unpaid"]) == pytest.approx(100 * float(row.p_unpaid_30d), abs=0.5 + 0.005)
        usual = days_said(said, "usual")
        assert (usual is None) == (row.average_days_late == "")
        if usual is not None:
            assert usual == pytest.approx(float(row.average_days_late), abs=0.5 + 0.05)
        past_due = int(row.days_past_due or 0)
        assert days_said(said, "now") == (past_due if past_due > 0 else None)
        made, followed = counted_in_the_ledger(night, row.customer_id, row.channel)
        if made < 2:
            assert said["by"] is None
        else:
            assert said["by"] == CONTACTS[row.channel]
            assert int(said["made"] or said["vain"]) == made
            assert int(said["some"] or 0) == followed


def assert_amount(said: str | None, cell: str) -> None:
    """Whole units from 10 on, else with the cents."""
    if said is not None:
        whole = "." not in said
        assert float(said.replace(",", "")) == pytest.approx(float(cell), abs=0.5 if whole else 0.0)
        assert whole == (abs(float(cell)) >= 10)


def days_said(said: dict[str, str | None], name: str) -> int | None:
    """Days late, below zero where early."""
    if said[f"{name}_none"]:
        return 0
    days = said[name]
    return None if days is None else int(days) * (1 if said[f"{name}_side"] == "late" else -1)


def counted_in_the_ledger(night: Night, customer: str, channel: str) -> tuple[int, int]:
    """Contacts of a year by a channel whose week has passed, and those that a payment of the customer followed."""
    made = followed = 0
    payments = [one for one in known(night, "payments", customer) if one.amount > 0]
    for contact in known(night, "contacts", customer):
        day = contact.contacted_on
        week_after = day + pd.Timedelta(days=7)
        if contact.channel == channel and day >= night.as_of - pd.Timedelta(days=365) and week_after < night.as_of:
            made += 1
            followed += any(day < payment.paid_on <= week_after for payment in payments)
    return made, followed


def known(night: Night, table: str, customer: str) -> Iterator:
    rows = night.ledger[table]
    rows = rows[(rows["customer_id"] == customer) & (rows["known_on"] < night.as_of)]
    return rows.itertuples()


def test_no_step_of_a_night_comes_without_the_one_before_it_nor_by_a_channel_that_it_does_not_permit(
    night: Night, written: pd.DataFrame
) -> None:
    rules, today = load_strategy("b2b", SEGMENTS).rules, day_number(night.as_of)
    items = night.tables["open_items"]
    stepped = 0
    for row in written.itertuples():
        amount, ladder = float(row.collectible_amount), rules.ladder(row.segment)
        if row.action == "pre_due_reminder":
            reminder = ladder[0].model_copy(update={"action": row.action})
            assert amount == 0 and row.channel in channels_for(rules, reminder, row.segment, amount)
            continue
        if row.due_today and (row.action, row.channel) == ("follow_up", "call"):
            continue  # who was promised a call gets one, whatever the next step would be
        contacts = [
            Contact(day_number(one.contacted_on), one.channel, None if pd.isna(one.outcome) else one.outcome)
            for one in known(night, "contacts", row.customer_id)
        ]
        days = items.loc[(items["customer_id"] == row.customer_id) & (items["days_past_due"] > 0), "days_past_due"]
        fitting = set()
        for past_due in days:
            level, reached = level_of(rules, row.segment, amount, today - past_due, contacts)
            if str(level) != row.dunning_level:
                continue
            for place, step in enumerate(ladder):
                comes = step.action == row.action and may_come(
                    rules, row.segment, place, level, reached, today - past_due, today
                )
                again = place == max(level - 1, 0) and row.action == (
                    "follow_up" if step.action == "final_notice" else step.action
                )
                if comes or again:
                    fitting.add(step.model_copy(update={"action": row.action}))
        assert fitting, (row.rank, row.action, row.dunning_level)
        assert any(row.channel in channels_for(rules, step, row.segment, amount) for step in fitting), row.rank
        stepped += int(row.dunning_level) > 0
    assert stepped


def test_what_is_said_for_the_call_is_the_customers_own_and_goes_the_way_of_its_familys_sum() -> None:
    """The night's facts, beside the contributions of each customer's invoices added up one by one."""
    model = small_models.late_trees()
    models = Models(model, small_models.default_rule(), random_effects(1))  # type: ignore[arg-type]
    options = load_settings()
    tables = real_night(small_models.ledger_folder(), FIRST, models, options, Policy(SEGMENTS, B2B, None))
    view = view_as_of(small_models.portfolio(), FIRST, small_models.CURRENCY)
    invoices = score_night(view, small_models.tonight(), models, options).invoices.reset_index(drop=True)
    ahead = question(small_models.tonight().invoices, np.full(len(invoices), 30)).reset_index(drop=True)
    parts = explain.contributions(model, ahead)
    said = 0
    for row in tables["worklist"].itertuples():
        own = invoices[invoices["customer_id"] == row.customer_id]
        weight = own["collectible"] if own["collectible"].sum() > 0 else own["open_amount"].clip(lower=1)
        mixed = sum(weight[at] * parts[at] for at in own.index) / weight.sum()
        figures = ahead.loc[max(own.index, key=lambda at: (weight[at], own.loc[at, "invoice"]))]
        total: dict[str, float] = {}
        for name, part in zip(model.scorer.features, mixed[:-1], strict=True):
            total[BY_NAME[name].family] = total.get(BY_NAME[name].family, 0.0) + part
        for text in (row.reason_2, row.reason_3):
            if pd.isna(text) or text == "":
                continue
            fact = FACT.fullmatch(text)
            speaking = [
                name
                for name in model.scorer.features
                if fact["fact"] == fact_text(name, figures[name], figures.to_dict())
                and (fact["usual"] is None) == (BY_NAME[name].minus is not None)
                and fact["usual"] in (None, figure(model.card.usual.get(name, 0.0), BY_NAME[name].unit))
            ]
            assert speaking, text
            way = [total[BY_NAME[name].family] > 0 for name in speaking]
            assert (fact["direction"] == "raises") in way, text
            said += 1
    assert said > 15
