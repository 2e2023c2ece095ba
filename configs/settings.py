"""Typed settings. Values live in `default.yaml`, each with its reason; unknown keys are refused.

Every room may import this module: it imports none of them.
"""

import os
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from configs.language import LANGUAGES
from configs.near_names import closest

Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(ge=0, le=3_650)]
Count = Annotated[int, Field(ge=1)]


# Values of settings, by section and name.
SettingsValues = dict[str, dict[str, Any]]


class SettingsError(ValueError):
    """A setting is unknown or out of its bounds; the message says which and what would do."""


class Section(BaseModel):
    """A group of settings; frozen, and unknown keys are refused, as are numbers without end."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def _language(name: str) -> str:
    if name not in LANGUAGES:
        raise ValueError(f"there is no such language; choose one of {', '.join(LANGUAGES)}")
    return name


Language = Annotated[str, AfterValidator(_language), Field(json_schema_extra={"enum": list(LANGUAGES)})]

# What may be changed of LightGBM's trees: whatever else it has would change what is asked of them, or what they are.
LIGHTGBM_PARAMETERS = (
    "bagging_fraction", "bagging_freq", "extra_trees", "feature_fraction", "feature_fraction_bynode", "lambda_l1",
    "lambda_l2", "learning_rate", "max_bin", "max_delta_step", "max_depth", "min_data_in_bin", "min_data_in_leaf",
    "min_gain_to_split", "min_sum_hessian_in_leaf", "num_leaves", "path_smooth",
)  # fmt: skip


def _lightgbm_name(name: str) -> str:
    if name not in LIGHTGBM_PARAMETERS:
        raise ValueError(
            f"{name!r} cannot be set.{closest(name, LIGHTGBM_PARAMETERS)} These can: {', '.join(LIGHTGBM_PARAMETERS)}. "
            f"How many trees there are is training.trees"
        )
    return name


LightGbmName = Annotated[str, AfterValidator(_lightgbm_name)]


class LedgerSettings(Section):
    reporting_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None
    max_quarantined_share: Share
    small_difference_amount: Annotated[float, Field(ge=0)]
    small_difference_share: Share
    credit_covers: Literal["oldest", "newest"]


class LabelSettings(Section):
    grace_days: Days
    default_days_past_due: Annotated[int, Field(ge=1, le=3_650)]
    default_horizon_days: Annotated[int, Field(ge=1, le=3_650)]


class TrainingSettings(Section):
    seed: Annotated[int, Field(ge=0)]
    spine_every_days: Annotated[int, Field(ge=1, le=366)]
    history_days: Annotated[int, Field(ge=30)]
    max_rows: Annotated[int, Field(ge=100)]
    min_events: Count
    calibration_share: Annotated[float, Field(gt=0, lt=1)]
    trees: Annotated[int, Field(ge=1, le=10_000)]
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    leaves: Annotated[int, Field(ge=2, le=1_024)]
    min_leaf_share: Share
    lightgbm: dict[LightGbmName, bool | int | float]
    estimator: Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")] | None
    estimator_parameters: dict[str, JsonValue]

    @property
    def model_kind(self) -> Literal["lightgbm", "estimator"]:
        """What is trained, where there is enough to learn from."""
        return "lightgbm" if self.estimator is None else "estimator"


class EffectSettings(Section):
    outcome_days: Annotated[int, Field(ge=7, le=90)]
    response_days: Annotated[int, Field(ge=3, le=30)]
    recovered_days: Annotated[int, Field(ge=60, le=730)]
    max_contacts: Annotated[int, Field(ge=100)]
    days_per_contact: Annotated[int, Field(ge=1, le=20)]
    min_contacts: Count
    confidence: Annotated[float, Field(ge=0.5, lt=1)]
    least_chance: Share
    largest_chance: Share
    cost_of_capital: Share
    loss_rate: Annotated[float, Field(ge=0, le=0.5)]
    assumed_odds_ratio: Annotated[float, Field(gt=1, le=100)]


class EvaluationSettings(Section):
    capacity_share: Annotated[float, Field(gt=0, le=1)]


class FairnessSettings(Section):
    protected_fields: tuple[Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")], ...]


class WorklistSettings(Section):
    strategy: str
    segments: str
    language: Language
    byte_order_mark: bool
    reasons: Annotated[int, Field(ge=1, le=3)]
    expected_days: Annotated[int, Field(ge=1, le=90)]
    month_target: Annotated[float, Field(gt=0)] | None


class OutcomeSettings(Section):
    contact_days: Annotated[int, Field(ge=1, le=366)]
    promise_days: Annotated[int, Field(ge=1, le=3_650)]
    next_contact_days: Annotated[int, Field(ge=1, le=3_650)]


class DraftSettings(Section):
    company: str | None
    templates: str | None


class HoldoutSettings(Section):
    share: Annotated[float, Field(ge=0, le=0.2)]
    days: Annotated[int, Field(ge=30, le=366)]
    value_limit: Annotated[float, Field(ge=0)] | None
    seed: Annotated[int, Field(ge=0, lt=10**16)]


class CapacitySettings(Section):
    collectors: str | None
    continuity_bonus: Share
    fairness: Share
    most_rank_jump: Annotated[int, Field(ge=0)] | None


class NightSettings(Section):
    without_champion: Literal["stop", "rules"]
    oldest_champion_days: Annotated[int, Field(ge=1)]


class FreshnessSettings(Section):
    payments_warn_days: Annotated[int, Field(ge=1)] | None
    invoices_warn_days: Annotated[int, Field(ge=1)] | None
    contacts_warn_days: Annotated[int, Field(ge=1)] | None
    payments_stop_days: Annotated[int, Field(ge=1)] | None
    invoices_stop_days: Annotated[int, Field(ge=1)] | None
    contacts_stop_days: Annotated[int, Field(ge=1)] | None

    def warn_days(self, table: str) -> int | None:
        """Of which age the newest record of a table counts as too old."""
        days: int | None = getattr(self, f"{table}_warn_days")
        return days

    def stop_days(self, table: str) -> int | None:
        """Of which age it stops the night."""
        days: int | None = getattr(self, f"{table}_stop_days")
        return days


class ForecastSettings(Section):
    days: Annotated[int, Field(ge=1, le=366)]


class ScaleSettings(Section):
    rows_per_partition: Annotated[int, Field(ge=1_000)]
    workers: Annotated[int, Field(ge=1, le=1_024)] | None
    scheduler: str | None
    scratch: str | None
    kept_gib: Annotated[float, Field(ge=0, le=1_000)]


class GateSettings(Section):
    origins: Annotated[int, Field(ge=1, le=12)]
    least_gain: Annotated[float, Field(ge=-1, le=1)]
    most_calibration_loss: Share
    approval: Literal["automatic", "person"]
    approval_hours: Annotated[int, Field(ge=1, le=720)]


class MonitorSettings(Section):
    normal_days: Annotated[int, Field(ge=28, le=3_650)]
    every_days: Annotated[int, Field(ge=1, le=31)]
    largest_shift: Annotated[float, Field(gt=0, le=10)]
    most_missing: Share
    volume_factor: Annotated[float, Field(gt=1, le=100)]
    most_auc_loss: Share
    most_share_off: Share
    deviations: Annotated[float, Field(ge=1, le=10)]
    retrain: bool


class BacktestSettings(Section):
    retrain_every_days: Annotated[int, Field(ge=1, le=3_650)]


class Settings(Section):
    """All settings of a run."""

    ledger: LedgerSettings
    labels: LabelSettings
    training: TrainingSettings
    effect: EffectSettings
    evaluation: EvaluationSettings
    fairness: FairnessSettings
    worklist: WorklistSettings
    outcomes: OutcomeSettings
    drafts: DraftSettings
    holdout: HoldoutSettings
    capacity: CapacitySettings
    night: NightSettings
    freshness: FreshnessSettings
    forecast: ForecastSettings
    gate: GateSettings
    monitor: MonitorSettings
    backtest: BacktestSettings
    scale: ScaleSettings


class Given(NamedTuple):
    """A value given to a setting; `place` says where, in messages."""

    name: str
    value: Any
    place: str


def load_settings(overrides: tuple[str, ...] = (), form: SettingsValues | None = None) -> Settings:
    """The defaults with the values of a form laid over them, and over both `section.name=value` overrides;
    SettingsError where one does not fit."""
    filled_in = [
        Given(f"{section}.{name}", value, f"settings of the run, {section}.{name}")
        for section, names in (form or {}).items()
        for name, value in names.items()
    ]
    return settings_with([*filled_in, *map(given_by_set, overrides)])


def default_values() -> SettingsValues:
    """The values of `default.yaml`, by section and name."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # takes a tenth of the time, and is in PyYAML's wheels
    values: SettingsValues = yaml.load((files("configs") / "default.yaml").read_text("utf-8"), loader)
    return values


def given_by_set(override: str) -> Given:
    """What a `section.name=value` gives; SettingsError where it has no value."""
    name, separator, text = override.partition("=")
    if not separator:
        raise SettingsError(f"--set {override}: a value is missing; write --set section.name=value.")
    try:
        return Given(name, yaml.safe_load(text), f"--set {override}")
    except yaml.YAMLError:
        raise SettingsError(f"--set {override}: not a value; write a number, a word, or null.") from None


def settings_with(given: Iterable[Given]) -> Settings:
    """The defaults with values laid over them, the later over the earlier; SettingsError where one does not fit."""
    values, places = default_values(), dict[str, str]()
    known = [f"{section}.{name}" for section, names in values.items() for name in names]
    for one in given:
        if one.name not in known:
            raise SettingsError(
                f"{one.place}: there is no setting {one.name!r}.{closest(one.name, known)} "
                f"`duerank config check` lists every setting."
            )
        section, name = one.name.split(".")
        values[section][name] = one.value
        places[one.name] = one.place
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_out_of_bounds(error, places)) from None


def home() -> Path:
    """The folder of the MLflow store and local state: DUERANK_HOME, or ./var."""
    return Path(os.environ.get("DUERANK_HOME", "var")).resolve()


def _out_of_bounds(error: ValidationError, places: dict[str, str]) -> str:
    lines = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        place = next((place for given, place in places.items() if f"{name}.".startswith(f"{given}.")), "default.yaml")
        lines.append(f"{place}: setting {name} = {problem['input']!r}: {problem['msg']}")
    return "; ".join(lines)
