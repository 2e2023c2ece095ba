"""The figures of the simulated worlds as Markdown tables, those of `benchmarks/pages/worlds.md`."""

from collections.abc import Iterable

import pandas as pd

from benchmarks.quality.worlds.coverage import EVERYONE, coverage, levels


def report(runs: pd.DataFrame, ranks: pd.DataFrame, groups: pd.DataFrame) -> str:
    """All tables: in how many runs an effect was learned, per world the shares of the oracle, then coverage, levels."""
    learned = runs.groupby(["world", "night"], sort=False)["learned"].agg(["size", "sum"]).reset_index()
    parts = [_table(["world", "night", "runs", "learned an effect"], learned.itertuples(index=False))]
    for world, of_world in ranks.groupby("world", sort=False) if len(ranks) else ():
        parts += [f"## {world}: shares of the oracle", rank_table(of_world)]
    if len(groups):
        parts += ["## Coverage of the 90% intervals", coverage_table(groups)]
        parts += ["## The level of the effect", level_table(groups)]
    return "\n\n".join(parts)


def rank_table(ranks: pd.DataFrame) -> str:
    """Of one world: policies by share of the customers, per cent of the oracle, mean and spread over the runs; and ours
    by night."""
    stats = ranks.groupby(["policy", "share"], sort=False)["of_oracle"].agg(["mean", "std"])
    text = stats.apply(_spread, axis=1).unstack("share")
    ours = ranks[ranks["policy"] == "duerank"].groupby(["night", "share"], sort=False)["of_oracle"].agg(["mean", "std"])
    by_night = ours.apply(_spread, axis=1).unstack("share").rename(index=lambda night: f"*duerank, {night}*")
    rows = [(name, *values) for table in (text, by_night) for name, *values in table.itertuples()]
    return _table(["policy", *(f"{share:.0%}" for share in text.columns)], rows)


def coverage_table(groups: pd.DataFrame) -> str:
    """Of every world, night and grouping."""
    found = coverage(groups[groups["grouping"] != EVERYONE])
    rows = [
        (
            row.world,
            row.night,
            row.grouping,
            row.groups,
            f"{row.holds:.0%}",
            f"{row.wide:.1%}",
            f"{row.beside_zero:.0%}",
        )
        for row in found.itertuples()
    ]
    return _table(["world", "night", "groups by channel", "groups", "hold the truth", "width", "exclude zero"], rows)


def level_table(groups: pd.DataFrame) -> str:
    """Predicted and true mean effect of every world, night and channel, and the first as a share of the second."""
    rows = [
        (row.world, row.night, row.channel, f"{row.effect:.2%}", f"{row.true:.2%}",
         "" if pd.isna(row.of_true) else f"{row.of_true:.2f}")
        for row in levels(groups).itertuples()
    ]  # fmt: skip
    return _table(["world", "night", "channel", "predicted", "true", "predicted / true"], rows)


def _spread(row: pd.Series) -> str:
    alone = pd.isna(row["std"])
    return f"{row['mean']:.1%}" if alone else f"{row['mean']:.1%} ± {row['std']:.1%}"


def _table(head: list[str], rows: Iterable[tuple[object, ...]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(map(str, row)) + " |" for row in rows])
