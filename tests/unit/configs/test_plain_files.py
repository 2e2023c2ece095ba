"""What people write for us is read from plain files: a pipe would be waited for, and a device never ends."""

import os
from pathlib import Path

import pytest

from configs.plain_files import text_of
from configs.settings import SettingsError, load_settings
from configs.settings_file import overrides_of
from ledger.errors import LedgerError
from ledger.importing.mapping_schema import load_mapping
from worklists.decide.decisions import load_policy
from worklists.drafts.company import load_company


@pytest.mark.timeout(20)
@pytest.mark.parametrize("what", ["pipe", "device"])
def test_a_pipe_or_a_device_in_the_place_of_a_text_is_refused_and_not_waited_for(tmp_path: Path, what: str) -> None:
    path = tmp_path / "own.yaml"
    os.mkfifo(path) if what == "pipe" else path.symlink_to("/dev/zero")
    for read in (
        lambda: overrides_of(path, ()),
        lambda: load_company(str(path)),
        lambda: load_mapping(path),
        lambda: load_policy(load_settings((f"worklist.strategy={path}",))),
        lambda: load_policy(load_settings((f"worklist.segments={path}",))),
        lambda: load_policy(load_settings((f"capacity.collectors={path}",))),
    ):
        with pytest.raises((SettingsError, LedgerError), match="this is a pipe or a device"):
            read()


def test_a_link_to_a_text_is_followed(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("a: 1")
    (tmp_path / "link").symlink_to(tmp_path / "text")
    assert text_of(tmp_path / "link") == "a: 1"
