"""The report shows the night, lets nothing of the ledger run as code, and needs nothing from outside."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pandas as pd
import pytest
from markupsafe import escape

from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.rendered_report import Frames, RenderedPage, everything_beside, frame, night
from tests.support.small_nights import nothing_beside
from tests.support.written_decisions import WrittenEffects
from worklists.call_sheet.gather import CallSheet
from worklists.pages.report import ROWS_SHOWN, Beside, render_report
from worklists.score_db.tables import SCORE_TABLES

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>&'{{ 7 * 7 }}</style></svg>"


def page_of(frames: Frames, beside: Beside, sheet: CallSheet | None = None) -> str:
    return render_report(frames, beside, call_sheet_of("C1") if sheet is None else sheet)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", RenderedPage(page).text)


def cells(page: str) -> str:
    """The text with a space where a cell or a line ends."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_tells_the_night_in_figures() -> None:
    said = words(page_of(night(notes="Too few defaults: the ageing rule was used."), nothing_beside()))
    for expected in (
        "Worklist as of 2024-03-01", "30 customers to contact", "Amounts in EUR", "DSO41.3 days", "Promise kept rate–",
        "Roll 31–60 to 61–9050%", "Best possible DSO30.0 days",
        "The first 25 of 30 rows", "Too few defaults: the ageing rule was used.", "run-1",
        "late_payment 3", "default 1", "Open37,037", "1,234.56", "Name 1.",
    ):  # fmt: skip
        assert expected in said
    assert re.search(r"Key ?20 ?24,691", said), "segments have their size and amounts"
    assert re.search(r"Dispute ?1 ?2 ?2,469", said), "reasons have customers, rows and amount"


def test_the_first_rows_are_shown_in_order_of_rank() -> None:
    shown = re.findall(r"Name (\d+)\.", page_of(night(), nothing_beside()))
    assert shown == [str(number) for number in range(1, ROWS_SHOWN + 1)]


def test_ageing_runs_from_the_youngest_to_the_oldest() -> None:
    page = page_of(night(), nothing_beside())
    places = [page.index(label) for label in ("not past due", "1 to 30 days", "91 days and more")]
    assert places == sorted(places)
    assert re.findall(r'class="bar"[^>]* width="([\d.]+)"', page) == ["330.0", "165.0", "82.5"]


def test_drawings_are_well_formed_and_inside_their_frame() -> None:
    drawings = re.findall(r"<svg.*?</svg>", page_of(night(), nothing_beside()), flags=re.DOTALL)
    assert len(drawings) == 2, "ageing and the fan"
    forecast = [
        element for drawing in drawings for element in ET.fromstring(drawing).iter() if "points" in element.attrib
    ]
    assert [element.tag for element in forecast] == ["polygon", "polyline", "polyline"]
    for element in forecast:
        points = [tuple(map(float, point.split(","))) for point in element.attrib["points"].split()]
        assert all(0 <= x <= 760 and 0 <= y <= 240 for x, y in points)


def sheet_of(text: str) -> CallSheet:
    """A call sheet with the text wherever a ledger has one, of the customer whose id it is."""
    sheet = call_sheet_of(text)
    texts = ("name", "role", "phone", "email", "note", "spoke_with", "collector_id", "reason", "invoice_id", "owed_by")
    return {name: rows.assign(**{column: text for column in texts if column in rows}) for name, rows in sheet.items()}


def test_no_text_of_the_ledger_becomes_markup() -> None:
    hostile = {
        name: values.assign(
            **{column.name: HOSTILE for column in SCORE_TABLES[name].columns if column.kind == "text" and len(values)}
        )
        for name, values in night(2).items()
    }
    hostile["cash_forecast_parts"]["part"] = "open"
    hostile["key_figures"]["name"] = [*(f"{start}{HOSTILE}" for start in ("", "ageing_", "roll_")), *"abcd"]
    plain, page = (
        RenderedPage(page_of(night(2), everything_beside("segment"), sheet_of("C1"))),
        page_of(hostile, everything_beside(HOSTILE), sheet_of(HOSTILE)),
    )
    found = {tag for tag, _ in RenderedPage(page).tags}
    assert found <= {tag for tag, _ in plain.tags}
    assert not any(
        name.startswith("on") or name == "src" for _, attributes in RenderedPage(page).tags for name in attributes
    )
    assert "<script" not in page
    assert str(escape(HOSTILE)) in page


def test_the_page_forbids_scripts_and_loads_nothing() -> None:
    page = page_of(night(), nothing_beside())
    policies = [tag for tag in RenderedPage(page).tags if tag[1].get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    assert "default-src 'none'" in str(policies[0][1]["content"])
    assert page.index("Content-Security-Policy") < page.index("<style>")
    assert {tag for tag, _ in RenderedPage(page).tags} & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "form",
        "a",
    } == set()
    assert "http://" not in page
    assert "https://" not in page
    assert "url(" not in page


def test_the_same_night_gives_the_same_page() -> None:
    frames = night()
    shuffled = {name: values if name == "key_figures" else values.iloc[::-1] for name, values in frames.items()}
    assert page_of(frames, nothing_beside()) == page_of(shuffled, nothing_beside())


@pytest.mark.parametrize("empty", [name for name in SCORE_TABLES if name != "runs"])
def test_a_night_without_rows_of_a_table_still_has_a_report(empty: str) -> None:
    columns = SCORE_TABLES[empty].columns
    nothing = pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in columns})
    assert "Worklist as of 2024-03-01" in page_of(night() | {empty: nothing}, nothing_beside())


def test_missing_names_probabilities_and_reasons_are_dashes_not_nan() -> None:
    gaps = {
        "customer_name": None,
        "channel": "",
        "p_unpaid_30d": None,
        "reason_1": None,
        "reason_2": "",
        "reason_3": None,
    }
    said = words(page_of(night() | {"worklist": frame("worklist", [gaps])}, nothing_beside()))
    assert "nan" not in said.casefold()
    assert "None" not in said


def test_a_count_is_told_as_a_whole_number() -> None:
    frames = night()
    counted = frame("key_figures", [{"name": "handed_over", "value": 1200.0, "unit": "count"}])
    figures = pd.concat([frames["key_figures"], counted], ignore_index=True)
    assert "Handed over1,200" in words(page_of(frames | {"key_figures": figures}, nothing_beside()))


def test_a_trend_is_told_against_the_night_a_month_ago() -> None:
    said = cells(page_of(night(), everything_beside("gone quiet")))
    assert "DSO 41.3 days 0.0 days on 31 Jan" in said, "the night of 28 February is less than a month old"
    assert "Moves between segments since 28 Feb From To Customers Overdue tonight Gone quiet Rest 7 1,234" in said
    assert "invoices gone quiet 3" in said


def test_a_first_night_tells_no_trend() -> None:
    said = cells(page_of(night(), nothing_beside()))
    assert "Moves between segments" not in said
    assert "Every row of the ledger was used." in said
    assert 'class="spark"' not in page_of(night(), nothing_beside())


def test_a_row_shows_what_it_is_sorted_by_with_its_parts_and_its_reasons() -> None:
    row = {"rank": 1, "customer_id": "C1", "expected_gain": 139892, "weight": 1.25, "minutes": 11,
           "value_per_minute": 158.9682, "reason_1": "A call brings much.", "reason_2": "Broke one promise.",
           "reason_3": None, "what_changed": "", "due_today": "a contact was agreed for 2024-03-01"}  # fmt: skip
    said = cells(page_of(night() | {"worklist": frame("worklist", [row])}, nothing_beside()))
    assert "1,398.92 1.25 11 158.97 A contact was agreed for 2024-03-01. A call brings much. Broke one promise." in said
    assert "1 customer to contact" in said


def test_a_row_has_its_call_sheet_folded_under_it() -> None:
    page = page_of(night(2), nothing_beside(), call_sheet_of("C2"))
    assert page.count("<details><summary>Call sheet of") == 1
    said = cells(page)
    assert "Call sheet of C2" in said and "Ida Nordmark, accounts payable" in said and "I1" in said
    assert "2,500.00 open of a credit limit of 10,000.00 (25%)" in said


def test_what_explains_statistics_is_with_the_data_scientists_part() -> None:
    models = replace(nothing_beside().models, contact_effect=WrittenEffects())
    beside = replace(nothing_beside(), models=models)
    page = page_of(night(notes="no one was ill\nwritten in a test"), beside)
    place = page.index("For the data scientist")
    assert page.index("no one was ill") < place < page.index("written in a test")


def test_what_contacts_brought_is_told_once_it_is_measured() -> None:
    counted = {"name": "held_out_customers", "value": 60.0, "unit": "count"}
    for cash, told in ((None, False), (12.5, True)):
        of_contacts = frame(
            "key_figures", [{"name": "extra_cash_per_contact", "value": cash, "unit": "currency"}, counted]
        )
        frames = night() | {"key_figures": of_contacts}
        assert ("Held out customers" in cells(page_of(frames, nothing_beside()))) == told


def test_cash_is_told_by_week_and_by_segment_with_what_is_not_issued_yet_apart() -> None:
    said = cells(page_of(night(), nothing_beside()))
    assert "01 Mar 7,000 3,500 10,500" in said
    assert "15 Mar 6,000 3,000 9,000" in said
    assert "By segment, in 3 weeks Segment Open now Not yet issued Together Key 20,000 10,000 30,000" in said
