"""The Data Docs' pages made to stand alone: as Great Expectations writes them, they load scripts from seven servers.

Whoever holds one of those servers could read a page that names customers; and without them, as offline, the index is
empty. Here the pages run nothing, load nothing, tell the browser so, and have an index in plain HTML.
"""

import html
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

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
<table><thead><tr><th>Table</th><th>Result</th><th>Checks</th></tr></thead><tbody>
{rows}
</tbody></table>
</body>
</html>
"""


def remove_pages(folder: Path) -> None:
    """Take away the pages of an earlier ledger."""
    for name in BUILT:
        shutil.rmtree(folder / name, ignore_errors=True)


def make_self_contained(folder: Path, passed: Mapping[str, bool]) -> None:
    """Rewrite the pages below a folder, and the index of the suites that `passed` or did not."""
    shutil.rmtree(folder / "static", ignore_errors=True)
    for page in folder.rglob("*.html"):
        page.write_text(TAKEN_OUT.sub("", page.read_text("utf-8")).replace("<head>", HEAD, 1), "utf-8")
    rows = "\n".join(_row(folder, name, passed[name]) for name in sorted(passed))
    (folder / "index.html").write_text(INDEX.format(head=HEAD, rows=rows), "utf-8")


def _row(folder: Path, name: str, passed: bool) -> str:
    [result] = (folder / "validations" / name).rglob("*.html")
    found = '<td><a href="{}">passed</a></td>' if passed else '<td><a class="failed" href="{}">rows were found</a></td>'
    return (
        f"<tr><td>{html.escape(name.replace('_', ' '))}</td>{found.format(result.relative_to(folder))}"
        f'<td><a href="expectations/{name}.html">what is checked</a></td></tr>'
    )
