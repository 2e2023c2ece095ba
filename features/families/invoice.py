"""One open invoice, and the day that is asked about."""

from features.declarations import Feature, of_invoice

INVOICE = (
    of_invoice(
        "amount",
        unit="currency",
        meaning="billed amount",
        sentence="The invoice is over {value}",
    ),
    of_invoice(
        "amount_to_usual",
        unit="ratio",
        meaning="billed amount over the customer's mean invoice of 365 days",
        sentence="The invoice is {value} times the customer's usual amount",
        worse=1,
    ),
    of_invoice(
        "open_share",
        unit="share",
        meaning="part of the invoice still open",
        sentence="{value} of the invoice is still open",
    ),
    of_invoice(
        "terms_days",
        unit="days",
        meaning="days from issue to due date",
        sentence="Has payment terms of {value}",
    ),
    of_invoice(
        "age_days",
        unit="days",
        meaning="days since issue",
        sentence="The invoice is {value} old",
    ),
    of_invoice(
        "days_past_due",
        unit="days late",
        meaning="days since the due date, negative before it",
        sentence="Counted from its due date, the invoice is {value}",
    ),
    of_invoice(
        "business_days_to_due",
        unit="working days",
        meaning="working days (Monday to Friday) to the due date, negative after it",
        sentence="The due date: {value}",
    ),
    of_invoice(
        "due_weekday",
        unit="weekday",
        meaning="weekday of the due date (0 is Monday)",
        sentence="Falls due on a {value}",
    ),
    of_invoice(
        "due_on_weekend",
        unit="flag",
        meaning="whether the due date is a Saturday or Sunday",
        sentence="Falls due on a weekend: {value}",
    ),
    of_invoice(
        "due_day_of_month",
        unit="day of month",
        meaning="day of the month of the due date",
        sentence="Falls due on day {value} of the month",
    ),
    of_invoice(
        "due_at_month_end",
        unit="flag",
        meaning="whether the due date is one of a month's last three days",
        sentence="Falls due at the end of a month: {value}",
    ),
    of_invoice(
        "disputed",
        unit="flag",
        meaning="whether the invoice is in an open dispute",
        sentence="The invoice is in dispute: {value}",
    ),
    of_invoice(
        "earlier_delay_at_size",
        unit="days late",
        meaning="mean days late of the customer's paid invoices of about this amount",
        sentence="Paid invoices of about this amount {value} on average",
        worse=1,
    ),
    of_invoice(
        "terms_late_share",
        unit="share",
        meaning="late share of all customers' invoices with these payment terms",
        sentence="Invoices with these payment terms are late in {value} of all cases",
        worse=1,
    ),
    of_invoice(
        "season_late_ratio",
        unit="ratio",
        monotone=1,
        meaning="late share of all customers' invoices that fell due about a year earlier, over that of the year around them",
        sentence="A year earlier, invoices that fell due at this time were late {value} times as often as usual",
    ),
)

# The question that the late-payment model is asked; not known from the ledger, but given with it.
QUESTION = (
    Feature(
        "horizon_days",
        entity="invoice",
        family="question",
        source="question",
        unit="days",
        monotone=-1,
        meaning="days from the night to the end of the day asked about",
        sentence="The day asked about is {value} ahead",
    ),
    Feature(
        "horizon_past_due",
        entity="invoice",
        family="question",
        source="question",
        unit="days late",
        monotone=-1,
        meaning="days from the due date to the day asked about",
        sentence="The day asked about is {value}",
    ),
)
