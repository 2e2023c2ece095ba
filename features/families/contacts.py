"""What passed between the customer and the collectors: contacts, promises, disputes."""

from features.declarations import ALL_HISTORY, of_customer, over_windows
from ledger.tables import CHANNELS

CONTACT = (
    *over_windows(
        of_customer(
            "contacts",
            "contact_count",
            "contacted",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of contacts",
            sentence="Was contacted {value} times",
        )
    ),
    of_customer(
        "contacts",
        "days_since_contact",
        "contacted",
        "",
        "days_since_last",
        unit="days",
        meaning="days since the last contact",
        sentence="Was last contacted {value} ago",
    ),
    *over_windows(
        of_customer(
            "contacts",
            "response_share",
            "answered",
            "answered",
            "mean",
            unit="share",
            meaning="share of contacts followed by a payment within 7 days",
            sentence="Paid within a week of {value} of contacts",
        )
    ),
    *(
        of_customer(
            "contacts",
            f"response_share_{channel}",
            f"answered_{channel}",
            "answered",
            "mean",
            unit="share",
            meaning=f"share of contacts by {channel} followed by a payment within 7 days",
            sentence=f"Paid within a week of {{value}} of contacts by {channel}",
        )
        for channel in CHANNELS
    ),
)

PROMISE = (
    *over_windows(
        of_customer(
            "promises",
            "promise_kept_share",
            "promised",
            "kept",
            "mean",
            unit="share",
            meaning="share of promises due that were kept",
            sentence="Kept {value} of promises",
        )
    ),
    *over_windows(
        of_customer(
            "promises",
            "broken_promises",
            "promised",
            "broken",
            "total",
            unit="count",
            empty=0,
            meaning="number of broken promises",
            sentence="Broke {value} promises",
        )
    ),
    of_customer(
        "promises",
        "open_promises",
        "account",
        "open_promises",
        "current",
        unit="count",
        empty=0,
        meaning="promises whose day has not passed",
        sentence="Has {value} promises not yet due",
    ),
)

DISPUTE = (
    *over_windows(
        of_customer(
            "disputes",
            "dispute_count",
            "disputed",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of disputes raised",
            sentence="Raised {value} disputes",
        )
    ),
    of_customer(
        "disputes",
        "open_disputes",
        "account",
        "open_disputes",
        "current",
        unit="count",
        empty=0,
        meaning="disputes not yet resolved",
        sentence="Has {value} open disputes",
    ),
    *over_windows(
        of_customer(
            "disputes",
            "days_to_resolve",
            "resolved",
            "days_to_resolve",
            "mean",
            unit="days",
            meaning="mean days from raising a dispute to its resolution",
            sentence="Disputes took {value} to resolve",
        ),
        (365, ALL_HISTORY),
    ),
)
