"""The Data Docs: what was checked of each table and what came of it, as static HTML, which names what rows broke.

A suite that no row broke is a row of the index, whatever its size. Great Expectations shows the others. As it writes
its pages, they load scripts from seven servers: whoever holds one of those could read a page that names customers, and
without them the pages are empty. Here they run nothing, load nothing, and tell the browser so.
"""

import html
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from ledger.validation.checks import checks_of
from ledger.validation.verdicts import SuiteVerdict, added_up

BUILT = ("validations", "expectations", "static")  # what Great Expectations writes beside index.html
# Elements that run, load or style something, and the footer that advertises. A ledger's text is escaped before.
TAKEN_OUT = re.compile(
    r"<(script|style|footer)\b.*?</\1\s*>|<(?:link|img|iframe|object|embed)\b[^>]*>", re.IGNORECASE | re.DOTALL
)
HEAD = """<head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
form-action 'none'">
<meta name="referrer" content="no-referrer">
<style>
body { font: 15px/1.45 system-ui, Arial, sans-serif; max-width: 1240px; margin: 0 auto; padding: 12px 24px; }
table { border-collapse: collapse; margin: 6px 0; } td, th { border-bottom: 1px solid #dde4ea; padding: 4px 8px; }
td, th { text-align: left; vertical-align: top; overflow-wrap: anywhere; } ul, ol { padding-left: 20px; }
.ge-breadcrumbs { list-style: none; padding: 0; } .failed { color: #a33; font-weight: 600; }
button, .btn { display: none; }
[class*="fa-check"]::before { content: "✓"; } [class*="fa-times"]::before { content: "✗"; color: #a33; }
[class*="fa-exclamation"]::before { content: "!"; color: #a33; }
</style>"""
INDEX = """<!doctype html>
<html lang="en">
{head}
<meta charset="utf-8">
<title>Data Docs of the ledger</title>
</head>
<body>
<h1>Data Docs of the ledger</h1>
<table><thead><tr><th>Table</th><th>Rows</th><th>Result</th></tr></thead><tbody>
{rows}
</tbody></table>
{checks}
</body>
</html>
"""


def write_docs(verdicts: Sequence[SuiteVerdict], folder: Path) -> Path:
    """The Data Docs of verdicts, those on parts of a table added up; returns the index page."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in BUILT:
        shutil.rmtree(folder / name, ignore_errors=True)
    whole = added_up(verdicts)
    broken = [verdict for verdict in whole if verdict.findings]
    if broken:
        from ledger.validation.gx_suites import write_pages  # a second to import, and a clean ledger needs none

        write_pages(broken, folder)
        _make_self_contained(folder)
    rows = "\n".join(_row(folder, verdict) for verdict in whole)
    checks = "\n".join(_checked(verdict) for verdict in whole)
    (folder / "index.html").write_text(INDEX.format(head=HEAD, rows=rows, checks=checks), "utf-8")
    return folder / "index.html"


def _make_self_contained(folder: Path) -> None:
    shutil.rmtree(folder / "static", ignore_errors=True)
    for page in folder.rglob("*.html"):
        page.write_text(TAKEN_OUT.sub("", page.read_text("utf-8")).replace("<head>", HEAD, 1), "utf-8")


def _row(folder: Path, verdict: SuiteVerdict) -> str:
    name = verdict.suite
    found = "passed"
    if verdict.findings:
        [page] = (folder / "validations" / name).rglob("*.html")
        found = f'<a class="failed" href="{page.relative_to(folder)}">rows were found</a>'
    shown = html.escape(name.replace("_", " "))
    return f'<tr><td><a href="#{name}">{shown}</a></td><td>{verdict.rows:,}</td><td>{found}</td></tr>'


def _checked(verdict: SuiteVerdict) -> str:
    """What a suite asks, one line a check."""
    lines = "".join(f"<li>{html.escape(check.words)}</li>" for check in checks_of(verdict.suite))
    return f'<h2 id="{verdict.suite}">{verdict.suite.replace("_", " ")}: what is checked</h2>\n<ul>{lines}</ul>'
