"""What was measured: key figures with their values, and a sentence where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from worklists.figures.key_figures import KeyFigure


@dataclass(frozen=True)
class Measured:
    """Rows as in `key_figures`, and why their values are missing ('' where they are measured)."""

    rows: pd.DataFrame
    note: str

    @classmethod
    def of(cls, figures: Sequence[KeyFigure], values: Sequence[float], note: str) -> "Measured":
        """The declared figures with their values, in the order of both."""
        rows = pd.DataFrame(
            {
                "name": pd.Series([figure.name for figure in figures], dtype="str"),
                "value": pd.Series(list(values), dtype="float64"),
                "unit": pd.Series([figure.unit for figure in figures], dtype="str"),
                "formula": pd.Series([figure.formula for figure in figures], dtype="str"),
            }
        )
        return cls(rows, note)
