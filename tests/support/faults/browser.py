"""A page in the real browser, and a proxy that notes whatever it asks the network for."""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support.faults.hostile_strings import MARK

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
# What the browser asks for by itself, for its own purposes.
ITS_OWN = re.compile(r"(^|\.)(google|googleapis|gstatic|gvt1|chromium)\.(com|org)(:443)?$")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-extensions", "--disable-dev-shm-usage",
    "--proxy-bypass-list=<-loopback>", "--virtual-time-budget=3000",
]  # fmt: skip


@dataclass
class Network:
    """The address of the proxy, and what was asked of it: hosts and paths."""

    address: str
    asked: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Opened:
    """A page after its scripts had time to run: whether one of ours did, what it asked the network for, and its DOM."""

    ran: bool
    asked: list[str]
    dom: str


@contextmanager
def network() -> Iterator[Network]:
    """A proxy that answers every request with an empty page and notes it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            noted.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        do_POST = do_GET

        def do_CONNECT(self) -> None:
            noted.asked.append(self.path)
            self.send_error(502)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    noted = Network(f"127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield noted
    server.shutdown()
    server.server_close()


def opened(page: Path, profile: Path, proxy: Network) -> Opened:
    """Open a file in Chromium with a fresh profile."""
    assert CHROMIUM is not None
    before = len(proxy.asked)
    done = subprocess.run(
        [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"--proxy-server=http://{proxy.address}", "--dump-dom",
         page.resolve().as_uri()],
        capture_output=True, text=True, errors="replace", timeout=120, check=True,
    )  # fmt: skip
    asked = [one for one in proxy.asked[before:] if not ITS_OWN.search(re.sub(r"^https?://|/.*$", "", one))]
    root = re.search(r"<html\b[^>]*>", done.stdout)
    return Opened(root is not None and MARK in root.group(), asked, done.stdout)
