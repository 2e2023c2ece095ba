"""A registered model is complete: MLflow loads it, and serves it by HTTP, where duerank is not installed."""

import json
import os
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.champions import NAMES
from models.effect import effect_model
from models.registry import mlflow_registry, risk_files
from models.registry.effect_files import load_effect
from tests.support.nights.flow_runs import TrainedHome

pytestmark = pytest.mark.slow

SECONDS_TO_START = 180
ROOMS = ("configs", "ledger", "features", "models", "worklists", "pipelines")
LOADED = """
import importlib.util, json, sys
import mlflow

assert not [room for room in sys.argv[2:] if importlib.util.find_spec(room)]
model = mlflow.pyfunc.load_model(sys.argv[1])
assert not [room for room in sys.argv[2:] if importlib.util.find_spec(room)]
answer = model.predict(model.input_example)
answer = answer.to_dict("records") if hasattr(answer, "to_dict") else answer.tolist()
print(json.dumps({"inputs": model.metadata.signature.inputs.input_names(), "answer": answer,
                  "example": json.loads(model.input_example.to_json(orient="split", double_precision=15))}))
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that has the libraries, and knows nothing of the project."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, symlinks=True)
    (own,) = folder.glob("lib/python*/site-packages")
    libraries = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    # The files *.pth there, which bring in the project, are not read: only this one is.
    (own / "libraries.pth").write_text("\n".join(libraries))
    return folder / "bin" / "python"


@pytest.fixture
def environment(trained: TrainedHome, elsewhere: Path) -> dict[str, str]:
    """Whoever serves knows the registry, and not where the project lies."""
    known = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    path = f"{elsewhere.parent}{os.pathsep}{known['PATH']}"
    return known | {"MLFLOW_TRACKING_URI": f"sqlite:///{trained.home / 'mlflow.db'}", "PATH": path}


@contextmanager
def served(name: str, python: Path, environment: dict[str, str], log: Path) -> Iterator[str]:
    """The address of `mlflow models serve` for a champion."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [python, "-m", "mlflow", "models", "serve", "--model-uri", f"models:/{name}@champion"]
    command += ["--env-manager", "local", "--port", str(port)]
    with log.open("w") as said:
        process = subprocess.Popen(command, env=environment, cwd=log.parent, stdout=said, stderr=said)
    try:
        until = time.monotonic() + SECONDS_TO_START
        while not answers(f"http://127.0.0.1:{port}/ping"):
            assert process.poll() is None and time.monotonic() < until, log.read_text()
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/invocations"
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except OSError:
        return False
    return True


def asked(url: str, rows: pd.DataFrame) -> tuple[int, dict]:
    """Status and answer to rows that are sent as a user would send them."""
    body = json.dumps({"dataframe_split": json.loads(rows.to_json(orient="split", double_precision=15))})
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_TO_START) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


@pytest.mark.parametrize("name", NAMES)
def test_a_champion_answers_by_http_where_duerank_is_not_installed_as_it_does_at_night(
    name: str, elsewhere: Path, environment: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [elsewhere, "-c", LOADED, f"models:/{name}@champion", *ROOMS],
        env=environment, cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout.splitlines()[-1])
    example = pd.DataFrame(loaded["example"]["data"], columns=loaded["example"]["columns"], dtype="float64")
    assert loaded["inputs"] == [*example]
    with served(name, elsewhere, environment, tmp_path / "serve.log") as url:
        status, answer = asked(url, example)
        assert status == 200, answer
        refused, why = asked(url, example.iloc[:, 1:])
    assert refused == 400 and example.columns[0] in why["message"]
    champion = mlflow_registry.champion_files(name)
    assert champion is not None
    rows = example.astype("float32")
    for found in (loaded["answer"], answer["predictions"]):
        if name == effect_model.NAME:
            expected = load_effect(*champion).effects(rows)
            assert len(expected)
            pd.testing.assert_frame_equal(pd.DataFrame(found, columns=expected.columns), expected, check_dtype=False)
        else:
            np.testing.assert_array_equal(found, risk_files.load(*champion).probability(rows))
