"""What a frame that travels between rooms holds: declared once, and checked where the frame is made.

Names and dtypes are compared, never values, so that a check costs microseconds whatever the number of rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from ledger.declarations import TYPES

# What tables hold in memory, and the smaller numbers of a spine.
TEXT, WHOLE, NUMBER = (TYPES[kind].pandas for kind in ("text", "whole", "number"))
DATE, FLAG = (TYPES[kind].pandas for kind in ("date", "flag"))
SMALL_NUMBER = "float32"


class WrongFrame(TypeError):
    """A frame is not what its schema declares. This is a fault of the program."""


@dataclass(frozen=True)
class FrameSchema:
    """The columns of a frame, in any order: name to dtype. Other columns are refused."""

    name: str
    columns: Mapping[str, str]

    def checked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame itself; WrongFrame where a column is missing, surplus, or of another dtype.

        A number may be held whole where none is missing. A frame without rows may have any dtypes, since pandas has
        none for values that are not there.
        """
        missing = [name for name in self.columns if name not in frame]
        surplus = [str(name) for name in frame if name not in self.columns]
        if missing or surplus:
            raise WrongFrame(f"{self.name}: columns missing: {missing}; not declared: {surplus}.")
        if len(frame):
            dtypes = {str(name): str(dtype) for name, dtype in frame.dtypes.items()}
            wrong = [
                f"{name} is {dtypes[name]}, declared {dtype}"
                for name, dtype in self.columns.items()
                if dtypes[name] != dtype and (dtypes[name], dtype) != (WHOLE, NUMBER)
            ]
            if wrong:
                raise WrongFrame(f"{self.name}: {'; '.join(wrong)}.")
        return frame
