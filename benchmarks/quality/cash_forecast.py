"""How far off the cash forecast is by horizon, and how often its ranges hold, on simulated worlds.

    python -m benchmarks.quality.cash_forecast [--worlds b2b] [--seeds 11 12 13] [--customers 400] [--workers 2]

Each ledger is cut on two days. A late-payment model learns from what was known before the cut, with its correction of
the cash forecast, and forecasts the nights of the 60 days after it; what came, by value date, is read from the whole
ledger. The same is shown without a correction by horizon.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.quality.pasts import simulated
from configs.settings import load_settings
from features.calendar import weekday
from features.engine import features_at
from features.spine import Replays, spine_of
from features.window_kernels import Floats
from ledger.as_of.view import View, view_as_of
from ledger.clock import day_number
from ledger.portfolio import Portfolio
from ledger.simulator.worlds import FIRST_DAY, WORLDS
from models import retraining
from models.cash.cash_correction import DAYS, HORIZONS, IDLE_WEEKDAY, CashCorrection, correction_from_json, horizon_of
from models.cash.value_dates import cash_by_value_date, on_its_way
from models.curves.pay_curve import unpaid_curve
from models.past import gather
from models.risk import late_payment
from models.risk.risk_model import RiskModel
from worklists.figures.cash_forecast import Receipts, corrected, forecast_of, receipts

LAST, CUTS, LATER, EVERY = 700, (450, 510), 60, 4
SETTINGS = load_settings()
WITHOUT, WITH = "without", "by horizon"


def one(job: tuple[str, int, int]) -> pd.DataFrame:
    """A row for each correction and horizon: sums of cents expected and received, days judged, inside and below."""
    world, seed, customers = job
    loaded = simulated(world, customers, LAST, seed)
    whole, replays = _view(loaded.portfolio, LAST + 1), Replays()
    rows = []
    for cut in CUTS:
        past = gather(loaded, pd.Timestamp(FIRST_DAY + cut), SETTINGS, replays=replays)
        model = retraining.fit(late_payment.NAME, past, SETTINGS)
        learned = correction_from_json(model.card.cash)
        for night in range(cut, cut + LATER, EVERY):
            view = _view(loaded.portfolio, night)
            opened, came = _forecast(model, view, whole)
            for name, correction in ((WITHOUT, without(learned)), (WITH, learned)):
                rows.append(judged(opened, view.as_of, correction, came).assign(correction=name))
    return pd.concat(rows).groupby(["correction", "horizon"]).sum().reset_index().assign(world=world, seed=seed)


def without(learned: CashCorrection) -> CashCorrection:
    """The same with a first day that is as the rest of its week."""
    low, high = learned.day_low, learned.day_high
    plain = CashCorrection().first_week
    return replace(learned, first_week=plain, day_low=(low[1], *low[1:]), day_high=(high[1], *high[1:]))


def judged(opened: Receipts, as_of: pd.Timestamp, correction: CashCorrection, came: Floats) -> pd.DataFrame:
    """One night by horizon: expected and received cents of the days that are known; of the days on which people pay,
    how many there are, how many lay between p10 and p90, and how many below."""
    table, known = forecast_of(opened, as_of, correction), ~np.isnan(came)
    pays = np.array(correction.weekday)[weekday(day_number(as_of) + np.arange(DAYS))] > IDLE_WEEKDAY
    low, high = table["p10"].to_numpy(), table["p90"].to_numpy()
    mean = corrected(opened, as_of, correction)[0].sum(axis=0)
    figures = pd.DataFrame(
        {
            "expected": np.where(known, mean, 0.0),
            "received": np.where(known, came, 0.0),
            "days": known & pays,
            "inside": known & pays & (came >= low) & (came <= high),
            "below": known & pays & (came < low),
            "width": np.where(known & pays, high - low, 0.0),
        }
    ).astype(np.float64)
    return figures.groupby(horizon_of(DAYS)).sum().rename_axis("horizon").reset_index()


def table(found: pd.DataFrame) -> str:
    """Bias and coverage by horizon as Markdown, all ledgers together."""
    sums = found.groupby(["correction", "horizon"])[["expected", "received", "days", "inside", "below", "width"]].sum()
    lines = [
        "| horizon | bias, without and with | held, without and with | below, without and with | width over expected |",
        "|---|---|---|---|---|",
    ]
    for place, name in enumerate(HORIZONS):
        two = [sums.loc[(correction, place)] for correction in (WITHOUT, WITH)]
        bias = ", ".join(f"{row['expected'] / row['received'] - 1:+.1%}" for row in two)
        held, below = (", ".join(f"{row[of] / row['days']:.0%}" for row in two) for of in ("inside", "below"))
        wide = ", ".join(f"{row['width'] / row['expected']:.2f}" for row in two)
        lines.append(f"| {name} | {bias} | {held} | {below} | {wide} |")
    return "\n".join(lines)


def _view(portfolio: Portfolio, night: int) -> View:
    return view_as_of(portfolio, pd.Timestamp(FIRST_DAY + night), "EUR")


def _forecast(model: RiskModel, view: View, whole: View) -> tuple[Receipts, Floats]:
    rows = spine_of(view, features_at(view, SETTINGS.labels)).invoices
    invoice, as_of = rows["invoice"].to_numpy(), day_number(view.as_of)
    cents = np.rint((rows["amount"] * rows["open_share"]).to_numpy(np.float64)).astype(np.int64)
    cents = np.maximum(cents - on_its_way(whole, as_of, invoice).astype(np.int64), 0)
    opened = receipts(unpaid_curve(model.probability, rows, DAYS), cents, [""] * len(rows), DAYS)
    return opened, cash_by_value_date(whole, as_of, invoice, DAYS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", nargs="+", default=["b2b", "squeeze", "consumer"], choices=list(WORLDS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    for name, value in (("customers", 400), ("workers", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    with ProcessPoolExecutor(asked.workers) as pool:
        found = pd.concat(pool.map(one, product(asked.worlds, asked.seeds, [asked.customers])))
    for world, some in found.groupby("world"):
        print(f"\n{world}\n\n{table(some)}")
    print(f"\nall\n\n{table(found)}")


if __name__ == "__main__":
    main()
