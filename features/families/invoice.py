"""One open invoice, and the day that is asked about."""

from features.declarations import Feature, of_invoice

INVOICE = (
    of_invoice("amount", "currency", "billed amount", "The invoice is over {value}"),
    of_invoice(
        "amount_to_usual",
        "ratio",
        "billed amount over the customer's mean invoice of 365 days",
        "The invoice is {value} times the customer's usual amount",
    ),
    of_invoice("open_share", "share", "part of the invoice still open", "{value} of the invoice is still open"),
    of_invoice("terms_days", "days", "days from issue to due date", "Has payment terms of {value}"),
    of_invoice("age_days", "days", "days since issue", "The invoice is {value} old"),
    of_invoice(
        "days_past_due",
        "days late",
        "days since the due date, negative before it",
        "Counted from its due date, the invoice is {value}",
    ),
    of_invoice(
        "business_days_to_due",
        "working days",
        "working days (Monday to Friday) to the due date, negative after it",
        "The due date: {value}",
    ),
    of_invoice("due_weekday", "weekday", "weekday of the due date (0 is Monday)", "Falls due on a {value}"),
    of_invoice(
        "due_on_weekend", "flag", "whether the due date is a Saturday or Sunday", "Falls due on a weekend: {value}"
    ),
    of_invoice(
        "due_day_of_month", "day of month", "day of the month of the due date", "Falls due on day {value} of the month"
    ),
    of_invoice(
        "due_at_month_end",
        "flag",
        "whether the due date is one of a month's last three days",
        "Falls due at the end of a month: {value}",
    ),
    of_invoice("disputed", "flag", "whether the invoice is in an open dispute", "The invoice is in dispute: {value}"),
    of_invoice(
        "earlier_delay_at_size",
        "days late",
        "mean days late of the customer's paid invoices of about this amount",
        "Paid invoices of about this amount {value} on average",
    ),
    of_invoice(
        "terms_late_share",
        "share",
        "late share of all customers' invoices with these payment terms",
        "Invoices with these payment terms are late in {value} of all cases",
    ),
    of_invoice(
        "season_late_ratio",
        "ratio",
        "late share of all customers' invoices that fell due about a year earlier, over that of the year around them",
        "A year earlier, invoices that fell due at this time were late {value} times as often as usual",
        monotone=1,
    ),
)

# The question that the late-payment model is asked; not known from the ledger, but given with it.
QUESTION = (
    Feature(
        "horizon_days",
        "invoice",
        "question",
        "days",
        "days from the night to the end of the day asked about",
        "The day asked about is {value} ahead",
        "question",
        monotone=-1,
    ),
    Feature(
        "horizon_past_due",
        "invoice",
        "question",
        "days late",
        "days from the due date to the day asked about",
        "The day asked about is {value}",
        "question",
        monotone=-1,
    ),
)
