"""Every page meets WCAG 2.2 AA as far as axe-core can judge it, and all of it is reached by the keyboard alone.

`AXE_CORE` names axe.min.js where the npm package axe-core is not installed globally (`npm install -g axe-core`).
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from configs.language import speaking
from tests.support.chromium_page import ChromiumPage, page
from tests.support.faults.browser import CHROMIUM
from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.draft_frames import customers, drafted, item, items, row
from tests.support.nights.rendered_report import everything_beside, night
from worklists.pages.report import render_report
from worklists.rules.actions import TONES

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "axe.run(document, {runOnly: {type: 'tag', values: %s}, resultTypes: ['violations']}).then(JSON.stringify)"
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
# Whatever scrolls or unfolds, in the order of the page: the places of it.
STOPS = """(() => {
  const moves = one => ['auto', 'scroll'].includes(getComputedStyle(one).overflowX)
  const scrolls = one => moves(one) && one.scrollWidth > one.clientWidth
  return [...document.querySelectorAll('body *')].map((one, place) => [one, place])
    .filter(([one]) => one.checkVisibility() && (one.matches('summary, a[href]') || scrolls(one)))
    .map(([one, place]) => place)
})()"""
FOCUSED = """(() => {
  const one = document.activeElement, style = getComputedStyle(one)
  return {place: [...document.querySelectorAll('body *')].indexOf(one),
          seen: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2}
})()"""
SCREENS = {"light": (1280, "light"), "dark": (1280, "dark"), "telephone": (400, "light")}

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


def axe_core() -> Path | None:
    """axe.min.js, where it is installed."""
    if stated := os.environ.get("AXE_CORE"):
        return Path(stated)
    npm = shutil.which("npm")
    if npm is None:
        return None
    root = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    script = Path(root) / "axe-core" / "axe.min.js"
    return script if script.is_file() else None


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report with everything that it can have, in each language, and letters of every tone."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for language in ("en", "de"):
        with speaking(language):
            text = render_report(night(), everything_beside("segment"), call_sheet_of("C1", "C2"))
        found[f"report {language}"] = folder / f"{language}.html"
        found[f"report {language}"].write_text(text, "utf-8")
    rows = pd.concat([row(tone=tone, channel="letter", customer_id=tone) for tone in TONES])
    some = items(*(item("R1", 123_456, 20, customer_id=one) for one in rows["customer_id"]))
    known = pd.concat([customers(customer_id=one) for one in rows["customer_id"]])
    drafted(folder, rows, items=some, customers=known)
    return found | {"letters": folder / "letters.html"}


@pytest.fixture(scope="module", params=SCREENS)
def screen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChromiumPage]:
    width, scheme = SCREENS[request.param]
    assert CHROMIUM is not None
    with page(CHROMIUM, tmp_path_factory.mktemp("profile"), width, 900) as opened:
        opened.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        yield opened


def load(screen: ChromiumPage, path: Path) -> None:
    screen.call("Page.navigate", url=path.as_uri())
    loaded = f"document.readyState === 'complete' && location.href === {json.dumps(path.as_uri())}"
    assert screen.until(lambda: bool(screen.value(loaded)), 30)


def violations(screen: ChromiumPage, script: str) -> list[tuple[str, Any]]:
    """The rules that the page breaks, each with the elements that do."""
    screen.call("Runtime.evaluate", expression=script)
    answer = screen.call("Runtime.evaluate", expression=RUN % json.dumps(TAGS), awaitPromise=True, returnByValue=True)
    found = json.loads(answer["result"]["value"])["violations"]
    return [(one["id"], [element["html"][:200] for element in one["nodes"]]) for one in found]


def test_axe_core_finds_nothing_against_wcag_2_2_aa(
    screen: ChromiumPage, pages: dict[str, Path], tmp_path: Path
) -> None:
    script = axe_core()
    if script is None:
        pytest.skip("axe-core is not installed: npm install -g axe-core, or set AXE_CORE")
    axe = script.read_text("utf-8")
    for name, path in pages.items():
        load(screen, path)
        assert violations(screen, axe) == [], name
        screen.value(UNFOLD)
        assert violations(screen, axe) == [], f"{name}, unfolded"
    (tmp_path / "bad.html").write_text("<html><body><img src='x'><p style='color:#aaa'>pale</p></body></html>", "utf-8")
    load(screen, tmp_path / "bad.html")
    assert {"image-alt", "html-has-lang", "color-contrast"} <= dict(violations(screen, axe)).keys()


@pytest.mark.parametrize("folded", [True, False], ids=["folded", "unfolded"])
def test_tab_reaches_all_that_unfolds_or_scrolls_in_the_order_of_the_page_and_shows_where_it_is(
    screen: ChromiumPage, pages: dict[str, Path], folded: bool
) -> None:
    for name, path in pages.items():
        load(screen, path)
        if not folded:
            screen.value(UNFOLD)
        expected = screen.value(STOPS)
        reached = list(tabbed(screen))
        assert [one["place"] for one in reached] == sorted(one["place"] for one in reached), name
        assert set(expected) <= {one["place"] for one in reached}, name
        assert all(one["seen"] for one in reached), name
        assert name == "letters" or len(expected) > 2


def tabbed(screen: ChromiumPage) -> Iterator[dict[str, Any]]:
    """Where the focus is after each press of Tab, until it leaves the page."""
    first = None
    for _ in range(500):
        for kind in ("rawKeyDown", "keyUp"):
            screen.call("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
        focused = screen.value(FOCUSED)
        if focused["place"] < 0 or focused["place"] == first:
            return
        first = focused["place"] if first is None else first
        yield focused
    raise AssertionError("Tab does not leave the page")
