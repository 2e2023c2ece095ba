"""Which column of a file is what: by its name, and by whether its cells can be that."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.importing.drafting.column_names import concepts, role_points
from ledger.importing.drafting.currency_words import is_code, named_currency
from ledger.importing.drafting.guess_formats import Cells, is_serial
from ledger.importing.drafting.looking.look_at_export import Looked

DATES = ("issued_on", "due_on", "paid_on")
AMOUNTS = ("amount", "paid_amount", "debit", "credit", "credit_limit", "open_amount")
IDS = ("invoice_id", "customer_id", "payment_id", "invoice_ref", "key")
FEW, MANY = 40, 200
CLEAR, CLOSE = 6.0, 1.5
MOSTLY_NAMED, ALL = 0.5, 0.98  # shares of cells
FEWER_THAN_NAMES, SEVERAL = 2, 0.2  # times, and the share of names
ABOUT_A_CUSTOMER = ("name", "country", "industry", "email", "phone", "credit_limit")
# What is looked for in each kind of file: first what decides, and by the names of which roles.
LOOKED_FOR: dict[str, dict[str, Sequence[str]]] = {
    "invoices": {
        **{role: (role,) for role in ("invoice_id", "customer_id", "issued_on", "due_on", "amount", "paid_on")},
        **{role: (role,) for role in ("paid_amount", "debit", "credit", "sign", "currency", "type", "terms")},
        **{role: (role,) for role in ("invoice_ref", "method")},
        **{role: (role,) for role in ABOUT_A_CUSTOMER},
    },
    "payments": {
        "payment_id": ("payment_id",), "invoice_ref": ("invoice_ref",), "customer_id": ("customer_id",),
        "paid_on": ("paid_on", "issued_on"), "paid_amount": ("paid_amount", "amount"), "currency": ("currency",),
        "method": ("method",), "debit": ("debit",), "credit": ("credit",), "due_on": ("due_on",),
    },
    "customers": {
        "customer_id": ("customer_id", "own_id"), **{role: (role,) for role in (*ABOUT_A_CUSTOMER, "currency")},
        "issued_on": ("issued_on",), "amount": ("amount",), "due_on": ("due_on",),
    },
}  # fmt: skip


@dataclass(frozen=True)
class Role:
    """The column that has a role, with the points of its name and cells, and another that could be meant."""

    column: str
    points: float
    other: str | None = None

    @property
    def unsure(self) -> list[str]:
        """What to say where the name says little, or two columns could be meant."""
        if self.other is not None:
            return [f"or is it {self.other!r}?"]
        return [f"nothing but the name {self.column!r} and its cells speaks for it"] if self.points < CLEAR else []


def roles(looked: Looked, kind: str) -> dict[str, Role]:
    """The roles of a file's columns if it is of this kind; each column has one role at most."""
    points = [
        (score, role, name)
        for role, meant in LOOKED_FOR[kind].items()
        for name, cells in looked.columns.items()
        if (score := _points(role, meant, name, cells, kind)) > 0
    ]
    points = [one for one in points if one[1] != "customer_id" or not _of_many_customers(looked, one[2], points)]
    points.sort(key=lambda one: (-one[0], list(looked.columns).index(one[2])))
    found: dict[str, Role] = {}
    taken: set[str] = set()
    for score, role, name in points:
        if role not in found and name not in taken:
            found[role] = Role(name, score)
            taken.add(name)
    if kind != "customers" and "currency" not in found:
        _currency_by_cells(looked, found)
    proved = _reference(looked, found, [name for _, role, name in points if role == "invoice_ref"])
    for role, one in found.items():
        if proved and role == "invoice_ref":
            continue
        rivals = [
            name for score, its, name in points
            if its == role and name not in taken and score > one.points - CLOSE and _differs(looked, name, one.column)
        ]  # fmt: skip
        if rivals:
            found[role] = Role(one.column, one.points, rivals[0])
    return found


def named_share(looked: Looked, column: str, number: str) -> float | None:
    """Of the cells that are not their own row's number, the share that is another row's; None where there are none."""
    cells = looked.frame[column].dropna()
    numbers = looked.frame[number]
    others = cells[cells != numbers[cells.index]]
    if len(others) <= (1 - ALL) * len(cells):
        return None
    return float(others.isin(set(numbers.dropna())).mean())


def _reference(looked: Looked, found: dict[str, Role], named: Sequence[str]) -> bool:
    """Gives the role of a reference to the column whose cells are numbers of other rows; whether there is one.

    One that repeats the number of its own row, as SAP's assignment may, names nothing, and loses the role.
    """
    number = found.get("invoice_id")
    if number is None:
        return False
    taken = {one.column for role, one in found.items() if role != "invoice_ref"}
    shares = {name: named_share(looked, name, number.column) for name in named if name not in taken}
    naming = {name: share for name, share in shares.items() if share is not None}
    best = max(naming, key=lambda name: naming[name], default=None)
    if best is None:
        found.pop("invoice_ref", None)
        return False
    if naming[best] >= MOSTLY_NAMED or found["invoice_ref"].column not in naming:
        found["invoice_ref"] = Role(best, CLEAR)
    return naming[best] >= MOSTLY_NAMED


def _currency_by_cells(looked: Looked, found: dict[str, Role]) -> None:
    """Gives the role of the currency to a column that has nothing but codes of currencies, whatever it is called."""
    taken = {one.column for one in found.values()}
    free = {name: cells for name, cells in looked.columns.items() if name not in taken and cells.distinct <= FEW}
    coded = [name for name, cells in free.items() if cells.share >= MOSTLY_NAMED and cells.unlike.map(is_code).all()]
    if coded:
        others = [name for name in coded[1:] if _differs(looked, name, coded[0])]
        found["currency"] = Role(coded[0], 0, others[0] if others else None)


def _of_many_customers(looked: Looked, column: str, points: Sequence[tuple[float, str, str]]) -> bool:
    """Whether a column that is not called so has one value in all rows, or fewer values than there are names
    of customers and several for one name, as an account of sales has."""
    cells = looked.columns[column]
    if "customer" in concepts(column):
        return False
    if cells.distinct == 1:
        return cells.rows > FEW
    names = [name for _, role, name in points if role == "name" and name != column]
    fullest = max(names, key=lambda name: looked.columns[name].distinct, default=None)
    if fullest is None or cells.distinct * FEWER_THAN_NAMES > looked.columns[fullest].distinct:
        return False
    return bool((looked.frame.groupby(fullest)[column].nunique() > 1).mean() > SEVERAL)


def kind_points(looked: Looked, kind: str) -> float:
    """How well a file fits a kind: 0 where what every row needs is not there."""
    found = roles(looked, kind)
    called = concepts(looked.shown if kind != "customers" else looked.name)
    has = set(found)
    own: tuple[str, ...]
    others: tuple[str, ...]
    counted: tuple[str, ...]
    match kind:
        case "invoices":
            needed = "invoice_id" in has and "issued_on" in has and bool(has & {"amount", "debit"})
            own, others = ("invoice", "sales", "document", "open"), ("payment", "customer", "line")
            counted = ("invoice_id", "customer_id", "issued_on", "due_on", "amount", "debit")
        case "payments":
            needed = (
                "paid_on" in has and bool(has & {"paid_amount", "debit"}) and bool(has & {"invoice_ref", "customer_id"})
            )
            own, others = ("payment",), ("invoice", "customer", "line")
            counted = ("payment_id", "invoice_ref", "customer_id", "paid_on", "paid_amount")
        case _:
            key = looked.columns[found["customer_id"].column] if "customer_id" in has else None
            needed = (
                key is not None and key.distinct > 0.95 * max(key.rows, 1) and bool(has & {"name", "email", "phone"})
            )
            needed = needed and not {"due_on", "issued_on", "amount"} <= has
            own, others = ("customer", "account"), ("invoice", "payment")
            counted = ("customer_id", "name", "country", "email", "phone")
    if not needed:
        return 0
    points = sum(found[role].points for role in counted if role in has)
    points += 10 if called & set(own) else 0
    points -= 10 if called & set(others) and not called & set(own[:1]) else 0
    return max(points - (8 if kind == "payments" and "due_on" in has else 0), 0.1)


def _differs(looked: Looked, one: str, other: str) -> bool:
    return not looked.frame[one].equals(looked.frame[other])


def _points(role: str, meant: Sequence[str], name: str, cells: Cells, kind: str) -> float:
    points = max(role_points(one, name) - 2 * place for place, one in enumerate(meant))
    if points <= 0 or not len(cells.text) or not _can_be(role, cells):
        return 0
    if role in ("invoice_id", "payment_id") or (role == "customer_id" and kind == "customers"):
        points += 2 if cells.is_key else -2 if cells.distinct < 0.3 * cells.rows else 0
    if role in ("issued_on", "amount", "due_on") and cells.share < 0.5:
        points -= 2
    return points


def _can_be(role: str, cells: Cells) -> bool:
    if role in DATES:
        return cells.dates is not None or is_serial(cells) is not None
    if role in AMOUNTS:
        return cells.is_amount and not (cells.dates is not None and cells.dates.other is None and not _numeric(cells))
    if role in IDS:
        return not (cells.dates is not None and not _numeric(cells)) and not _has_cents(cells)
    if role == "currency":
        return bool(cells.unlike.map(lambda text: named_currency(text) is not None).mean() > 0.8)
    if role == "type":
        return cells.distinct <= FEW and cells.dates is None
    if role == "sign":
        return cells.distinct <= 2
    if role in ("terms", "method", "industry"):
        return cells.distinct <= MANY and (cells.dates is None or _numeric(cells))
    if role == "name":
        return not cells.is_amount and cells.dates is None
    return True


def _numeric(cells: Cells) -> bool:
    return bool(cells.unlike.str.fullmatch("[0-9]+").all())


def _has_cents(cells: Cells) -> bool:
    return cells.is_amount and bool(cells.unlike.str.contains(r"[.,][0-9]{1,2}$").any())
