"""Whoever can write to the registry can seal what he wrote: it is refused, or a model, and never code that runs."""

import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import lightgbm
import numpy as np
import pytest
import yaml

from models.effect.learners import LEARNERS
from models.registry import risk_files
from models.registry.effect_files import load_effect, save_effect
from models.registry.lightgbm_text import read_booster
from models.registry.risk_files import NotOurModel
from tests.support import small_models
from tests.support.effects.effect_worlds import quickly_learned, world
from tests.support.repository import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    risk_files.save(small_models.late_trees(), tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(scope="module")
def effect_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    stored = tmp_path_factory.mktemp("effect")
    save_effect(quickly_learned(world(1).cases), stored)
    return {path.name: path.read_bytes() for path in stored.iterdir()}


def reseal(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Change a file, and the digest with it."""
    text = (folder / name).read_text("utf-8")
    changed = change(text)
    assert changed != text
    (folder / name).write_text(changed, "utf-8")
    risk_files.write_digests(folder)


def put(name: str, value: str, tree: int = 0) -> Callable[[str], str]:
    """The first number of a line of a tree replaced."""

    def change(text: str) -> str:
        head, mark, rest = text.partition(f"Tree={tree}\n")
        return head + mark + re.sub(rf"(?m)^{name}=\S+", f"{name}={value}", rest, count=1)

    return change


def in_head(name: str, value: str) -> Callable[[str], str]:
    return lambda text: re.sub(rf"(?m)^{name}=\S+", f"{name}={value}", text, count=1)


WRONG: dict[str, Callable[[str], str]] = {
    "a size that leads beyond the text": in_head("tree_sizes", "999999999"),
    "a negative size": in_head("tree_sizes", "-5"),
    "sizes that are no numbers": in_head("tree_sizes", "x"),
    "more features than names": in_head("max_feature_idx", "99999"),
    "several classes": in_head("num_class", "3"),
    "more leaves than values": put("num_leaves", "999"),
    "a feature that is not there": put("split_feature", "999"),
    "a negative feature": put("split_feature", "-2"),
    "a child that is not there": put("left_child", "999"),
    "a leaf that is not there": put("right_child", "-999"),
    "a node that is its own child": put("left_child", "0"),
    "splits by category": put("num_cat", "2"),
    "linear leaves": put("is_linear", "1"),
    "a decision that is none": put("decision_type", "127"),
    "a leaf that is no number": put("leaf_value", "nan"),
    "an endless leaf": put("leaf_value", "1e999"),
    "a threshold that is text": put("threshold", "x"),
    "no trees": lambda text: text[: text.index("Tree=0")] + text[text.index("end of trees") :],
    "letters that are not ASCII": lambda text: text.replace("Tree=1\n", "Tree=１\n"),
    "a line of settings without a value": lambda text: text.replace("[label_column: ]", "[label_column]"),
    "a line of settings in two": lambda text: text.replace("[local_listen_port", "[local\n_listen_port"),
    "a line that is not known": lambda text: text.replace("label_index=0", "label_index=0\nx=0"),
    "a range without an end": lambda text: re.sub(r"feature_infos=\[([^:]+):[^\]]+\]", r"feature_infos=[\1]", text),
    "another objective": in_head("objective", "custom"),
    "a shrinkage that is no number": put("shrinkage", "=.03"),
    "a number as Python alone would read it": put("leaf_value", "1_0"),
    "an empty line within a tree": lambda text: text.replace("\nthreshold=", "\n\nthreshold=", 1),
    "half of it": lambda text: text[: len(text) // 2],
    "nothing": lambda text: "",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_text_that_would_lead_lightgbm_astray_is_refused_before_lightgbm_reads_it(folder: Path, wrong: str) -> None:
    reseal(folder, "model.txt", WRONG[wrong])
    with pytest.raises(NotOurModel, match="not a duerank model, or was changed"):
        risk_files.load(folder, "3")


@pytest.mark.parametrize("wrong", ["a child that is not there", "a size that leads beyond the text"])
@pytest.mark.parametrize("name", ["single.txt", "small_single.txt", "control.txt", "chance.txt"])
def test_the_same_holds_for_effect_models(
    effect_files: dict[str, bytes], tmp_path: Path, name: str, wrong: str
) -> None:
    for file, content in effect_files.items():
        (tmp_path / file).write_bytes(content)
    reseal(tmp_path, name, WRONG[wrong])
    with pytest.raises(NotOurModel):
        load_effect(tmp_path, "3")


def test_a_file_that_is_not_sealed_is_not_read(effect_files: dict[str, bytes], tmp_path: Path) -> None:
    for file, content in effect_files.items():
        (tmp_path / file).write_bytes(content)
    assert "treated.txt" not in effect_files
    (tmp_path / "treated.txt").write_bytes(b"not a model")
    trees = load_effect(tmp_path, "3").trees
    assert trees is not None and len(trees.learners) == len(LEARNERS)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("calibrator.json", lambda text: text.replace('"slope": 1', '"slope": NaN, "s": 1')),
        ("calibrator.json", lambda text: re.sub(r'"slope": [^,]+', '"slope": NaN', text)),
        ("calibrator.json", lambda text: "[" * 100_000),
        ("start.json", lambda text: '{"line": null, "curve": {"unpaid_share": []}}'),
        ("card.json", lambda text: text.replace('"lightgbm"', '"rule"')),
        ("card.json", lambda text: "[" * 100_000),
    ],
)
def test_parts_that_do_not_fit_each_other_are_refused(folder: Path, name: str, change: Callable[[str], str]) -> None:
    reseal(folder, name, change)
    with pytest.raises(NotOurModel):
        risk_files.load(folder, "3")


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "a/../../secret.txt"])
def test_digests_that_name_a_file_elsewhere_are_refused(folder: Path, name: str) -> None:
    (folder.parent / "secret.txt").write_text("secret", "utf-8")
    digests = json.loads((folder / "digests.json").read_text("utf-8"))
    for listed in ({**digests, name: ""}, {name: digests.pop("model.txt"), **digests}):
        (folder / "digests.json").write_text(json.dumps(listed), "utf-8")
        with pytest.raises(NotOurModel, match="does not list the files of a model"):
            risk_files.load(folder, "3")


LOAD_CHANGED = """
import random, re, sys
from pathlib import Path
from models.registry import risk_files
folder, draw = Path(sys.argv[1]), random.Random(5)
text = (folder / "model.txt").read_text("utf-8")
loaded = 0
for _ in range(int(sys.argv[2])):
    changed = text
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(len(changed))
        match draw.randrange(4):
            case 0: changed = changed[:place] + draw.choice("0123456789-=. \\nxe") + changed[place + 1:]
            case 1: changed = changed[:place] + changed[place + draw.randint(1, 200):]
            case 2: changed = changed[:place] + draw.choice(["999999999", "-1", " ", "nan", "\\n"]) + changed[place:]
            case 3:
                number = draw.choice(list(re.finditer(r"-?[0-9]+", changed)))
                changed = changed[:number.start()] + str(draw.choice([-1, 0, 2**31, 7])) + changed[number.end():]
    (folder / "model.txt").write_text(changed, "utf-8")
    risk_files.write_digests(folder)
    try:
        risk_files.load(folder, "3")
        loaded += 1
    except risk_files.NotOurModel:
        pass
print("ended with", loaded)
"""


def load_changed(folder: Path, times: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD_CHANGED, str(folder), str(times)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "ended with" in done.stdout


def test_a_hundred_changed_and_resealed_models_are_loaded_or_refused_and_the_process_lives(folder: Path) -> None:
    load_changed(folder, 100)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_ten_thousand_changed_and_resealed_models_are_loaded_or_refused_and_the_process_lives(folder: Path) -> None:
    load_changed(folder, 10_000)


REGISTERED = """
import os, shutil, sys, tempfile
from pathlib import Path
import mlflow
import pandas as pd
from models.registry import logged_runs, mlflow_registry, risk_files
stored = Path(tempfile.mkdtemp())
shutil.copytree(sys.argv[1], stored / "model")
model = risk_files.load(stored / "model", "1")
rows = pd.DataFrame(0.0, index=[0], columns=model.scorer.features)
client = mlflow_registry.connect()
with mlflow.start_run():
    version = logged_runs._log_model("late_payment", stored, model.probability, rows)
client.set_registered_model_alias("late_payment", mlflow_registry.CHAMPION, version)
[home] = [path.parent for path in Path(os.environ["DUERANK_HOME"]).rglob("MLmodel")]
print(home)
"""
LOAD_REGISTERED = """
from models.registry import mlflow_registry, risk_files
try:
    print(mlflow_registry.load("late_payment", mlflow_registry.CHAMPION).card.name)
except risk_files.NotOurModel as error:
    print("refused")
"""


class Evil:
    """Unpickling it makes a file."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return eval, (f"open({str(self.mark)!r}, 'w').close()",)


@pytest.mark.slow
def test_what_mlflow_would_run_of_a_registered_model_is_not_run(folder: Path, tmp_path: Path) -> None:
    """Another loader in MLmodel, a pickle next to our files, and one in their place."""
    mark = tmp_path / "it ran"
    environment = {"DUERANK_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}

    def run(script: str, *arguments: str) -> str:
        command = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1]

    home = Path(run(REGISTERED, str(folder)))
    about = yaml.safe_load((home / "MLmodel").read_text("utf-8"))
    about["flavors"]["python_function"] |= {"loader_module": "evil", "code": "code", "python_model": "model.pkl"}
    (home / "MLmodel").write_text(yaml.safe_dump(about), "utf-8")
    (home / "code").mkdir(exist_ok=True)
    (home / "code" / "evil.py").write_text(f"open({str(mark)!r}, 'w').close()", "utf-8")
    content = pickle.dumps(Evil(mark))
    for place in (home / "model.pkl", home / "data" / "model" / "model.pkl", home / "python_model.pkl"):
        place.write_bytes(content)
    assert run(LOAD_REGISTERED) == "late_payment"
    for file in (home / "data" / "model").iterdir():
        file.write_bytes(content)
    assert run(LOAD_REGISTERED) == "refused"
    assert not mark.exists()
    pickle.loads(content)
    assert mark.exists()


@pytest.mark.parametrize("label", ["constant", "of missing values", "of both"])
def test_every_text_that_lightgbm_writes_of_our_kinds_is_taken(label: str) -> None:
    draw = np.random.default_rng(2)
    values = draw.normal(size=(400, 3)).astype("float32")
    values[::3, 0] = np.nan
    missing = np.isnan(values[:, 0]).astype(float)
    target = {"constant": np.zeros(400), "of missing values": missing, "of both": missing + values[:, 1]}[label]
    for objective in ("regression", "cross_entropy", "binary"):
        shares = target if objective == "regression" else np.clip(np.round(target), 0, 1)
        data = lightgbm.Dataset(values, shares, feature_name=["a", "b_1", "c"])
        booster = lightgbm.train({"objective": objective, "verbose": -1, "num_leaves": 5}, data, 5)
        text = booster.model_to_string(num_iteration=-1)
        np.testing.assert_array_equal(read_booster(text).predict(values), booster.predict(values))
