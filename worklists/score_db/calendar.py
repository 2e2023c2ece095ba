"""The rows of the calendar, which every database gets once."""

from functools import cache
from typing import Any

import pandas as pd
import sqlalchemy as sa

from ledger.clock import day_numbers
from worklists.score_db.tables import CALENDAR

FIRST, LAST = "2000-01-01", "2049-12-31"
MONDAY = 3  # 1970-01-01, the first day number, was a Thursday
WORKING_DAYS = 5


def fill(connection: sa.Connection) -> None:
    """Write all days into the calendar where it is empty, in the connection's transaction."""
    if connection.execute(sa.text(f"SELECT 1 FROM {CALENDAR.name} LIMIT 1")).first() is not None:
        return
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {CALENDAR.name} FROM STDIN") as copy:
            for row in rows():
                copy.write_row(row)
    else:
        driver.executemany(f"INSERT INTO {CALENDAR.name} VALUES ({', '.join('?' * len(CALENDAR.names))})", rows())


@cache
def rows() -> list[tuple[Any, ...]]:
    """One row per day, in declared order, dates as ISO texts."""
    days = pd.Series(pd.date_range(FIRST, LAST))
    number, weekday = pd.Series(day_numbers(days)), days.dt.day_of_week
    working = weekday < WORKING_DAYS
    working_day_number = (number + MONDAY) // 7 * WORKING_DAYS + (weekday + 1).clip(upper=WORKING_DAYS) - MONDAY
    frame = pd.DataFrame(
        {
            "day": days.astype("str"),
            "day_number": number,
            "week": (days - pd.to_timedelta(weekday, unit="D")).astype("str"),
            "month": days.dt.strftime("%Y-%m"),
            "quarter": days.dt.year.astype("str") + "-Q" + days.dt.quarter.astype("str"),
            "year": days.dt.year,
            "weekday": weekday + 1,
            "working_day": working.astype("int64"),
            "working_day_number": working_day_number,
            "month_end": days.dt.is_month_end.astype("int64"),
        }
    )
    return list(zip(*(frame[name].tolist() for name in CALENDAR.names), strict=True))
