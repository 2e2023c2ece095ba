"""How much of the money that contacts could bring each policy finds, on simulated worlds whose truth is known.

    python -m benchmarks.quality.worlds [--seeds 5] [--customers 3000] [--days 720] [--workers 2] [--worlds b2b mixed]

For every world and seed a ledger is simulated. On two nights, the one after its last day and one 75 days earlier, the
models learn from what was known by then, and the customers of the night are ranked. The truth says what a contact with
each would really have brought. The oracle knows it; `reachable` is a ceiling for any learner: our features, trained on
the true effects of other seeds of the same world (of so many `--ceilings`). Beside the rank, the predicted effects are
compared with the true ones: whether the intervals of groups hold them, and whether the level is right.
"""

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.quality.worlds.coverage import groups
from benchmarks.quality.worlds.night import (
    Ceiling,
    JudgedNight,
    ceiling_rows,
    date_of,
    judged_night,
    nights_of,
    simulated,
    truth_of,
)
from benchmarks.quality.worlds.tables import report
from features.window_kernels import Floats
from ledger.simulator.worlds import WORLDS

FIRST_SEED, FIRST_CEILING_SEED = 7_001, 8_001
SHARES = (0.02, 0.05, 0.1, 0.2)
Rows = list[dict[str, object]]


def one(job: tuple[str, int, int, int, list[dict[int, Ceiling]]]) -> dict[str, Rows]:
    """Of one ledger: its nights (`runs`), the share of the oracle of every policy, and the groups of the effects."""
    world, seed, customers, days, ceiling = job
    simulation, portfolio = simulated(world, seed, customers, days)
    found: dict[str, Rows] = {"runs": [], "ranks": [], "groups": []}
    for night in nights_of(days):
        of_others = [part[night] for part in ceiling]
        judged = judged_night(portfolio, truth_of(simulation, night, days), night, of_others)
        run: dict[str, object] = {"world": world, "seed": seed, "night": f"{date_of(night):%B}"}
        found["runs"].append(run | {"learned": judged.learned})
        found["ranks"] += [run | row for row in shares_of_oracle(judged)]
        found["groups"] += [run | row for row in groups(judged)]
    return found


def shares_of_oracle(night: JudgedNight) -> Rows:
    """Of every policy and share of the customers; nothing where contacts bring nothing."""
    true = night.true
    largest = true.max(axis=1)
    own, usual = _by(true, night.own), _by(true, night.usual)
    tried = {name: (rank, own if name == "duerank" else usual) for name, rank in night.ranks.items()}
    tried |= {f"{name}, best channel": (rank, largest) for name, rank in night.ranks.items()}
    tried["perfect risk only"] = (night.unpaid, usual)
    tried["perfect risk only, best channel"] = (night.unpaid, largest)
    if night.reach is not None:
        tried["reachable"] = (night.reach.max(axis=1), _by(true, night.reach.argmax(axis=1)))
    rows: Rows = []
    for share, (name, (rank, gain)) in product(SHARES, tried.items()):
        count = max(round(share * len(largest)), 1)
        oracle = np.sort(largest)[::-1][:count].sum()
        if oracle > 0:
            top = np.argsort(-rank, kind="stable")[:count]
            rows.append({"share": share, "policy": name, "of_oracle": gain[top].sum() / oracle})
    return rows


def _by(true: Floats, place: np.ndarray) -> Floats:
    return np.where(place >= 0, true[np.arange(len(true)), np.maximum(place, 0)], 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("seeds", 5), ("customers", 3_000), ("days", 720), ("workers", 2), ("ceilings", 8)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--out", default="worlds.json", help="where every single figure goes")
    parser.add_argument("--worlds", nargs="+", default=list(WORLDS), choices=list(WORLDS))
    asked = parser.parse_args()
    size, begun = (asked.customers, asked.days), time.monotonic()
    found: dict[str, Rows] = {"runs": [], "ranks": [], "groups": []}
    with ProcessPoolExecutor(asked.workers) as pool:
        for world in asked.worlds:
            ceiling = []
            if WORLDS[world].contacts_work and asked.ceilings:
                seeds = range(FIRST_CEILING_SEED, FIRST_CEILING_SEED + asked.ceilings)
                many = ([value] * asked.ceilings for value in size)
                ceiling = list(pool.map(ceiling_rows, [world] * asked.ceilings, seeds, *many))
                print(f"{world}: the ceiling's ledgers are made, {time.monotonic() - begun:.0f} seconds", flush=True)
            jobs = [(world, seed, *size, ceiling) for seed in range(FIRST_SEED, FIRST_SEED + asked.seeds)]
            for job, more in zip(jobs, pool.map(one, jobs), strict=True):
                for kind, rows in more.items():
                    found[kind] += rows
                print(f"{world}: seed {job[1]} is done, {time.monotonic() - begun:.0f} seconds", flush=True)
                with open(asked.out, "w") as file:
                    json.dump(found, file, indent=1)
    print(report(*(pd.DataFrame(found[kind]) for kind in ("runs", "ranks", "groups"))))


if __name__ == "__main__":
    main()
