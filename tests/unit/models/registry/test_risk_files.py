"""Models on disk: the same scores again, no code run on loading, and a clear no to anything else."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.registry import risk_files
from models.registry.risk_files import NotOurModel
from models.risk.risk_model import RiskModel
from tests.support import small_models
from tests.support.repository import ROOT

CASES = ["late trees", "late forest", "late rule", "default trees", "default forest", "default rule"]


def case(name: str) -> RiskModel:
    about, kind = name.split()
    return (small_models.late_models() if about == "late" else small_models.default_models())[kind]


def rows_for(model: RiskModel) -> pd.DataFrame:
    draw = np.random.default_rng(1)
    features = model.scorer.features
    values = np.abs(draw.normal(0, 20, (300, len(features)))).astype("float32")
    return pd.DataFrame(values, columns=features).assign(late_share_all=draw.random(300))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    risk_files.save(small_models.late_trees(), tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("name", CASES)
def test_a_stored_model_gives_equal_scores_reasons_and_card(name: str, tmp_path: Path):
    model = case(name)
    risk_files.save(model, tmp_path)
    again = risk_files.load(tmp_path, "7")
    rows = rows_for(model)
    np.testing.assert_array_equal(again.probability(rows), model.probability(rows))
    np.testing.assert_array_equal(again.scorer.contributions(rows), model.scorer.contributions(rows))
    assert (again.card, again.calibrator, again.version) == (model.card, model.calibrator, "7")
    assert again.scorer.features == model.scorer.features


def test_the_same_model_is_stored_as_the_same_bytes(folder: Path, tmp_path: Path):
    risk_files.save(risk_files.load(folder, "1"), tmp_path / "again")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()
    }


@pytest.mark.parametrize("name", ["card.json", "calibrator.json", "model.txt", "digests.json"])
def test_a_missing_file_is_refused(folder: Path, name: str):
    (folder / name).unlink()
    with pytest.raises(NotOurModel, match="version 3 is not a duerank model, or was changed"):
        risk_files.load(folder, "3")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("model.txt", lambda text: text[: len(text) // 2]),  # LightGBM would end the process
        ("model.txt", lambda text: text[:300]),  # LightGBM would take it as a model of no trees
        ("model.txt", lambda text: text.replace("leaf_value=", "leaf_value=9", 1)),
        ("model.txt", lambda text: ""),
        ("calibrator.json", lambda text: text.replace('"slope": 1', '"slope": 2')),
        ("calibrator.json", lambda text: "[]"),
        ("card.json", lambda text: text.replace('"data"', '"other"')),
        ("card.json", lambda text: "not json"),
        ("digests.json", lambda text: "[]"),
        ("digests.json", lambda text: "{}"),
        ("digests.json", lambda text: "\x80"),
    ],
)
def test_a_changed_file_is_refused(folder: Path, name: str, change):
    text = (folder / name).read_text("utf-8")
    assert change(text) != text
    (folder / name).write_text(change(text), "utf-8")
    with pytest.raises(NotOurModel, match="train again, or roll back"):
        risk_files.load(folder, "3")


@pytest.mark.parametrize(
    "stored", [[], {}, {"rule": "unknown"}, {"rule": "ageing", "shares": 1, "more": 2}, "text", None]
)
def test_a_rule_that_is_none_of_ours_is_refused(tmp_path: Path, stored: object):
    risk_files.save(small_models.late_rule(), tmp_path)
    (tmp_path / "rule.json").write_text(json.dumps(stored), "utf-8")
    digests = json.loads((tmp_path / "digests.json").read_text("utf-8"))
    digests["rule.json"] = risk_files._digest((tmp_path / "rule.json").read_bytes())
    (tmp_path / "digests.json").write_text(json.dumps(digests), "utf-8")
    with pytest.raises(NotOurModel):
        risk_files.load(tmp_path, "3")


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    (tmp_path / "model.pkl").write_bytes(b"\x80\x04.")
    with pytest.raises(NotOurModel):
        risk_files.load(tmp_path, "3")
    with pytest.raises(NotOurModel):
        risk_files.load(tmp_path / "nowhere", "3")


LOAD_WITHOUT_PICKLE = """
import sys
from pathlib import Path
import pickle
import cloudpickle, joblib, lightgbm, numpy as np, pandas as pd
from models import pyfunc
from models.registry import risk_files
from models.risk import explain
from models.shap.tree_shap import FastTrees

# The project's compiled loops lie in numba's cache beside the code, pickled: let numba read them first.
booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(np.eye(50), np.arange(50.0)), 1)
FastTrees(booster).scores(np.eye(50))
FastTrees(booster).contributions(np.eye(50))

def refuse(*arguments, **more):
    raise AssertionError("a pickle was read")

class Refuses:
    __init__ = refuse

pickle.load = pickle.loads = cloudpickle.load = cloudpickle.loads = joblib.load = refuse
pickle.Unpickler = pickle._Unpickler = Refuses
for folder in sys.argv[1:]:
    model = risk_files.load(Path(folder), "1")
    rows = pd.DataFrame(np.ones((4, len(model.scorer.features)), dtype="float32"), columns=model.scorer.features)
    explain.contributions(model, rows)
    print(repr(model.probability(rows)[0]), repr(pyfunc._load_pyfunc(folder).predict(rows)[0]))
"""


def test_every_kind_of_model_loads_where_pickle_is_made_to_raise(tmp_path: Path):
    folders = [tmp_path / name for name in CASES]
    for name, folder in zip(CASES, folders, strict=True):
        risk_files.save(case(name), folder)
    done = subprocess.run(
        [sys.executable, "-c", LOAD_WITHOUT_PICKLE, *map(str, folders)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    expected = []
    for name in CASES:
        features = case(name).scorer.features
        rows = pd.DataFrame(np.ones((4, len(features)), dtype="float32"), columns=features)
        expected.append(repr(case(name).probability(rows)[0]))
    assert done.stdout.splitlines() == [f"{one} {one}" for one in expected]
