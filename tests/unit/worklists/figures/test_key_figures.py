"""Key figures of small portfolios, computed by hand."""

import math

import pandas as pd
import pytest

from ledger.as_of.view import View
from tests.support.view_from_rows import view_of
from worklists.figures.key_figures import KEY_FIGURES, key_figures


def figures(view: View) -> dict[str, float]:
    return key_figures(view).set_index("name")["value"].to_dict()


def portfolio(**more: list[dict[str, object]]) -> View:
    """On 2024-03-31: 300.00 not due, 100.00 of 2 days, 60.00 of 40 days, and 500.00 that was paid in March."""
    return view_of(
        "2024-03-31",
        invoices=[
            {"amount": 30_000, "issued_on": "2024-03-10", "due_on": "2024-04-10"},
            {"amount": 10_000, "issued_on": "2024-02-20", "due_on": "2024-03-29"},
            {"amount": 10_000, "issued_on": "2024-01-20", "due_on": "2024-02-20"},
            {"amount": 50_000, "issued_on": "2023-12-01", "due_on": "2024-01-01"},
            *more.pop("invoices", []),
        ],
        payments=[
            {"invoice_id": "i3", "amount": 4_000, "paid_on": "2024-03-05"},
            {"invoice_id": "i4", "amount": 50_000, "paid_on": "2024-03-15"},
        ],
        **more,
    )


def test_days_outstanding_relate_receivables_to_ninety_days_of_billing() -> None:
    found = figures(portfolio())
    assert found["dso"] == pytest.approx(46_000 / 50_000 * 90)
    assert found["best_possible_dso"] == pytest.approx(30_000 / 50_000 * 90)
    assert found["average_days_delinquent"] == pytest.approx(16_000 / 50_000 * 90)


def test_effectiveness_relates_what_was_collected_in_thirty_days_to_what_could_be() -> None:
    # 30 days before, on 2024-03-01, 10,000 + 10,000 + 50,000 was open; 30,000 was billed since; 46,000 is left
    assert figures(portfolio())["collection_effectiveness_index"] == pytest.approx(
        (70_000 + 30_000 - 46_000) / (70_000 + 30_000 - 30_000) * 100
    )


def test_an_invoice_known_late_counts_as_billed_since_and_not_as_lost_or_collected() -> None:
    late: dict[str, object] = {
        "amount": 8_000, "issued_on": "2024-02-01", "due_on": "2024-03-01", "known_on": "2024-03-20",
    }  # fmt: skip
    assert figures(portfolio(invoices=[late]))["collection_effectiveness_index"] == pytest.approx(
        (70_000 + 38_000 - 54_000) / (70_000 + 38_000 - 30_000) * 100
    )


def test_a_withdrawn_invoice_was_neither_billed_nor_collected() -> None:
    view = portfolio(
        invoices=[{"amount": 9_000, "issued_on": "2024-02-01"}],
        adjustments=[{"invoice_id": "i5", "kind": "cancellation", "amount": 9_000, "posted_on": "2024-03-20"}],
    )
    assert figures(view) == pytest.approx(figures(portfolio()), nan_ok=True)


def test_ageing_holds_every_open_cent_in_one_bucket() -> None:
    found = figures(portfolio())
    ageing = {name.removeprefix("ageing_"): value for name, value in found.items() if name.startswith("ageing_")}
    assert ageing == {"current": 300.0, "1_30": 100.0, "31_60": 60.0, "61_90": 0.0, "91_up": 0.0}


@pytest.mark.parametrize(("days", "bucket"), [(0, "current"), (1, "1_30"), (30, "1_30"), (31, "31_60"), (91, "91_up")])
def test_the_edges_of_the_buckets(days: int, bucket: str) -> None:
    as_of = pd.Timestamp("2024-01-31") + pd.Timedelta(days=days)
    view = view_of(str(as_of.date()), invoices=[{"amount": 100}])
    assert figures(view)[f"ageing_{bucket}"] == 1.0


def test_roll_rates_follow_the_same_invoices_over_thirty_days() -> None:
    # on 2024-03-01: i2 not due, i3 10 days, i4 60 days past due; now i2 2 days, 6,000 of i3 40 days, i4 paid
    found = figures(portfolio())
    assert found["roll_current_to_1_30"] == 1.0
    assert found["roll_1_30_to_31_60"] == pytest.approx(0.6)
    assert found["roll_31_60_to_61_90"] == 0.0
    assert math.isnan(found["roll_61_90_to_91_up"])


def test_the_promise_kept_rate_counts_promises_due_in_ninety_days() -> None:
    view = portfolio(
        promises=[
            {"invoice_id": "i3", "made_on": "2024-03-01", "promised_on": "2024-03-06", "amount": 4_000},
            {"invoice_id": "i2", "made_on": "2024-03-01", "promised_on": "2024-03-06", "amount": 4_000},
            {"made_on": "2023-12-01", "promised_on": "2023-12-15", "amount": 1},
            {"made_on": "2024-03-01", "promised_on": "2024-03-31", "amount": 1},
        ]
    )
    assert figures(view)["promise_kept_rate"] == 0.5


def test_a_change_of_the_exchange_rate_collects_nothing() -> None:
    view = view_of(
        "2024-03-31",
        invoices=[{"amount": 10_000, "currency": "USD", "due_on": "2024-02-20"}],
        fx_rates=[{"currency": "USD", "rate": 1.0}, {"currency": "USD", "rate": 0.5, "on": "2024-03-15"}],
    )
    assert figures(view)["collection_effectiveness_index"] == 0.0


def test_what_cannot_be_said_is_missing_and_every_figure_says_how_it_is_computed() -> None:
    table = key_figures(
        view_of("2026-01-01", invoices=[{"amount": 100}], payments=[{"invoice_id": "i1", "amount": 100}])
    )
    assert table["name"].tolist() == [figure.name for figure in KEY_FIGURES]
    undefined = table.loc[table["value"].isna(), "name"].tolist()
    assert undefined == [name for name in table["name"] if not name.startswith("ageing_")]
    assert table["formula"].str.len().gt(20).all()
