"""Superset opens the dashboard as the analyst's guide says: every dataset and every chart answers, in a real browser.

`SUPERSET` names Superset's command where it is not on the path; Superset lives in an environment of its own.
"""

import http.cookiejar
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.chromium_page import page
from tests.support.faults.browser import CHROMIUM
from tests.support.small_nights import small_nights
from worklists.reference.superset_export import FOLDER, ROOT
from worklists.score_db.publish import publish

SUPERSET = shutil.which(os.environ.get("SUPERSET", "superset"))
SECTION = (ROOT / "docs/analyst.md").read_text("utf-8").split("\n## A dashboard in Superset\n")[1].split("\n## ")[0]
BUNDLING, INSTALLING, IMPORTING, SERVING = re.findall(r"```bash\n(.*?)```", SECTION, flags=re.DOTALL)
CHARTS = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((ROOT / FOLDER / "charts").glob("*.yaml"))]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(SUPERSET is None, reason="no Superset: install it as docs/analyst.md says, and set SUPERSET"),
]


@dataclass(frozen=True)
class Served:
    """A Superset that runs, and a login of its administrator."""

    address: str
    jar: http.cookiejar.CookieJar

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}{path}", content, {"Content-Type": "application/json"})
        with self._opener().open(request, timeout=120) as answer:
            return json.load(answer)

    def log_in(self, name: str, password: str) -> None:
        form = urllib.parse.urlencode({"username": name, "password": password}).encode()
        self._opener().open(f"{self.address}/login/", form, timeout=120).close()

    def _opener(self) -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))


@pytest.fixture(scope="module")
def superset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Superset with a fresh home, set up by the guide's own commands, on two small nights."""
    assert SUPERSET is not None
    home = tmp_path_factory.mktemp("superset")
    for night in small_nights():
        publish(night, f"sqlite:///{home / 'data/nights/duerank.db'}")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "SUPERSET"))}
    environment |= {"SUPERSET_HOME": str(home / "home"), "PATH": f"{Path(SUPERSET).parent}:{os.environ['PATH']}"}
    (home / "home").mkdir()
    ours = {"PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    bash(BUNDLING, home, environment | ours)
    bash(IMPORTING, home, environment)
    (home / "superset_config.py").open("a").write("WTF_CSRF_ENABLED = False\nRATELIMIT_ENABLED = False\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = SERVING.strip().replace("8088", str(port))
    with (home / "log").open("w") as log:
        environment["SUPERSET_CONFIG_PATH"] = str(home / "superset_config.py")
        process = subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=home, env=environment, stdout=log, stderr=log)
    try:
        served = Served(f"http://127.0.0.1:{port}", http.cookiejar.CookieJar())
        wait(f"{served.address}/health", process, home / "log")
        served.log_in("admin", "admin")
        yield served
    finally:
        process.terminate()
        process.wait(30)


def bash(block: str, folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(["bash", "-euc", block], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


def wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            assert process.poll() is None, log.read_text()[-3000:]
            time.sleep(0.5)
    pytest.fail(f"Superset did not answer within two minutes: {log.read_text()[-3000:]}")


def test_every_column_and_metric_of_every_dataset_answers(superset: Served) -> None:
    files = sorted((ROOT / FOLDER / "datasets").rglob("*.yaml"))
    found = superset.ask("/api/v1/dataset/?q=(page_size:100)")["result"]
    numbers = {dataset["uuid"]: dataset["id"] for dataset in found}
    assert len(numbers) == len(files)
    for dataset in (yaml.safe_load(path.read_text("utf-8")) for path in files):
        query = {"row_limit": 10, "filters": []}
        columns = [column["column_name"] for column in dataset["columns"]]
        metrics = [metric["metric_name"] for metric in dataset["metrics"]]
        body = {
            "datasource": {"id": numbers[dataset["uuid"]], "type": "table"},
            "queries": [query | {"columns": columns}, query | {"columns": [], "metrics": metrics}],
            "result_type": "full",
            "result_format": "json",
        }
        for answer in superset.ask("/api/v1/chart/data", body)["result"]:
            assert answer["error"] is None, (dataset["table_name"], answer["error"])
            assert answer["rowcount"] > 0, dataset["table_name"]


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_the_page_draws_every_chart(superset: Served, tmp_path: Path) -> None:
    assert CHROMIUM is not None
    with page(CHROMIUM, tmp_path / "profile", 1600, 3000) as shown:
        for cookie in superset.jar:
            shown.call("Network.setCookie", name=cookie.name, value=cookie.value, url=superset.address)
        shown.call("Page.navigate", url=f"{superset.address}/superset/dashboard/duerank-receivables/?standalone=1")
        waiting = "document.querySelectorAll('.loading, [data-test=loading-indicator]').length"
        drawn = "document.querySelectorAll('.dashboard-chart').length"
        assert shown.until(lambda: shown.value(drawn) == len(CHARTS) and shown.value(waiting) == 0, 180)
        time.sleep(2)  # charts move into place
        shown.picture(Path(os.environ.get("SUPERSET_PICTURE", tmp_path / "dashboard.png")))
        answers = shown.answers("/api/v1/chart/data")
        text = shown.value("document.body.innerText")
        faults = shown.faults()
    results = [result for status, body in answers if status == 200 for result in json.loads(body)["result"]]
    assert len(answers) >= len(CHARTS)
    assert [(status, body[:500]) for status, body in answers if status != 200] == []
    assert [result["error"] for result in results if result["error"] or not result["rowcount"]] == []
    assert all(chart["slice_name"] in text for chart in CHARTS)
    assert "No data" not in text and "No results" not in text and "error" not in text.lower()
    assert faults == []
