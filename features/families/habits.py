"""How a customer pays: how late, in which direction, and in what rhythm."""

from features.declarations import ALL_HISTORY, of_customer, over_windows, trend

DELAY = (
    *over_windows(
        of_customer(
            "delay",
            "delay_mean",
            "settled",
            "days_late",
            "mean",
            unit="days late",
            meaning="mean days from due date to full payment",
            sentence="Paid {value} on average",
        )
    ),
    *over_windows(
        of_customer(
            "delay",
            "delay_by_amount",
            "settled",
            "days_late",
            "weighted_mean",
            weight="amount",
            unit="days late",
            meaning="mean days from due date to full payment, weighted by amount",
            sentence="Paid {value} on average, counting each invoice by its amount,",
        )
    ),
    *over_windows(
        of_customer(
            "delay",
            "delay_spread",
            "settled",
            "days_late",
            "spread",
            unit="days",
            meaning="standard deviation of the days late",
            sentence="Payment dates varied by {value}",
        )
    ),
    *over_windows(
        of_customer(
            "delay",
            "delay_largest",
            "settled",
            "days_late",
            "largest",
            unit="days late",
            meaning="longest delay of a paid invoice",
            sentence="The slowest payment came {value}",
        )
    ),
    *over_windows(
        of_customer(
            "delay",
            "late_share",
            "matured",
            "late",
            "mean",
            unit="share",
            monotone=1,
            meaning="share of invoices not paid by due date and grace, unpaid ones included",
            sentence="Missed {value} of due dates",
        )
    ),
    *over_windows(
        of_customer(
            "delay",
            "settled_late_share",
            "settled",
            "late",
            "mean",
            unit="share",
            monotone=1,
            meaning="share of paid invoices that were paid after due date and grace",
            sentence="Paid {value} of invoices late",
        )
    ),
    *over_windows(
        of_customer(
            "delay",
            "settled_count",
            "settled",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of invoices paid in full",
            sentence="Paid {value} invoices in full",
        )
    ),
    of_customer(
        "delay",
        "delay_last",
        "settled",
        "days_late",
        "last",
        unit="days late",
        meaning="days late of the invoice paid last",
        sentence="Paid the latest invoice {value}",
    ),
    of_customer(
        "delay",
        "delay_last_3",
        "settled",
        "days_late",
        "last_mean",
        unit="days late",
        meaning="mean days late of the three invoices paid last",
        sentence="Paid the last three invoices {value} on average",
    ),
    of_customer(
        "delay",
        "late_streak",
        "matured",
        "late",
        "streak",
        unit="count",
        empty=0,
        monotone=1,
        meaning="how many of the latest due dates in a row were missed",
        sentence="Missed the last {value} due dates in a row",
    ),
)

_DELAY_BY_NAME = {feature.name: feature for feature in DELAY}

TREND = (
    trend(
        _DELAY_BY_NAME["delay_mean_90d"],
        _DELAY_BY_NAME["delay_mean_365d"],
        "delay_trend",
        "mean days late of the last 90 days less that of the last 365 days",
    ),
    trend(
        _DELAY_BY_NAME["late_share_90d"],
        _DELAY_BY_NAME["late_share_365d"],
        "late_share_trend",
        "late share of the last 90 days less that of the last 365 days",
    ),
)

RHYTHM = (
    *over_windows(
        of_customer(
            "rhythm",
            "payment_count",
            "paid",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of payments",
            sentence="Made {value} payments",
        )
    ),
    *over_windows(
        of_customer(
            "rhythm",
            "paid_amount",
            "paid",
            "amount",
            "total",
            unit="currency",
            empty=0,
            meaning="sum of payments",
            sentence="Paid {value} in total",
        )
    ),
    *over_windows(
        of_customer(
            "rhythm",
            "payment_gap_mean",
            "paid",
            "",
            "gap_mean",
            unit="days",
            meaning="mean days between payment days",
            sentence="Left {value} between payments",
        ),
        (180, 365, ALL_HISTORY),
    ),
    *over_windows(
        of_customer(
            "rhythm",
            "payment_gap_spread",
            "paid",
            "",
            "gap_spread",
            unit="days",
            meaning="standard deviation of the days between payment days",
            sentence="The time between payments varied by {value}",
        ),
        (365, ALL_HISTORY),
    ),
    of_customer(
        "rhythm",
        "days_since_payment",
        "paid",
        "",
        "days_since_last",
        unit="days",
        meaning="days since the last payment",
        sentence="Last paid {value} ago",
    ),
    *over_windows(
        of_customer(
            "rhythm",
            "payment_day_of_month",
            "paid",
            "day_of_month",
            "mean",
            unit="day of month",
            meaning="mean day of the month of payments",
            sentence="Usually pays around day {value} of the month",
        ),
        (365, ALL_HISTORY),
    ),
    *over_windows(
        of_customer(
            "rhythm",
            "month_end_share",
            "paid",
            "month_end",
            "mean",
            unit="share",
            meaning="share of payments on the last three days of a month",
            sentence="Made {value} of payments at the end of a month",
        )
    ),
    *over_windows(
        of_customer(
            "rhythm",
            "partial_share",
            "paid",
            "partial",
            "mean",
            unit="share",
            meaning="share of payments below the amount of their invoice",
            sentence="Made {value} of payments in part",
        )
    ),
)
