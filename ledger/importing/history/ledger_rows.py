"""The rows of a ledger out of the versions that a history keeps of each row, in SQL.

The view `<table>_versions` has the table's columns and `_seen_on`, `_gone_on` (the nights of the first import that had
the version, and of the first that had it no more), `_first` (it was in the first import, of which no one knows more),
`_known_from` and `_gone_from` (the nights of the imports before those two: it was not known before, or not gone).
"""

from ledger.declarations import Table

CORRECTION = "~"  # between the id of a row and the day of what corrects it


def ledger_rows(table: Table) -> str:
    """The query of a table's rows."""
    match table.name:
        case "payments":
            return _booked(table, "paid_on", ("invoice_id", "customer_id", "paid_on", "amount", "currency"))
        case "adjustments":
            booked = _booked(table, "posted_on", ("invoice_id", "kind", "posted_on", "amount", "currency"))
            return f"SELECT * FROM ({booked}) UNION ALL BY NAME {_OF_INVOICES} ORDER BY adjustment_id"
        case "invoices":
            return _INVOICES
        case "disputes":
            return _ended(table, "opened_on", "closed_on")
        case "holds":
            return _ended(table, "from_on", "until_on")
        case "promises" | "contacts":
            return _first_version(table)
        case "instalments" | "fx_rates":
            return f"SELECT * FROM {table.name}_versions WHERE _gone_on IS NULL"
    return f"SELECT * FROM {table.name}_versions QUALIFY {_latest(table)}"


def _booked(table: Table, day: str, same: tuple[str, ...]) -> str:
    """Each version as a row, and one that turns it around from when it was gone. Versions that follow each other and
    differ in none of the columns `same` are one: that one came and the other went on one day cancels out. What is
    booked anew is turned around on the row's own day: else it came twice on that day, and went on a later one."""
    (key,) = table.key
    alike = ", ".join((key, *same, "_on"))
    return f"""
        WITH events AS (
            SELECT *, 1 AS _sign, _seen_on AS _on, _known_from AS _from FROM {table.name}_versions
            UNION ALL BY NAME
            SELECT *, -1 AS _sign, _gone_on AS _on, _gone_from AS _from
            FROM {table.name}_versions WHERE _gone_on IS NOT NULL
        ), kept AS (
            SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY _on, _sign) AS _place,
                   max(_sign) OVER (PARTITION BY {key}, _on) > 0 AS _anew
            FROM (FROM events QUALIFY sum(_sign) OVER (PARTITION BY {alike}) <> 0)
        )
        SELECT * REPLACE (
            {key} || CASE WHEN _sign < 0 THEN '{CORRECTION}gone-' || _on
                          WHEN _place > 1 THEN '{CORRECTION}' || _on ELSE '' END AS {key},
            CASE WHEN _sign < 0 AND NOT _anew THEN greatest({day}, _from) ELSE {day} END AS {day},
            _sign * amount AS amount,
            CASE WHEN _sign > 0 AND _first THEN known_on ELSE greatest(known_on, _from) END AS known_on
        )
        FROM kept
        ORDER BY {key}
    """


# An invoice keeps the amount that it came with; what changed later is an adjustment.
_INVOICES = """
    SELECT latest.* REPLACE (first.amount AS amount, first.currency AS currency, first.known_on AS known_on)
    FROM (
        FROM invoices_versions QUALIFY row_number() OVER (PARTITION BY invoice_id ORDER BY _seen_on DESC) = 1
    ) AS latest
    JOIN (
        SELECT invoice_id, amount, currency,
               CASE WHEN _first THEN known_on ELSE greatest(known_on, _known_from) END AS known_on
        FROM invoices_versions QUALIFY row_number() OVER (PARTITION BY invoice_id ORDER BY _seen_on) = 1
    ) AS first USING (invoice_id)
    ORDER BY invoice_id
"""
_OF_INVOICES = f"""
    SELECT invoice_id || '{CORRECTION}' || day AS adjustment_id, invoice_id, 'cancellation' AS kind, day AS posted_on,
           -sum(amount) AS amount, min(currency) AS currency, day AS known_on
    FROM (
        SELECT invoice_id, _known_from AS day, amount, currency
        FROM invoices_versions
        QUALIFY row_number() OVER (PARTITION BY invoice_id ORDER BY _seen_on) > 1
        UNION ALL
        SELECT invoice_id, _gone_from, -amount, currency FROM invoices_versions WHERE _gone_on IS NOT NULL
    )
    GROUP BY invoice_id, day
    HAVING sum(amount) <> 0
"""


def _ended(table: Table, begin: str, end: str) -> str:
    """The latest version, which no one knew before it was seen, and whose end no one knew before that was."""
    (key,) = table.key
    return f"""
        SELECT latest.* REPLACE (
            CASE WHEN first._first THEN latest.{begin}
                 ELSE greatest(latest.{begin}, first._known_from) END AS {begin},
            CASE WHEN latest._gone_on IS NOT NULL
                 THEN least(coalesce(latest.{end}, latest._gone_from), latest._gone_from)
                 WHEN latest._first OR latest.{end} IS NULL THEN latest.{end}
                 ELSE greatest(latest.{end}, latest._known_from) END AS {end}
        )
        FROM (FROM {table.name}_versions QUALIFY {_latest(table)}) AS latest
        JOIN (FROM {table.name}_versions QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _seen_on) = 1) AS first
        USING ({key})
        ORDER BY {key}
    """


def _first_version(table: Table) -> str:
    """What was said stays said: the first version, from when it was seen."""
    (key,), day = table.key, table.dated_by
    last = "promised_on" if table.name == "promises" else "DATE '9999-12-31'"
    return f"""
        SELECT * REPLACE (
            CASE WHEN _first THEN {day} ELSE least(greatest({day}, _known_from), greatest({day}, {last})) END AS {day}
        )
        FROM {table.name}_versions QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY _seen_on) = 1
        ORDER BY {key}
    """


def _latest(table: Table) -> str:
    return f"row_number() OVER (PARTITION BY {', '.join(table.key)} ORDER BY _seen_on DESC) = 1"
