"""A person's yes or no, asked on Prefect's page by a run that waits; without one the challenger stays one."""

import math
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings


def answered(answer: dict[str, object]) -> dict[str, tuple[bool, str]]:
    """What a waiting run receives, where a person answers so as soon as it waits."""
    from prefect import flow
    from prefect.client.orchestration import get_client
    from prefect.flow_runs import resume_flow_run

    from pipelines.runtime.prefect_runtime import ask_person

    @flow(name="asks")
    def asks() -> dict[str, tuple[bool, str]]:
        return ask_person("## Make them champions?", {"late_payment": "Make it so.", "default": "Make it so."}, 1)

    def person() -> None:
        with get_client(sync_client=True) as client:
            for _ in range(600):
                waiting = [run for run in client.read_flow_runs() if run.state and run.state.is_paused()]
                if waiting:
                    resume_flow_run(waiting[0].id, run_input=answer)
                    return
                time.sleep(0.2)

    answering = threading.Thread(target=person)
    answering.start()
    told = asks()
    answering.join()
    return told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            {"late_payment": True, "by": "Ann"},
            {"late_payment": (True, "Approved by Ann."), "default": (False, "Declined by Ann.")},
        ),
        pytest.param(
            {}, dict.fromkeys(("late_payment", "default"), (False, "Declined by a person.")), marks=pytest.mark.slow
        ),
    ],
)
def test_a_run_goes_on_with_the_answers_of_a_person(home: Path, answer: dict, told: dict) -> None:
    assert answered(answer) == told


def test_without_a_server_nobody_is_asked_and_the_answer_is_no(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from pipelines.runtime.prefect_runtime import ask_person

    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        told = ask_person("## Make it the champion?", {"default": "Make it so."}, 1)
    approved, why = told["default"]
    assert not approved and "duerank promote" in why


def test_winners_wait_for_a_person_where_so_configured_and_first_champions_do_not(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines import train
    from pipelines.train import Trained

    def one(name: str, wins: bool, first: bool) -> Trained:
        about = {"version": "2", "role": "challenger", "kind": "lightgbm", "why": "", "metrics": {}}
        return Trained(name=name, wins=wins, first=first, note="Why.", **about)

    made: list[str] = []
    asked: list[str] = []

    def ask(question: str, switches: dict[str, str], hours: int) -> dict[str, tuple[bool, str]]:
        asked.append(question)
        return dict.fromkeys(switches, (False, "Declined by Ann."))

    monkeypatch.setattr(train, "ask_person", ask)
    monkeypatch.setattr(train.mlflow_registry, "promote", lambda name, version: made.append(name))
    several = [one("late_payment", True, False), one("default", True, True), one("third", False, False)]
    late, default, third = train.promoted(several, load_settings(("gate.approval=person",)))
    assert made == ["default"]
    assert (late.role, default.role, third.role) == ("challenger", "champion", "challenger")
    assert late.note == "Why. Declined by Ann."
    assert len(asked) == 1 and "late_payment version 2" in asked[0] and "default" not in asked[0]
    made.clear()
    automatic = train.promoted([one("late_payment", True, False)], load_settings())
    assert made == ["late_payment"] and automatic[0].role == "champion" and len(asked) == 1


def test_what_a_person_is_shown_is_a_table_with_money_in_whole_units_and_no_word_for_what_is_not_known() -> None:
    from pipelines.train import _as_markdown

    swap_set = pd.DataFrame(
        {"rows": [9], "money": [15_737.21], "bad_share": [0.5], "auc": [math.nan]}, index=["enters"]
    )
    assert _as_markdown(swap_set.rename_axis("change")).splitlines() == [
        "| change | money | bad share | auc |", "| --- | --- | --- | --- |", "| enters | 15,737 | 0.500 |  |",
    ]  # fmt: skip


def test_a_clause_is_followed_by_a_full_stop_before_what_the_gate_says() -> None:
    from pipelines.train import Trained, summary

    why, note = "12 customers are known", "On later nights it is behind."
    rule = Trained(name="default", version="2", role="challenger", kind="rule", why=why, metrics={}, note=note)
    assert summary([rule]).endswith("(rule). 12 customers are known. On later nights it is behind.")
