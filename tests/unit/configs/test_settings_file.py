"""A settings file lies over the defaults and under --set; what does not fit is refused with its line."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from configs.settings import SettingsError, load_settings
from configs.settings_file import _in_one_line, listing, overrides_of
from tests.support.nights.flow_runs import duerank

WRITTEN = """\
# ours
labels:
  grace_days: 0
training:
fairness:
  protected_fields: [name, country]
drafts:
  company: "no: one ü"
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "duerank.yaml"
    path.write_text(WRITTEN, "utf-8")
    return path


def test_a_file_lies_over_the_defaults_and_under_set(written: Path):
    settings = load_settings(overrides_of(written, ["fairness.protected_fields=[email]"]))
    assert settings.labels.grace_days == 0
    assert settings.drafts.company == "no: one ü"
    assert settings.fairness.protected_fields == ("email",)
    assert settings.training == load_settings().training


def test_the_same_values_from_a_file_and_from_set_are_the_same_settings(written: Path):
    by_set = ("labels.grace_days=0", "fairness.protected_fields=[name, country]", "drafts.company='no: one ü'")
    assert load_settings(overrides_of(written, ())) == load_settings(by_set)


def test_the_listing_says_what_each_value_comes_from_and_is_a_settings_file(written: Path, tmp_path: Path):
    overrides = ["training.trees=20"]
    shown = listing(written, overrides)
    origins = dict(line.split("  # ") for line in shown.splitlines() if "  # " in line)
    by_value = {value.strip(): origin for value, origin in origins.items()}
    assert by_value["grace_days: 0"] == f"{written}, line 3"
    assert by_value["trees: 20"] == "--set training.trees=20"
    assert by_value["leaves: 8"] == "default"
    again = tmp_path / "again.yaml"
    again.write_text(shown, "utf-8")
    assert load_settings(overrides_of(again, ())) == load_settings(overrides_of(written, overrides))


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(), st.lists(st.text())))
def test_a_value_of_a_file_arrives_as_it_was_written(value: object):
    line = _in_one_line(value)
    assert "\n" not in line
    assert yaml.safe_load(line) == value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("labels:\n  gracedays: 3", "line 2: there is no setting 'labels.gracedays'. The closest is"),
        ("\nlabel:\n  grace_days: 3", "line 2: there is no section 'label'. The closest is 'labels'"),
        ("labels:\n  grace_days: -3", "line 2: setting labels.grace_days = -3: Input should be greater than"),
        ("labels:\n  grace_days: [", "line 3: this is not YAML"),
        ("labels:\n\tgrace_days: 1", "line 2: this is not YAML"),
        ("labels:\n  grace_days: !!python/name:os.system", "line 2: this is not YAML"),
        ("labels:\n  grace_days: \0", "this is not YAML"),
        ("labels:\n  grace_days: 2024-13-45", "line 2: the value of labels.grace_days cannot be read"),
        ("labels:\n  grace_days: 1\n  grace_days: 2", "line 3: labels.grace_days is there twice"),
        ("labels: 3", "line 1: expected settings below `labels:`"),
        ("- labels", "line 1: expected sections"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_line(text: str, told: str, tmp_path: Path):
    path = tmp_path / "duerank.yaml"
    path.write_text(f"{text}\n", "utf-8")
    with pytest.raises(SettingsError) as refused:
        overrides_of(path, ())
    assert told in str(refused.value)
    assert str(path) in str(refused.value)


def test_an_empty_file_changes_nothing(tmp_path: Path):
    path = tmp_path / "duerank.yaml"
    path.write_text("# all as it is\n", "utf-8")
    assert overrides_of(path, ()) == ()


def test_every_command_that_takes_settings_takes_a_file():
    from pipelines.cli import main

    for name, command in main.commands.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert ("--set" in options) == ("--config" in options), name


def test_a_bad_file_is_2_before_anything_is_done(tmp_path: Path):
    path = tmp_path / "duerank.yaml"
    path.write_text("labels:\n  gracedays: 3\n", "utf-8")
    for command in (("train", "ledger", "--as-of", "2024-01-08"), ("config", "check"), ("validate", "ledger")):
        result = duerank(*command, "--config", path)
        assert result.exit_code == 2, result.output
        assert "The closest is 'labels.grace_days'" in result.output
    absent = duerank("config", "check", "--config", tmp_path / "absent.yaml")
    assert absent.exit_code == 2
    assert "the file cannot be read" in absent.output


def test_check_reads_the_files_that_settings_name(written: Path):
    nowhere = duerank("config", "check", "--config", written)
    assert nowhere.exit_code == 2
    assert "no: one ü: the file cannot be read" in nowhere.output
    found = duerank("config", "check", "--config", written, "--set", "drafts.company=null")
    assert found.exit_code == 0, found.output
    assert "worklist:\n" in found.output
    misspelt = duerank("config", "check", "--set", "worklist.strategy=b2x")
    assert misspelt.exit_code == 2
    assert "The closest is 'b2b'" in misspelt.output
