"""Random messy ledgers on disk: what a pass over clean rows would never meet, in rows as an export writes them."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from ledger.tables import TABLES
from ledger.validation.judge import as_written
from tests.support.at_random.random_ledger import NIGHTS, random_ledger

Row = dict[str, str | None]
Rows = dict[str, list[Row]]

SHARED_NAMES = ("customer_id", "parent_id", "invoice_id")


def messy_rows(seed: int) -> Rows:
    """The customers of three random ledgers under one roof, with groups, and with every kind of mess in the rows.

    Groups: trees, circles, heads no one knows, ids spelled 7.0. Mess: copies, contradictions, one key at two customers,
    rows about someone else's or no one's invoice, cells that cannot be read, rates or a customers table left out.
    """
    draw = random.Random(seed)
    rows: Rows = {name: [] for name in TABLES}
    for world in range(3):
        for name, some in _rows_of_world(7 * seed + world).items():
            rows[name] += [_renamed(name, row, world) for row in some]
    rows["fx_rates"] = list({(row["on"], row["currency"]): row for row in rows["fx_rates"]}.values())
    _form_groups(rows, draw)
    _add_holds_and_instalments(rows, draw)
    _add_other_payers(rows, draw)
    for name in TABLES:
        for _ in range(draw.choice((0, 2, 6))):
            _mess_up(name, rows, draw)
    match seed % 4:
        case 1:
            rows["fx_rates"] = []
        case 2:
            for row in rows["invoices"]:
                row["currency"] = "EUR"
        case 3:
            rows["customers"] = []
    for some in rows.values():
        draw.shuffle(some)
    return rows


def write_messy(rows: Rows, folder: Path, seed: int) -> Path:
    """Each table as a folder of Parquet parts of text, as a warehouse dumps it; adjustments as a CSV with bad lines."""
    draw = random.Random(seed)
    for name, some in rows.items():
        if name not in ("invoices", "payments") and not some:
            continue
        names = TABLES[name].names
        if name == "adjustments":
            lines = [",".join(names), *(",".join(row[column] or "" for column in names) for row in some), "a,line"]
            (folder / "adjustments.csv").write_text("\n".join(lines) + "\n", "utf-8")
            continue
        (folder / name).mkdir(parents=True)
        parts = draw.randint(1, 3)
        for part in range(parts):
            columns = {column: pa.array([row[column] for row in some[part::parts]], pa.string()) for column in names}
            pa.parquet.write_table(pa.table(columns), folder / name / f"part-{part}.parquet")
    return folder


def _rows_of_world(seed: int) -> Rows:
    return {name: as_written(TABLES[name], frame).to_dict("records") for name, frame in random_ledger(seed).items()}


def _renamed(name: str, row: dict[str, Any], world: int) -> Row:
    """The row with ids that no other world has; customers' ids are numbers."""
    told = {column: None if value is None or value != value else str(value) for column, value in row.items()}
    for column in dict.fromkeys((TABLES[name].key[0], *SHARED_NAMES)):
        text = told.get(column)
        if text is not None and column != "on":
            customer = column in ("customer_id", "parent_id")
            told[column] = f"{world + 1}0{text.removeprefix('C')}" if customer else f"{world}-{text}"
    return told


def _form_groups(rows: Rows, draw: random.Random) -> None:
    customers = rows["customers"]
    if not customers:
        return
    ids = [row["customer_id"] for row in customers]
    for row in customers:
        if draw.random() < 0.4:
            row["parent_id"] = draw.choice([*ids, f"{draw.choice(ids)}.0", "nobody", "nobody else"])


def _add_holds_and_instalments(rows: Rows, draw: random.Random) -> None:
    """Holds of customers, of invoices and of both, and instalments, also of invoices that come later."""
    for number in range(20):
        invoice = draw.choice(rows["invoices"])
        customer, own = draw.choice(((True, False), (False, True), (True, True)))
        from_on = NIGHTS[2] + timedelta(days=draw.randint(0, 90))
        rows["holds"].append(
            dict.fromkeys(TABLES["holds"].names)
            | {
                "hold_id": f"h{number}",
                "customer_id": invoice["customer_id"] if customer else None,
                "invoice_id": invoice["invoice_id"] if own else None,
                "from_on": str(from_on),
                "until_on": draw.choice((None, str(from_on + timedelta(days=draw.randint(-3, 30))))),
            }
        )
        rows["instalments"].append(
            dict.fromkeys(TABLES["instalments"].names)
            | {"invoice_id": invoice["invoice_id"], "due_on": f"2024-05-{number + 1:02}", "amount": "5.00"}
        )


def _add_other_payers(rows: Rows, draw: random.Random) -> None:
    """Payments by someone else than who owes the invoice, some of them in a currency of their own."""
    payers = [row["customer_id"] for row in rows["invoices"]] + ["a payer"]
    for row in rows["payments"]:
        if draw.random() < 0.1:
            row["customer_id"] = draw.choice(payers)
        if draw.random() < 0.1:
            row["currency"] = draw.choice(("EUR", "USD", "JPY", "XYZ"))


def _mess_up(name: str, rows: Rows, draw: random.Random) -> None:
    some = rows[name]
    if not some:
        return
    row = draw.choice(some)
    key = TABLES[name].key[0]
    everyone = [one["customer_id"] for one in rows["invoices"]] or ["101"]
    invoices = [one["invoice_id"] for one in rows["invoices"]] or ["0-i0"]
    match draw.randint(0, 7):
        case 0 | 1:
            some.append(dict(row))
        case 2 | 3 if "customer_id" in row and name != "customers":
            some.append({**row, "customer_id": draw.choice(everyone)})
        case 2 | 3 if "parent_id" in row:
            some.append({**row, "parent_id": draw.choice(everyone)})
        case 4 if "invoice_id" in row and name != "invoices":
            row["invoice_id"] = draw.choice([*invoices, "nowhere"])
        case 5 if "amount" in row:
            row["amount"] = draw.choice(["1O.00", "1e20", "-5.00", "0"])
        case 6 if "currency" in row:
            row["currency"] = draw.choice(["XYZ", "USD", None])
        case _:
            dated = TABLES[name].dated_by
            some.append({**row, dated: draw.choice(["soon", str(NIGHTS[3] + timedelta(days=draw.randint(-1, 90)))])})
            if draw.random() < 0.5:
                some[-1][key] = f"{row[key]}+" if key != "on" else some[-1][key]
