"""Which rank finds most where no contacts are known, by what contacts would really have brought?

    python -m benchmarks.quality.assumed_effect [--worlds b2b mixed] [--seeds 3] [--customers 1000] [--days 720]

Of each simulated ledger the contacts are hidden, so that no effect can be learned. On two nights the models learn from
what was known by then, and the customers with something collectible are ranked for the first 10 and 50 calls. The truth
says what a call to each would bring. The simulator is one opinion of that: the same customers are judged by others too,
in which a call brings a share of what stays unpaid, of what is owed, or most of what seems hopeless.
"""

import argparse
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.quality.pasts import as_loaded
from benchmarks.quality.worlds.night import date_of, nights_of
from configs.settings import load_settings
from features.engine import features_at
from features.window_kernels import Floats
from ledger.as_of.view import view_as_of
from ledger.portfolio import Portfolio, number
from ledger.simulator import simulate
from ledger.simulator.worlds import WORLDS
from models import retraining
from models.night_models import Models
from models.night_scores import scored_night
from models.past import gather
from models.risk import default, late_payment
from worklists.decide.contact_gains import assumed_effect
from worklists.decide.decisions import judge, load_policy

FIRST_SEED, CALLS, ODDS_RATIOS = 21, (10, 50), (1.5, 2.0, 3.0, 5.0, 10.0)
SETTINGS = load_settings(("training.max_rows=20000", "training.spine_every_days=28"))
POLICY = load_policy(SETTINGS)
CALL = "call"


def ranks(facts: pd.DataFrame) -> dict[str, Floats]:
    """What each rank sorts by, largest first."""
    amount, unpaid = facts["collectible_amount"], facts["p_unpaid_30d"]
    days = facts["collectible_days_past_due"]
    tried = {f"odds x {ratio:g}": amount * assumed_effect(unpaid, ratio) for ratio in ODDS_RATIOS}
    tried |= {"value at risk": amount * unpaid, "oldest debt": days, "largest balance": amount}
    tried["balance x days"] = amount * days
    return {name: rank.to_numpy(dtype=np.float64) for name, rank in tried.items()}


def truths(owed: Floats, unpaid: Floats, gain: Floats) -> dict[str, Floats]:
    """What a call brings: as the simulator has it, and as others would, from the cash that stays unpaid without one."""
    share = np.divide(unpaid, owed, out=np.zeros_like(owed), where=owed > 0)
    return {
        "simulated": gain,
        "a fifth of what stays unpaid": 0.2 * unpaid,
        "a tenth of what is owed": np.minimum(0.1 * owed, unpaid),
        "more of what is hopeless": 0.3 * owed * share**2,
        "odds doubled": owed * assumed_effect(pd.Series(share), 2.0).to_numpy(),
        "odds x 5": owed * assumed_effect(pd.Series(share), 5.0).to_numpy(),
    }


def found_by(rank: Floats, gain: Floats, calls: int) -> float:
    """The share of the most that so many calls can bring."""
    top = np.argsort(-rank, kind="stable")[:calls]
    return float(gain[top].sum() / max(np.sort(gain)[::-1][:calls].sum(), 1e-9))


def of_night(portfolio: Portfolio, truth: pd.DataFrame, night: int) -> list[dict[str, object]]:
    """A row for each truth, number of calls and rank."""
    view = view_as_of(portfolio, date_of(night), "EUR")
    past = gather(as_loaded(portfolio), view.as_of, SETTINGS)
    risk = (retraining.fit(name, past, SETTINGS) for name in (late_payment.NAME, default.NAME))
    models = Models(*risk, retraining.fit_effect(past, SETTINGS))
    facts = judge(scored_night(view, features_at(view, SETTINGS.labels), models, SETTINGS), POLICY, SETTINGS).facts
    facts = facts[facts["collectible_amount"] > 0]
    by_call = truth[truth["channel"] == CALL].set_index("customer_id").loc[facts["customer_id"]]
    names = ("overdue_amount", "unpaid_30d", "extra_cash_30d")
    owed, unpaid, gain = (by_call[name].to_numpy(dtype=np.float64) for name in names)
    rows: list[dict[str, object]] = []
    for (opinion, true), calls in product(truths(owed, unpaid, gain).items(), CALLS):
        here = {"truth": opinion, "calls": calls}
        rows += [here | {"rank": name, "found": found_by(rank, true, calls)} for name, rank in ranks(facts).items()]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", nargs="+", default=["b2b", "mixed", "untidy", "consumer"], choices=list(WORLDS))
    for name, value in (("seeds", 3), ("customers", 1_000), ("days", 720)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked, found = parser.parse_args(), []
    for world, seed in product(asked.worlds, range(FIRST_SEED, FIRST_SEED + asked.seeds)):
        nights = nights_of(asked.days)
        simulation = simulate(asked.customers, asked.days, seed, world, truth_days=nights[1:])
        portfolio = number(simulation.tables | {"contacts": simulation.tables["contacts"].iloc[:0]})
        for night in nights:
            earlier = simulation.earlier_truth[simulation.earlier_truth["night"] == date_of(night)]
            truth = simulation.truth if night == asked.days else earlier
            found += [{"ledger": f"{world} {seed}"} | row for row in of_night(portfolio, truth, night)]
        print(world, seed, "is done", flush=True)
    of_ledger = pd.DataFrame(found).groupby(["truth", "calls", "rank", "ledger"], sort=False)["found"].mean()
    figures = of_ledger.groupby(level=["truth", "calls", "rank"], sort=False).agg(["mean", "std"])
    print((100 * figures).round(1).to_string())


if __name__ == "__main__":
    main()
