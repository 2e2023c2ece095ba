"""A registered model is complete: MLflow loads and serves it where duerank is not installed."""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest

from models.champions import NAMES
from models.effect import effect_model
from models.registry import mlflow_registry, risk_files
from models.registry.effect_files import load_effect
from tests.support.nights.flow_runs import TrainedHome

# Neither the folder of the project nor what its installation puts on the path is known here.
SERVE_ELSEWHERE = """
import sys
sys.path += sys.argv[2:]

import importlib.util
import json

for room in ("configs", "ledger", "features", "models"):
    assert importlib.util.find_spec(room) is None, room

import mlflow.pyfunc
from fastapi.testclient import TestClient
from mlflow.models import convert_input_example_to_serving_input
from mlflow.pyfunc.scoring_server import init

model = mlflow.pyfunc.load_model(sys.argv[1])
example = model.input_example
assert model.metadata.signature.inputs.input_names() == list(example.columns)
loaded = model.predict(example)
request = convert_input_example_to_serving_input(example)
served = TestClient(init(model)).post(
    "/invocations", content=request, headers={"Content-Type": "application/json"}
)
assert served.status_code == 200, served.text
code = sys.modules[model.loader_module].__file__
assert code.startswith(sys.argv[1]), code
for room in ("configs", "ledger", "features", "models"):
    assert importlib.util.find_spec(room) is None, room
loaded = loaded.to_dict("records") if hasattr(loaded, "to_dict") else loaded.tolist()
print(json.dumps({"example": example.to_dict("list"), "loaded": loaded, "served": served.json()["predictions"]}))
"""


@pytest.fixture
def elsewhere(trained: TrainedHome, tmp_path: Path):
    """Answers of a registered model to its input example, loaded and served in a process without the project."""

    def answers(name: str) -> dict:
        mlflow_registry.connect()
        folder = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{name}/1", dst_path=str(tmp_path / name))
        libraries = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", SERVE_ELSEWHERE, folder.rstrip("/"), *libraries],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return answers


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_model_answers_where_duerank_is_not_installed_as_it_does_at_night(name: str, elsewhere):
    found = elsewhere(name)
    example = pd.DataFrame(found["example"], dtype="float64").astype("float32")
    champion = mlflow_registry.champion_files(name)
    assert champion is not None
    if name == effect_model.NAME:
        expected = load_effect(*champion).effects(example)
        assert len(expected)
        for answer in (found["loaded"], found["served"]):
            pd.testing.assert_frame_equal(pd.DataFrame(answer, columns=expected.columns), expected, check_dtype=False)
    else:
        expected = risk_files.load(*champion).probability(example)
        for answer in (found["loaded"], found["served"]):
            np.testing.assert_array_equal(answer, expected)
