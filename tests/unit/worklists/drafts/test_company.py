"""Who writes is read from a file, and refused with a sentence where it cannot be used."""

from pathlib import Path

import pytest

from configs.settings import SettingsError
from worklists.drafts.company import Company, load_company


def test_what_a_file_says_is_used_and_the_rest_is_to_be_filled_in(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("name: Hansa\naddress: [Street 1, Town]\n")
    company = load_company(str(tmp_path / "ours.yaml"))
    assert company.places()["address"] == ["Street 1", "Town"]
    assert company.places()["bank"] == ["[[our bank account]]"] and company.missing == ["bank", "signature"]
    assert load_company(None) == Company()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nmae: x\n", "nmae"),
        ("name: [", "not YAML"),
        ("name: ''\n", "name"),
        ("country: Germany\n", "country"),
        (None, "read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / "ours.yaml").write_text(text)
    with pytest.raises(SettingsError, match=said):
        load_company(str(tmp_path / "ours.yaml"))
