"""A page in headless Chromium, by its DevTools protocol: for pages behind a login, whose scripts load their data."""

import base64
import json
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--remote-debugging-port=0"]  # fmt: skip


class ChromiumPage:
    """The browser's only page. `events` are all that it reported, in order, as (method, parameters)."""

    def __init__(self, connection: ClientConnection) -> None:
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._connection = connection
        self._calls = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a command of the protocol. RuntimeError where the browser refuses it."""
        self._calls += 1
        self._connection.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while True:
            told = json.loads(self._connection.recv(timeout=60))
            if told.get("id") == self._calls:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return told["result"]
            if "method" in told:
                self.events.append((told["method"], told["params"]))

    def value(self, script: str) -> Any:
        """What a JavaScript expression gives."""
        return self.call("Runtime.evaluate", expression=script, returnByValue=True)["result"].get("value")

    def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Whether it holds before the time is over; the page goes on meanwhile."""
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                return False
            time.sleep(0.5)
        return True

    def answers(self, part: str) -> list[tuple[int, str]]:
        """Status and body of every answer that has come in whole from an address with this part."""
        came = {given["requestId"] for method, given in self.events if method == "Network.loadingFinished"}
        return [
            (given["response"]["status"], self._body(given["requestId"]))
            for method, given in list(self.events)
            if method == "Network.responseReceived" and part in given["response"]["url"] and given["requestId"] in came
        ]

    def faults(self) -> list[str]:
        """Exceptions that no script caught."""
        return [str(given["exceptionDetails"]) for method, given in self.events if method == "Runtime.exceptionThrown"]

    def picture(self, to: Path) -> None:
        """A PNG of what the window shows."""
        to.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))

    def _body(self, request: str) -> str:
        return str(self.call("Network.getResponseBody", requestId=request)["body"])


@contextmanager
def page(chromium: str, profile: Path, width: int, height: int) -> Iterator[ChromiumPage]:
    """A fresh browser with a window of this size in pixels; it ends with the context."""
    process = subprocess.Popen(
        [chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"], stderr=subprocess.DEVNULL
    )
    try:
        with connect(_address(profile), max_size=None) as connection:
            opened = ChromiumPage(connection)
            for domain in ("Page", "Runtime", "Network"):
                opened.call(f"{domain}.enable")
            opened.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
            )
            yield opened
    finally:
        process.terminate()
        process.wait(30)


def _address(profile: Path) -> str:
    """Where the page listens: the browser writes its port into the profile when it is ready."""
    told = profile / "DevToolsActivePort"
    for _ in range(120):
        if told.exists() and (lines := told.read_text().splitlines()):
            with urllib.request.urlopen(f"http://127.0.0.1:{lines[0]}/json/list") as answer:
                pages = [one for one in json.load(answer) if one["type"] == "page"]
            if pages:
                return str(pages[0]["webSocketDebuggerUrl"])
        time.sleep(0.5)
    raise RuntimeError("the browser did not start within a minute")
