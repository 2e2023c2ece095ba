"""A night says what a contact brought, by the interval that may be looked at every night, or why that is not known."""

import numpy as np
import pandas as pd

from worklists.figures.experiments import EXPERIMENT_FIGURES, experiments

NO_LINE = pd.DataFrame({name: pd.Series(dtype="float64") for name in ("cash", "contacted", "line_ratio")})


def drawn(size: int, learned: bool = True) -> pd.DataFrame:
    chance = np.random.default_rng(1)
    held_out = np.arange(size) % 5 == 0
    return pd.DataFrame(
        {
            "customer_id": [f"c{place}" for place in range(size)], "held_out": held_out.astype(np.int64),
            "propensity": np.where(held_out, 0.2, 0.8), "collectible_amount": 50_000, "p_unpaid_30d": 0.5,
            "expected_gain": pd.array([5_000 if learned else None] * size, dtype="Int64"),
            "days_past_due": pd.array([12] * size, dtype="Int64"),
            "cash": chance.normal(20_000, 500, size) + 5_000 * ~held_out, "contacts": 1.0 * ~held_out,
        }
    )  # fmt: skip


def test_what_was_measured_is_said_with_the_interval_for_every_night() -> None:
    found = experiments(drawn(1_000), NO_LINE, drawn(10))
    assert found.rows["name"].tolist() == [figure.name for figure in EXPERIMENT_FIGURES]
    values = found.rows.set_index("name")["value"]
    low, high = (values[f"extra_cash_per_contact_always_{end}"] for end in ("low", "high"))
    cash = values["extra_cash_per_contact"]
    assert found.notes[0] == (
        f"extra cash per contact is {cash:.2f}; by the interval that may be looked at every night it lies between "
        f"{low:.2f} and {high:.2f}"
    )
    assert len(found.notes) == 2 and found.notes[1].startswith("extra cash at the line is not measured")
    assert low < values["extra_cash_per_contact_low"] < values["extra_cash_per_contact_high"] < high


def test_where_only_the_expectation_is_missing_that_is_said_beside_it() -> None:
    found = experiments(drawn(1_000, learned=False), NO_LINE, drawn(10))
    assert found.notes[0].startswith("extra cash per contact is ")
    assert found.notes[1].startswith("what contacts bring is not compared with what was expected yet")


def test_where_nothing_is_measured_one_sentence_on_the_draw_is_enough() -> None:
    found = experiments(drawn(60), NO_LINE, drawn(10))
    assert [note.split(":")[0] for note in found.notes] == [
        "extra cash per contact is not measured yet", "extra cash at the line is not measured",
    ]  # fmt: skip
