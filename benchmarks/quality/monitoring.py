"""How soon monitoring reports a cash squeeze, its false alarms in a steady world, and what a retraining gains.

Run it by `python -m benchmarks.quality.monitoring [--customers 1000] [--seeds 1 2]`. In each world models are trained
on what was known before day 420, then so many nights are monitored: every one of 60 in the steady world, and every one
from the day on which the squeeze begins. After 60 nights of the squeeze models are trained again, and both are judged
on later nights.
"""

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.quality.pasts import as_loaded
from configs.settings import load_settings
from features.labels import outcomes
from features.spine import Replays, replay, replay_night, stack
from ledger.as_of.view import view_as_of
from ledger.portfolio import Portfolio, number
from ledger.simulator import simulate
from ledger.simulator.worlds import FIRST_DAY
from models import retraining
from models.curves.pay_curve import question
from models.evaluation.metrics import calibration_error
from models.monitoring import outcome_checks
from models.monitoring.watch import Monitored, normal_nights, watch
from models.night_models import Models
from models.past import gather
from models.risk import default, late_payment
from models.risk.risk_model import RiskModel

DAYS, TRAINED, NIGHTS = 630, 420, 60  # the squeeze begins on day 420, two thirds of the simulation
SETTINGS = load_settings()
CURRENCY = "EUR"


def day(number_of: int) -> pd.Timestamp:
    return pd.Timestamp(FIRST_DAY) + pd.Timedelta(days=number_of)


def trained(portfolio: Portfolio, night: pd.Timestamp) -> Models:
    past = gather(as_loaded(portfolio), night, SETTINGS)
    risk = [retraining.fit(name, past, SETTINGS) for name in (late_payment.NAME, default.NAME)]
    return Models(*risk, retraining.fit_effect(past, SETTINGS))


def monitored(portfolio: Portfolio, models: Models, first: int, nights: int) -> Iterator[Monitored]:
    """Each night, with the grid's nights replayed once."""
    replays = Replays()
    for number_of in range(first, first + nights):
        night = day(number_of)
        before = normal_nights(portfolio, night, SETTINGS.monitor)
        earlier = replay(portfolio, before, SETTINGS.labels, CURRENCY, replays=replays)
        tonight = replay_night(portfolio, SETTINGS.labels, CURRENCY, None, night)
        known = outcomes(view_as_of(portfolio, night, CURRENCY))
        yield watch(stack([earlier, tonight]), known, models, night, SETTINGS)


def later_figures(model: RiskModel, portfolio: Portfolio, first: int) -> dict[str, float]:
    """p_late on the nights from `first` on whose outcome the ledger still shows."""
    spine = replay(portfolio, [day(number_of) for number_of in range(first, DAYS - 30, 14)], SETTINGS.labels, CURRENCY)
    known = outcomes(view_as_of(portfolio, day(DAYS + 1), CURRENCY))
    until = late_payment.days_until_late(spine.invoices, SETTINGS.labels)
    rows = question(spine.invoices[until > 0], until[until > 0])
    label = late_payment.late_label(rows, known, SETTINGS.labels)
    rows, label = rows[~np.isnan(label)], label[~np.isnan(label)]
    probability = model.probability(rows)
    return {
        "auc": float(outcome_checks.roc_auc_score(label, probability)),
        "brier": float(np.mean((probability - label) ** 2)),
        "calibration_error": calibration_error(label, probability),
    }


def measure(customers: int, seeds: list[int]) -> pd.DataFrame:
    """A row for each world and seed: nights, alarms, first_alarm (nights after the squeeze began), and its breach."""
    rows = []
    for seed in seeds:
        for world in ("b2b", "squeeze"):
            portfolio = number(simulate(customers, DAYS, seed, world).tables)
            models = trained(portfolio, day(TRAINED))
            checks_by_night = list(monitored(portfolio, models, TRAINED + 1, NIGHTS))
            alarms = [place for place, one in enumerate(checks_by_night, start=1) if one.breaches]
            row = {"world": world, "seed": seed, "nights": NIGHTS, "alarms": len(alarms),
                   "first_alarm": alarms[0] if alarms else None,
                   "first_breach": checks_by_night[alarms[0] - 1].breaches[0] if alarms else ""}  # fmt: skip
            if world == "squeeze":
                again = trained(portfolio, day(TRAINED + NIGHTS))
                for name, one in (("champion", models), ("retrained", again)):
                    figures = later_figures(one.late_payment, portfolio, TRAINED + NIGHTS)
                    row |= {f"{name}_{figure}": value for figure, value in figures.items()}
            rows.append(row)
            for one in checks_by_night:
                print(world, seed, one.as_of.date(), *one.breaches, sep=" | ", flush=True)
            print(pd.DataFrame(rows).to_string(index=False), flush=True)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    chosen = parser.parse_args()
    measure(chosen.customers, chosen.seeds)
