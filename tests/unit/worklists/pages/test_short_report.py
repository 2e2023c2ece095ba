"""The night in short says how much there is to do and to come, and names no one."""

import pandas as pd

from worklists.pages.short_report import short_report


def night() -> dict[str, pd.DataFrame]:
    run = {"as_of": pd.Timestamp("2024-06-25"), "worklist_rows": 2, "invoices_scored": 1_500, "customers_scored": 900,
           "quarantined_rows": 3, "reporting_currency": "EUR", "notes": "first remark\nsecond remark"}  # fmt: skip
    worklist = {"customer_id": ["C1", "C2"], "customer_name": ["Ada Lovelace"] * 2, "action": ["firm_demand"] * 2,
                "channel": ["call"] * 2}  # fmt: skip
    figures = [("dso", 26.07, "days"), ("promise_kept_rate", 0.3125, "share"), ("gain_level", None, "share"),
               ("ageing_1_30", 1_000.0, "currency"), ("ageing_current", 5_000.0, "currency")]  # fmt: skip
    days = pd.date_range("2024-06-25", periods=35)
    cash = pd.DataFrame({"day": days, "segment": "all", "part": "open", "expected": 10_000})
    return {
        "runs": pd.DataFrame([run]),
        "worklist": pd.DataFrame(worklist),
        "key_figures": pd.DataFrame(figures, columns=["name", "value", "unit"]),
        "cash_forecast_parts": cash,
    }


def test_it_has_the_work_the_figures_that_are_known_the_cash_of_four_weeks_and_the_notes() -> None:
    text = short_report(night())
    assert "2 customers to contact, 1,500 open invoices and 900 customers scored, 3 rows" in text
    assert "| Firm demand | Call | 2 |" in text
    assert "| DSO | 26.1 days |" in text and "| Promise kept rate | 31% |" in text
    assert "ain level" not in text
    assert "| 1 to 30 days | 1,000 |" in text
    assert text.count("| 700 |") == 4
    assert text.endswith("- first remark\n- second remark")


def test_it_names_no_one() -> None:
    text = short_report(night())
    assert "Ada" not in text and "C1" not in text


def test_a_night_without_work_and_notes_has_its_heads_only() -> None:
    empty = night()
    empty["worklist"] = empty["worklist"].head(0)
    empty["runs"] = empty["runs"].assign(notes=float("nan"))
    assert "| to do | by | customers |\n| --- | --- | --- |\n\n" in short_report(empty)
