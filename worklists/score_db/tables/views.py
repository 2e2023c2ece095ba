"""What analysts ask of all nights together, declared as views over the score tables: SQL of SQLite and PostgreSQL.

`<table>_current` views, which these read, have the latest row of what a row is about. Dates are compared through the
calendar's numbers, since the databases count days in different ways.
"""

from dataclasses import dataclass

from ledger.declarations import Column, day, number, probability, text, whole
from worklists.score_db.tables.columns import money

CASH_DAYS = 30
HORIZONS = (7, 14, 30, 60, 90)
WORKED_WITHIN = (1, 3, 5)
WORKED_DAYS = 14  # in which there are as many working days: what was done later counts for no share
WITHIN = "CASE WHEN after <= {} THEN {} ELSE {} END"


@dataclass(frozen=True)
class View:
    """A view: what one of its rows is about is its `key`."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    query: str

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def current(name: str, names: list[str], about: tuple[str, ...]) -> str:
    """The query of a `<table>_current` view: rows that no later one is about, each looked up by the table's index."""
    of_table = ", ".join(f"{name}.{column}" for column in names)
    same = " AND ".join(f"later.{key} = {name}.{key}" for key in about)
    return (
        f"SELECT {of_table} FROM {name} WHERE NOT EXISTS "
        f"(SELECT 1 FROM {name} AS later WHERE {same} AND later.as_of > {name}.as_of)"
    )


PROMISES_KEPT_BY_COLLECTOR = View(
    "promises_kept_by_collector",
    "Promises whose day has passed, by the collector who took them.",
    key=("collector_id",),
    columns=(
        text("collector_id", "who took the promises; empty where it is not known", optional=True),
        whole("promises", "promises whose day has passed"),
        whole("kept", "those of which all came in by their day"),
        number("kept_rate", "kept / promises", "0 to 1"),
        money("promised", "promised amounts"),
        money("paid", "what came in toward them, of each no more than was promised"),
    ),
    query="""
        SELECT collector_id, COUNT(*) AS promises, SUM(CASE WHEN state = 'kept' THEN 1 ELSE 0 END) AS kept,
               AVG(CASE WHEN state = 'kept' THEN 1.0 ELSE 0.0 END) AS kept_rate, SUM(amount) AS promised,
               SUM(CASE WHEN paid < 0 THEN 0 WHEN paid < amount THEN paid ELSE amount END) AS paid
        FROM promises_tracked_current
        WHERE promised_on < (SELECT MAX(as_of) FROM runs)
        GROUP BY collector_id
    """,
)

FORECAST_AGAINST_ACTUAL = View(
    "forecast_against_actual",
    "What a night's forecast expected of the days ahead, open invoices and those not issued yet together, beside what "
    "came in on those days, once they have passed. What is booked later is still missing from the latest ones.",
    key=("as_of", "horizon_days"),
    columns=(
        day("as_of", "the night of the forecast"),
        whole("horizon_days", "days ahead: 7, 14, 30, 60 or 90", "days"),
        money("expected", "expected receipts of these days"),
        money("actual", "receipts of these days, by value date"),
        number("error", "expected / actual - 1; empty where nothing came in", "ratio", optional=True),
    ),
    query=f"""
        WITH daily AS (
            SELECT as_of, day, SUM(expected) AS expected FROM cash_forecast_parts GROUP BY as_of, day
        ), cash AS (
            SELECT paid_on, SUM(amount) AS amount FROM receipts_current GROUP BY paid_on
        ), added_up AS (
            SELECT daily.as_of, daily.day, COUNT(*) OVER of_night AS days,
                   SUM(daily.expected) OVER of_night AS expected, SUM(COALESCE(cash.amount, 0)) OVER of_night
                       AS actual
            FROM daily
            LEFT JOIN cash ON cash.paid_on = daily.day
            WINDOW of_night AS (PARTITION BY daily.as_of ORDER BY daily.day)
        )
        SELECT added_up.as_of, added_up.days AS horizon_days, added_up.expected, added_up.actual,
               1.0 * added_up.expected / NULLIF(added_up.actual, 0) - 1 AS error
        FROM added_up
        JOIN calendar AS begins ON begins.day = added_up.as_of
        JOIN calendar AS ends ON ends.day = added_up.day AND ends.day_number = begins.day_number + added_up.days - 1
        WHERE added_up.days IN ({", ".join(map(str, HORIZONS))}) AND added_up.day < (SELECT MAX(as_of) FROM runs)
    """,
)

WORKLIST_WORKED = View(
    "worklist_worked",
    "How much of a night's list was worked: customers who were contacted within the first working days from that day "
    "on, by the collector to whom the list gave them, whoever made the contact.",
    key=("as_of", "collector_id"),
    columns=(
        day("as_of", "the night of the list"),
        text("collector_id", "to whom the list gave the customers; empty where no one is assigned", optional=True),
        whole("listed", "customers on the list"),
        *(whole(f"worked_{days}d", f"those contacted within {days} working days") for days in WORKED_WITHIN),
        *(number(f"share_{days}d", f"worked_{days}d / listed", "0 to 1") for days in WORKED_WITHIN),
        whole("days_known", "working days whose contacts are known: a share of more days is not complete", "days"),
    ),
    query=f"""
        WITH worked AS (
            SELECT list.as_of, list.collector_id, list.customer_id,
                   begins.working_day_number - begins.working_day AS before,
                   MIN(days.working_day_number) - begins.working_day_number + begins.working_day AS after
            FROM worklist AS list
            JOIN calendar AS begins ON begins.day = list.as_of
            JOIN calendar AS ends ON ends.day_number = begins.day_number + {WORKED_DAYS}
            LEFT JOIN contacts_made_current AS made
                ON made.customer_id = list.customer_id AND made.contacted_on >= list.as_of
                AND made.contacted_on < ends.day
            LEFT JOIN calendar AS days ON days.day = made.contacted_on
            GROUP BY list.as_of, list.collector_id, list.customer_id, begins.working_day_number, begins.working_day
        )
        SELECT worked.as_of, worked.collector_id, COUNT(*) AS listed,
               {", ".join(f"SUM({WITHIN.format(days, 1, 0)}) AS worked_{days}d" for days in WORKED_WITHIN)},
               {", ".join(f"AVG({WITHIN.format(days, 1.0, 0.0)}) AS share_{days}d" for days in WORKED_WITHIN)},
               MAX(tonight.working_day_number - tonight.working_day - worked.before) AS days_known
        FROM worked
        JOIN calendar AS tonight ON tonight.day = (SELECT MAX(as_of) FROM runs)
        GROUP BY worked.as_of, worked.collector_id
    """,
)

CASH_AFTER_CONTACT = View(
    "cash_after_contact",
    "Cash of the 30 days from a contact on that a list had asked for, by channel, beside that of customers held out at "
    "random, from the first night of their hold-out period on. Who is contacted is chosen: what a contact changes is "
    "extra_cash_per_contact in key_figures. Cash after two contacts of one customer counts for both.",
    key=("channel",),
    columns=(
        text("channel", "how they were contacted, or held out"),
        whole("cases", "contacts, a customer and a day each; held out: customers and periods"),
        whole("customers", "customers"),
        money("collectible_amount", "what could be collected on the night of the list"),
        money("cash", "receipts of the customers in the 30 days"),
        number("cash_share", "cash / collectible_amount", "ratio", optional=True),
    ),
    query=f"""
        WITH first_draws AS (
            SELECT customer_id, period, MIN(as_of) AS as_of FROM contact_log WHERE propensity < 1
            GROUP BY customer_id, period
        ), cases AS (
            SELECT made.channel, made.customer_id, made.contacted_on AS begins_on, log.collectible_amount
            FROM contacts_made_current AS made
            JOIN contact_log AS log ON log.as_of = made.list_of AND log.customer_id = made.customer_id
            WHERE log.recommended = 1
            UNION
            SELECT 'held out', log.customer_id, log.as_of, log.collectible_amount
            FROM contact_log AS log
            JOIN first_draws AS draw
                ON draw.customer_id = log.customer_id AND draw.period = log.period AND draw.as_of = log.as_of
            WHERE log.held_out = 1
        ), passed AS (
            SELECT cases.channel, cases.customer_id, cases.begins_on, cases.collectible_amount, ends.day AS ends_on
            FROM cases
            JOIN calendar AS begins ON begins.day = cases.begins_on
            JOIN calendar AS ends ON ends.day_number = begins.day_number + {CASH_DAYS}
            WHERE ends.day <= (SELECT MAX(as_of) FROM runs)
        ), paid AS (
            SELECT passed.channel, passed.customer_id, passed.begins_on, passed.collectible_amount,
                   COALESCE(SUM(cash.amount), 0) AS cash
            FROM passed
            LEFT JOIN receipts_current AS cash
                ON cash.customer_id = passed.customer_id
                AND cash.paid_on >= passed.begins_on AND cash.paid_on < passed.ends_on
            GROUP BY passed.channel, passed.customer_id, passed.begins_on, passed.collectible_amount
        )
        SELECT channel, COUNT(*) AS cases, COUNT(DISTINCT customer_id) AS customers,
               SUM(collectible_amount) AS collectible_amount, SUM(cash) AS cash,
               1.0 * SUM(cash) / NULLIF(SUM(collectible_amount), 0) AS cash_share
        FROM paid
        GROUP BY channel
    """,
)

CALIBRATION_BY_MONTH = View(
    "calibration_by_month",
    "Published chances beside what happened, by the month of the scores; see outcomes.",
    key=("month", "measure"),
    columns=(
        text("month", "month of the scores, such as 2024-06"),
        text("measure", "late, paid_30d, unpaid_30d or default"),
        whole("scores", "scores whose outcome is known; of one invoice, those of several nights count"),
        probability("expected", "mean of the published chances"),
        probability("actual", "share that happened"),
        money("expected_amount", "amounts times the published chances"),
        money("actual_amount", "amounts times what happened"),
    ),
    query="""
        SELECT calendar.month, came.measure, COUNT(*) AS scores, AVG(came.expected) AS expected,
               AVG(came.actual) AS actual, SUM(came.amount * came.expected) AS expected_amount,
               SUM(came.amount * came.actual) AS actual_amount
        FROM outcomes_current AS came
        JOIN calendar ON calendar.day = came.scored_on
        GROUP BY calendar.month, came.measure
    """,
)

VIEWS: dict[str, View] = {
    view.name: view
    for view in (
        PROMISES_KEPT_BY_COLLECTOR,
        FORECAST_AGAINST_ACTUAL,
        WORKLIST_WORKED,
        CASH_AFTER_CONTACT,
        CALIBRATION_BY_MONTH,
    )
}
