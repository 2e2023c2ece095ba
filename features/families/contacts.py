"""What passed between the customer and the collectors: contacts, promises, disputes."""

from features.declarations import ALL_HISTORY, of_customer, over_windows
from ledger.tables import CHANNELS

CONTACT = (
    *over_windows(
        of_customer(
            "contact_count",
            family="contacts",
            statistic="count",
            source="contacted",
            unit="count",
            empty=0,
            meaning="number of contacts",
            sentence="Was contacted {value} times",
        )
    ),
    of_customer(
        "days_since_contact",
        family="contacts",
        statistic="days_since_last",
        source="contacted",
        unit="days",
        meaning="days since the last contact",
        sentence="Was last contacted {value} ago",
    ),
    *over_windows(
        of_customer(
            "response_share",
            family="contacts",
            statistic="mean",
            value="answered",
            source="answered",
            unit="share",
            meaning="share of contacts followed by a payment within 7 days",
            sentence="Paid within a week of {value} of contacts",
            worse=-1,
        )
    ),
    *(
        of_customer(
            f"response_share_{channel}",
            family="contacts",
            statistic="mean",
            value="answered",
            source=f"answered_{channel}",
            unit="share",
            meaning=f"share of contacts by {channel} followed by a payment within 7 days",
            sentence=f"Paid within a week of {{value}} of contacts by {channel}",
            worse=-1,
        )
        for channel in CHANNELS
    ),
)

PROMISE = (
    *over_windows(
        of_customer(
            "promise_kept_share",
            family="promises",
            statistic="mean",
            value="kept",
            source="promised",
            unit="share",
            meaning="share of promises due that were kept",
            sentence="Kept {value} of promises",
            worse=-1,
        )
    ),
    *over_windows(
        of_customer(
            "broken_promises",
            family="promises",
            statistic="total",
            value="broken",
            source="promised",
            unit="count",
            empty=0,
            meaning="number of broken promises",
            sentence="Broke {value} promises",
            worse=1,
            of_one="Broke one promise",
        )
    ),
    of_customer(
        "open_promises",
        family="promises",
        statistic="current",
        value="open_promises",
        source="account",
        unit="count",
        empty=0,
        meaning="promises whose day has not passed",
        sentence="Has {value} promises not yet due",
    ),
)

DISPUTE = (
    *over_windows(
        of_customer(
            "dispute_count",
            family="disputes",
            statistic="count",
            source="disputed",
            unit="count",
            empty=0,
            meaning="number of disputes raised",
            sentence="Raised {value} disputes",
            worse=1,
            of_one="Raised one dispute",
        )
    ),
    of_customer(
        "open_disputes",
        family="disputes",
        statistic="current",
        value="open_disputes",
        source="account",
        unit="count",
        empty=0,
        meaning="disputes not yet resolved",
        sentence="Has {value} open disputes",
        worse=1,
        of_one="Has one open dispute",
    ),
    *over_windows(
        of_customer(
            "days_to_resolve",
            family="disputes",
            statistic="mean",
            value="days_to_resolve",
            source="resolved",
            unit="days",
            meaning="mean days from raising a dispute to its resolution",
            sentence="Disputes took {value} to resolve",
        ),
        windows=(365, ALL_HISTORY),
    ),
)
