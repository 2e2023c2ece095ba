"""A Prefect server that is named and is none, or lets no one in, costs no run: it is reported and left out."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from pipelines.runtime import prefect_server

Answers = dict[str, tuple[int, bytes]]
PREFECT: Answers = {"/api/health": (200, b"true"), "/api/admin/version": (200, b'"3.4.0"')}


@contextmanager
def answering(answers: Answers) -> Iterator[str]:
    """The address of a server that answers so, and 404 elsewhere."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, body = answers.get(self.path, (404, b""))
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_words: object) -> None:
            """Silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/api"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (PREFECT, ""),
        ({**PREFECT, "/api/admin/version": (401, b"")}, "lets no one in by this PREFECT_API_AUTH_STRING"),
        (dict.fromkeys(PREFECT, (401, b"")), "lets no one in by this PREFECT_API_AUTH_STRING"),
        ({"/api/health": (200, b"<html>hello</html>")}, "no Prefect server answers"),
        ({}, "no Prefect server answers"),
    ],
)
@pytest.mark.parametrize("cloud", [False, True])
def test_a_named_server_is_used_where_it_is_prefect_and_lets_us_in(
    answers: Answers, told: str, cloud: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with answering(answers) as address:
        monkeypatch.setenv("PREFECT_API_URL", address)
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", "duerank:secret")
        monkeypatch.delenv("DUERANK_OWN_PREFECT_SERVER", raising=False)
        if cloud:
            monkeypatch.setenv("PREFECT_API_KEY", "pnu_1")
        prefect_server.leave_out_a_silent_server()
        used = prefect_server.SERVER in prefect_server.os.environ
    said = capsys.readouterr().err
    if cloud or not told:  # the cloud answers in its own way
        assert used and said == ""
    else:
        assert not used and told in said and "PREFECT_API_AUTH_STRING" not in prefect_server.os.environ
