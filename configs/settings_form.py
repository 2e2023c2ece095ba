"""Settings as a form: what a Prefect page asks for, typed and bounded, each with its reason of `default.yaml`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, create_model
from pydantic_core import CoreSchema, core_schema

from configs.settings import Section, Settings, SettingsValues, default_values, given_by_set

# The sections that decide something in each deployed flow, the most asked for first.
SECTIONS = {
    "nightly": ("worklist", "capacity", "holdout", "drafts", "night", "freshness", "forecast", "labels", "ledger",
                "effect", "scale"),
    "train": ("training", "labels", "gate", "effect", "evaluation", "fairness", "ledger", "scale"),
    "monitor": ("monitor", "labels", "evaluation", "fairness", "night", "ledger", "scale"),
    "backtest": ("backtest", "training", "labels", "effect", "evaluation", "fairness", "worklist", "ledger", "scale"),
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """The type of a flow's parameter: values by section and name, judged and shown as the settings' own sections are.

    A run gives those that it wants otherwise; the others are as `default.yaml` has them.
    """

    flow: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the sections; what is checked comes out as plain values again."""
        model = handler.generate_schema(form_of(self.flow))
        return core_schema.no_info_after_validator_function(_given, model)


NightlyForm = Annotated[SettingsValues, Form("nightly")]
TrainForm = Annotated[SettingsValues, Form("train")]
MonitorForm = Annotated[SettingsValues, Form("monitor")]
BacktestForm = Annotated[SettingsValues, Form("backtest")]


def by_section(flow: str, overrides: Sequence[str]) -> dict[str, Any]:
    """Overrides as parameters of a flow: its form filled in, and as `overrides` those that it does not ask for."""
    form, others = SettingsValues(), list[str]()
    for override in overrides:
        given = given_by_set(override)
        section, _, name = given.name.partition(".")
        if section in SECTIONS.get(flow, ()):
            form.setdefault(section, {})[name] = given.value
        else:
            others.append(override)
    return {"overrides": others, "settings": form} if flow in SECTIONS else {"overrides": others}


def _given(form: BaseModel) -> SettingsValues:
    values: SettingsValues = form.model_dump(mode="json", exclude_unset=True)
    return values


@cache
def form_of(flow: str) -> type[BaseModel]:
    """The sections of a flow as one model."""
    sections: dict[str, Any] = {name: (_section(name), Field(default={}, title=name)) for name in SECTIONS[flow]}
    return create_model(f"{flow}_settings", __config__=ConfigDict(extra="forbid"), **sections)


@cache
def _section(name: str) -> type[Section]:
    """A section whose fields have their defaults and reasons."""
    section: Any = Settings.model_fields[name].annotation
    values, said = default_values()[name], reasons()
    fields: dict[str, Any] = {
        field: (kind, Field(default=values[field], title=field, description=said[f"{name}.{field}"]))
        for field, kind in get_type_hints(section, include_extras=True).items()
        if field in section.model_fields
    }
    return create_model(f"{name}_section", __base__=Section, **fields)


@cache
def reasons() -> dict[str, str]:
    """What `default.yaml` says above each setting, by section.name; settings below each other share a reason."""
    found: dict[str, str] = {}
    section, said, ended = "", "", True
    for line in (files("configs") / "default.yaml").read_text("utf-8").splitlines():
        if comment := re.match(r"  # (.*)", line):
            said, ended = (comment[1] if ended else f"{said} {comment[1]}"), False
        elif setting := re.match(r"  (\w+):", line):
            found[f"{section}.{setting[1]}"], ended = said, True
        elif head := re.match(r"(\w+):", line):
            section, said, ended = head[1], "", True
    return found
