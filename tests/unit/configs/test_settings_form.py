"""What Prefect's page asks for is what default.yaml and the settings say."""

import pytest
from pydantic import TypeAdapter, ValidationError

from configs.settings import SettingsError, default_values, load_settings
from configs.settings_form import SECTIONS, TrainForm, by_section, form_of, reasons


def test_every_setting_has_a_reason_and_those_below_each_other_share_one() -> None:
    said = reasons()
    assert set(said) == {f"{section}.{name}" for section, names in default_values().items() for name in names}
    assert all(said.values())
    assert said["labels.grace_days"].startswith("Bank transfers take days")
    assert said["effect.least_chance"] == said["effect.largest_chance"] != said["effect.confidence"]
    assert said["fairness.protected_fields"].endswith("can be added.")


@pytest.mark.parametrize("flow", SECTIONS)
def test_a_form_that_is_left_as_it_is_gives_the_defaults(flow: str) -> None:
    values = default_values()
    empty = form_of(flow).model_validate({})
    for name in SECTIONS[flow]:
        fields = form_of(flow).model_fields[name].annotation.model_fields
        assert {field: info.default for field, info in fields.items()} == values[name]
    assert empty.model_dump(exclude_unset=True) == {}


def test_what_was_filled_in_goes_over_the_defaults_and_below_overrides() -> None:
    form = TypeAdapter(TrainForm).validate_python({"training": {"trees": 20, "leaves": 4}})
    assert form == {"training": {"trees": 20, "leaves": 4}}
    found = load_settings(("training.leaves=16",), form)
    assert (found.training.trees, found.training.leaves) == (20, 16)
    assert found.labels == load_settings().labels


@pytest.mark.parametrize("wrong", [{"training": {"trees": 0}}, {"training": {"tree": 20}}, {"worklist": {}}])
def test_what_is_out_of_bounds_or_unknown_is_refused(wrong: dict) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(TrainForm).validate_python(wrong)


def test_a_value_that_does_not_fit_names_its_field() -> None:
    with pytest.raises(SettingsError, match=r"settings of the run, training\.trees"):
        load_settings((), {"training": {"trees": 0}})


def test_overrides_fill_in_the_form_of_a_flow_as_far_as_it_asks_for_them() -> None:
    overrides = ["training.trees=20", "labels.grace_days=0"]
    labels = {"labels": {"grace_days": 0}}
    assert by_section("nightly", overrides) == {"overrides": ["training.trees=20"], "settings": labels}
    assert by_section("train", overrides)["settings"] == {"training": {"trees": 20}, **labels}
    assert by_section("one of a user's own", overrides) == {"overrides": overrides}
