"""The notebooks run from beginning to end on a ledger that was trained on, and define nothing."""

import ast
from pathlib import Path

import pytest

from tests.support.nights.flow_runs import FAST, NIGHT, TrainedHome, duerank, overrides
from tests.support.notebook_runner import NOTEBOOKS, cells, code_cells, run, source, words

ROOMS = {"configs", "duerank", "ledger", "features", "models", "worklists"}
TOOLS = {"lightgbm", "matplotlib", "numpy", "pandas", "sklearn"}
PLAIN = {"os", "pathlib", "dataclasses"}
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

by_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)


def tree(notebook: Path) -> ast.Module:
    """All code of a notebook."""
    return ast.parse("\n".join(source(cell) for cell in code_cells(notebook)))


def test_there_is_one_to_explore_to_add_a_feature_to_compare_classifiers_and_to_judge_models_and_policies():
    assert [notebook.stem for notebook in NOTEBOOKS] == [
        "add_a_feature", "compare_classifiers", "explore_a_ledger", "judge_a_model", "judge_a_policy",
    ]  # fmt: skip


@by_notebook
def test_a_notebook_defines_nothing(notebook: Path):
    defined = [node.lineno for node in ast.walk(tree(notebook)) if isinstance(node, DEFINITIONS)]
    assert not defined, "what is worth a name belongs into a room, where it is tested"


@by_notebook
def test_a_notebook_imports_the_rooms_and_what_it_plots_with(notebook: Path):
    imported = set()
    for node in ast.walk(tree(notebook)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
            assert not any(alias.name.startswith("_") for alias in node.names)
    assert imported <= ROOMS | TOOLS | PLAIN


@by_notebook
def test_a_notebook_is_stored_without_outputs(notebook: Path):
    for cell in code_cells(notebook):
        assert cell["outputs"] == [] and cell["execution_count"] is None


@by_notebook
def test_words_come_before_code_and_say_what_to_do_next(notebook: Path):
    assert cells(notebook)[0]["cell_type"] == "markdown"
    assert "**Next:**" in words(notebook)


@pytest.fixture(scope="module")
def backtested(trained: TrainedHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("backtest")
    nights = ("--from", "2023-12-04", "--to", "2024-01-01", "--every", "28D")
    result = duerank("backtest", trained.ledger, *nights, "--out", out, *overrides())
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(scope="module")
def environment(trained: TrainedHome, backtested: Path) -> dict[str, str]:
    return {
        "NOTEBOOK_LEDGER": str(trained.ledger),
        "NOTEBOOK_AS_OF": str(NIGHT),
        "NOTEBOOK_SETTINGS": " ".join(FAST),
        "NOTEBOOK_BACKTEST": str(backtested),
    }


SHOWN = {
    "add_a_feature": ("| `settled_largest_amount_all` | customer |", "Brier score better by"),
    "compare_classifiers": ("random forest", "Brier score better by", "of the money that went bad"),
    "explore_a_ledger": ("best_possible_dso", "collectible_amount", "delay_mean_90d"),
    "judge_a_model": ("contact_effect", "own_late_share_auc", "the risk)"),
    "judge_a_policy": ("largest balance", "share_captured", "first 10%"),
}


@pytest.mark.slow
@by_notebook
def test_a_notebook_runs_and_shows_what_it_is_for(notebook: Path, environment: dict[str, str]):
    shown = run(notebook, environment)
    for phrase in SHOWN[notebook.stem]:
        assert phrase in shown
