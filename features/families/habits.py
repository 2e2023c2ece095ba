"""How a customer pays: how late, in which direction, and in what rhythm."""

from features.declarations import ALL_HISTORY, of_customer, over_windows, trend

DELAY = (
    *over_windows(
        of_customer(
            "delay_mean",
            family="delay",
            statistic="mean",
            value="days_late",
            source="settled",
            unit="days late",
            meaning="mean days from due date to full payment",
            sentence="Paid {value} on average",
            worse=1,
        )
    ),
    *over_windows(
        of_customer(
            "delay_by_amount",
            family="delay",
            statistic="weighted_mean",
            value="days_late",
            source="settled",
            weight="amount",
            unit="days late",
            meaning="mean days from due date to full payment, weighted by amount",
            sentence="Paid {value} on average, counting each invoice by its amount,",
        )
    ),
    *over_windows(
        of_customer(
            "delay_spread",
            family="delay",
            statistic="spread",
            value="days_late",
            source="settled",
            unit="days",
            meaning="standard deviation of the days late",
            sentence="Payment dates varied by {value}",
        )
    ),
    *over_windows(
        of_customer(
            "delay_largest",
            family="delay",
            statistic="largest",
            value="days_late",
            source="settled",
            unit="days late",
            meaning="longest delay of a paid invoice",
            sentence="The slowest payment came {value}",
            worse=1,
        )
    ),
    *over_windows(
        of_customer(
            "late_share",
            family="delay",
            statistic="mean",
            value="late",
            source="matured",
            unit="share",
            monotone=1,
            meaning="share of invoices not paid by due date and grace, unpaid ones included",
            sentence="Missed {value} of due dates",
            worse=1,
        )
    ),
    *over_windows(
        of_customer(
            "settled_late_share",
            family="delay",
            statistic="mean",
            value="late",
            source="settled",
            unit="share",
            monotone=1,
            meaning="share of paid invoices that were paid after due date and grace",
            sentence="Paid {value} of invoices late",
            worse=1,
        )
    ),
    *over_windows(
        of_customer(
            "settled_count",
            family="delay",
            statistic="count",
            source="settled",
            unit="count",
            empty=0,
            meaning="number of invoices paid in full",
            sentence="Paid {value} invoices in full",
        )
    ),
    of_customer(
        "delay_last",
        family="delay",
        statistic="last",
        value="days_late",
        source="settled",
        unit="days late",
        meaning="days late of the invoice paid last",
        sentence="Paid the latest invoice {value}",
        worse=1,
    ),
    of_customer(
        "delay_last_3",
        family="delay",
        statistic="last_mean",
        value="days_late",
        source="settled",
        unit="days late",
        meaning="mean days late of the three invoices paid last",
        sentence="Paid the last three invoices {value} on average",
        worse=1,
    ),
    of_customer(
        "late_streak",
        family="delay",
        statistic="streak",
        value="late",
        source="matured",
        unit="count",
        empty=0,
        monotone=1,
        meaning="how many of the latest due dates in a row were missed",
        sentence="Missed the last {value} due dates in a row",
        worse=1,
        of_one="Missed the last due date",
    ),
)

_DELAY_BY_NAME = {feature.name: feature for feature in DELAY}

TREND = (
    trend(
        "delay_trend",
        meaning="mean days late of the last 90 days less that of the last 365 days",
        recent=_DELAY_BY_NAME["delay_mean_90d"],
        earlier=_DELAY_BY_NAME["delay_mean_365d"],
    ),
    trend(
        "late_share_trend",
        meaning="late share of the last 90 days less that of the last 365 days",
        recent=_DELAY_BY_NAME["late_share_90d"],
        earlier=_DELAY_BY_NAME["late_share_365d"],
    ),
)

RHYTHM = (
    *over_windows(
        of_customer(
            "payment_count",
            family="rhythm",
            statistic="count",
            source="paid",
            unit="count",
            empty=0,
            meaning="number of payments",
            sentence="Made {value} payments",
            worse=-1,
            of_one="Made one payment",
        )
    ),
    *over_windows(
        of_customer(
            "paid_amount",
            family="rhythm",
            statistic="total",
            value="amount",
            source="paid",
            unit="currency",
            empty=0,
            meaning="sum of payments",
            sentence="Paid {value} in total",
        )
    ),
    *over_windows(
        of_customer(
            "payment_gap_mean",
            family="rhythm",
            statistic="gap_mean",
            source="paid",
            unit="days",
            meaning="mean days between payment days",
            sentence="Left {value} between payments",
            worse=1,
        ),
        windows=(180, 365, ALL_HISTORY),
    ),
    *over_windows(
        of_customer(
            "payment_gap_spread",
            family="rhythm",
            statistic="gap_spread",
            source="paid",
            unit="days",
            meaning="standard deviation of the days between payment days",
            sentence="The time between payments varied by {value}",
        ),
        windows=(365, ALL_HISTORY),
    ),
    of_customer(
        "days_since_payment",
        family="rhythm",
        statistic="days_since_last",
        source="paid",
        unit="days",
        meaning="days since the last payment",
        sentence="Last paid {value} ago",
        worse=1,
    ),
    *over_windows(
        of_customer(
            "payment_day_of_month",
            family="rhythm",
            statistic="mean",
            value="day_of_month",
            source="paid",
            unit="day of month",
            meaning="mean day of the month of payments",
            sentence="Usually pays around day {value} of the month",
        ),
        windows=(365, ALL_HISTORY),
    ),
    *over_windows(
        of_customer(
            "month_end_share",
            family="rhythm",
            statistic="mean",
            value="month_end",
            source="paid",
            unit="share",
            meaning="share of payments on the last three days of a month",
            sentence="Made {value} of payments at the end of a month",
        )
    ),
    *over_windows(
        of_customer(
            "partial_share",
            family="rhythm",
            statistic="mean",
            value="partial",
            source="paid",
            unit="share",
            meaning="share of payments below the amount of their invoice",
            sentence="Made {value} of payments in part",
            worse=1,
        )
    ),
)
