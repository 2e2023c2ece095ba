"""The files of a backtest."""

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from ledger.reading.quarantine import write_csv


def write_backtest(
    folder: Path, predictions: dict[str, pd.DataFrame], tables: dict[str, pd.DataFrame], policies: Figure
) -> None:
    """A Parquet file for each of the predictions, a CSV file for each of the tables, and policies.png; each replaced at
    once."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in predictions.items():
        frame.to_parquet(folder / f".{name}.parquet", index=False)
        (folder / f".{name}.parquet").replace(folder / f"{name}.parquet")
    for name, frame in tables.items():
        write_csv(frame, folder / f".{name}.csv")
        (folder / f".{name}.csv").replace(folder / f"{name}.csv")
    policies.savefig(folder / ".policies.png", dpi=110, metadata={"Software": None})
    (folder / ".policies.png").replace(folder / "policies.png")
