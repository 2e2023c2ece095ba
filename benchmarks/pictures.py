"""What README.md shows: the head of the demo's worklist, and pictures of a report, from real runs in a real browser.

Run it by `python -m benchmarks.pictures --folder FOLDER`, with Chromium and pdftoppm (poppler-utils) on the PATH. It
writes the worklist's head into README.md and the report's first screen to docs/report.png, and keeps the report in
the light, in the dark, on a telephone and in print as PNG files in the folder, to be inspected. The report is of the
last of five weekly nights of the demo's ledger, so that it has trends. Five minutes on two cores.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
from PIL import Image, PngImagePlugin

from pipelines.demo import NIGHT

ROOT = Path(__file__).parents[1]
DUERANK = str(Path(sys.executable).with_name("duerank"))
README, PICTURE = ROOT / "README.md", ROOT / "docs" / "report.png"
# What a change of makes the picture old.
PAGES = ROOT / "worklists" / "pages"
DRAWN_BY = [*sorted((PAGES / "templates").iterdir()), PAGES / "svg.py"]

ROWS, WEEKS = 8, 4
BLOCK = re.compile(r"(?<=<!-- worklist -->\n).*?(?=<!-- end -->)", re.DOTALL)
NAMES = (
    "rank", "customer", "action", "channel", "collectible", "days past due", "expected gain", "weight", "minutes",
    "value per minute", "why",
)  # fmt: skip
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1"]
# Width and height of the window, and what else the browser is given. A narrow window is a frame in a page of ours.
LOOKS = {
    "light": (1240, 4200, []),
    "dark": (1240, 4200, ["--blink-settings=preferredColorScheme=0"]),
    "telephone": (500, 11000, []),
}


def main() -> None:
    """Run the nights, and write what README.md shows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder = parser.parse_args().folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {"DUERANK_HOME": str(folder / "home")}
    subprocess.run([DUERANK, "demo", "--out", str(folder / "demo")], env=environment, check=True)
    worklist = pd.read_csv(folder / "demo" / f"as_of={NIGHT}" / "worklist.csv")
    README.write_text(BLOCK.sub(lambda _: worklist_table(worklist), README.read_text("utf-8")), "utf-8")
    report = _report(folder, environment)
    for look, (width, height, flags) in LOOKS.items():
        _photograph(report, folder / f"report-{look}.png", width, height, flags)
    _photograph(report, folder / "first-screen.png", 1240, 900, [])
    _sign(folder / "first-screen.png", PICTURE)
    _print(report, folder)


def worklist_table(worklist: pd.DataFrame) -> str:
    """The first rows of a worklist.csv as a Markdown table, with fewer columns."""
    due = (worklist["due_today"].str[:1].str.upper() + worklist["due_today"].str[1:] + ". ").fillna("")
    worklist = worklist.assign(why=due + worklist["reason_1"])
    rows = [
        (row.rank, row.customer_name, row.action, row.channel, f"{row.collectible_amount:,.2f}", row.days_past_due,
         f"{row.expected_gain:,.2f}", f"{row.weight:,.2f}", row.minutes, f"{row.value_per_minute:,.2f}", row.why)
        for row in worklist.head(ROWS).itertuples()
    ]  # fmt: skip
    alignment = ("---:", "---", "---", "---", "---:", "---:", "---:", "---:", "---:", "---:", "---")
    return "".join(f"| {' | '.join(map(str, row))} |\n" for row in [NAMES, alignment, *rows])


def drawn_by() -> str:
    """A hash of the files that decide how the report looks."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in DRAWN_BY)).hexdigest()[:16]


def _report(folder: Path, environment: dict[str, str]) -> Path:
    """The report of the last of several weekly nights."""
    out = folder / "nights"
    shutil.rmtree(out, ignore_errors=True)
    for weeks in range(WEEKS, -1, -1):
        night = (pd.Timestamp(NIGHT) - pd.Timedelta(weeks=weeks)).date()
        command = [DUERANK, "nightly", str(folder / "demo" / "ledger"), "--as-of", str(night), "--out", str(out)]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return out / f"as_of={NIGHT}" / "report.html"


def _photograph(page: Path, picture: Path, width: int, height: int, flags: list[str]) -> None:
    size = [f"--window-size={width},{height}", f"--screenshot={picture}"]
    subprocess.run([_program("chromium"), *FLAGS, *flags, *size, page.as_uri()], check=True, capture_output=True)


def _print(page: Path, folder: Path) -> None:
    """The report as a printer gets it, page by page."""
    paper = folder / "report-print.pdf"
    command = [_program("chromium"), *FLAGS, f"--print-to-pdf={paper}", "--no-pdf-header-footer", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True)
    subprocess.run([_program("pdftoppm"), "-png", "-r", "60", str(paper), str(folder / "report-print")], check=True)


def _sign(picture: Path, target: Path) -> None:
    """Keep a picture with fewer colours, and what drew it in its metadata, so that a test sees when it is old."""
    metadata = PngImagePlugin.PngInfo()
    metadata.add_text("drawn_by", drawn_by())
    Image.open(picture).convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(
        target, pnginfo=metadata, optimize=True
    )


def _program(name: str) -> str:
    path_of_command = shutil.which(name)
    if path_of_command is None:
        raise SystemExit(f"{name} is not on the PATH: install Debian's packages chromium and poppler-utils.")
    return path_of_command


if __name__ == "__main__":
    main()
