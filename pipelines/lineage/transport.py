"""Where events of lineage go: a file or a URL, by OpenLineage's own variables. Neither can stop a night.

`OPENLINEAGE_URL` with `OPENLINEAGE_ENDPOINT` and `OPENLINEAGE_API_KEY`, or `OPENLINEAGE__TRANSPORT__LOG_FILE_PATH`, to
which a line is added for each event. With `OPENLINEAGE_DISABLED=true`, or without any of them, there are none.
"""

import json
import os
import sys
import threading
import urllib.request
from pathlib import Path
from typing import Any

from configs.privacy import FILE_MODE, open_plain
from ledger.errors import first_line, without_login

URL, FILE = "OPENLINEAGE_URL", "OPENLINEAGE__TRANSPORT__LOG_FILE_PATH"
ENDPOINT = "api/v1/lineage"
SECONDS_TO_ANSWER = 3

Event = dict[str, Any]


def is_on() -> bool:
    """Whether anyone wants to hear of runs."""
    disabled = os.environ.get("OPENLINEAGE_DISABLED", "").lower() in ("1", "true")
    return not disabled and bool(os.environ.get(URL) or os.environ.get(FILE))


def tell(event: Event) -> None:
    """Send an event to the URL, or add it to the file; a warning on the error stream where that cannot be.

    It takes no longer than `SECONDS_TO_ANSWER`, whatever the network does: looking up a name has no time limit of its
    own.
    """
    url, faults = os.environ.get(URL, ""), list[str]()
    telling = threading.Thread(target=_tell, args=(event, url, faults), daemon=True)
    telling.start()
    telling.join(SECONDS_TO_ANSWER)
    if telling.is_alive():
        faults.append(f"no answer within {SECONDS_TO_ANSWER} seconds")
    for fault in faults:
        place = without_login(url) or os.environ[FILE]
        print(f"duerank: this run is not in the lineage at {place}: {without_login(fault)}.", file=sys.stderr)


def _tell(event: Event, url: str, faults: list[str]) -> None:
    line = json.dumps(event, ensure_ascii=False).encode()
    try:
        if url:
            _post(url, line)
        else:
            _append(Path(os.environ[FILE]), line)
    except (OSError, ValueError) as error:
        faults.append(first_line(error))


def _post(url: str, body: bytes) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{URL} is no address that begins with http:// or https://")
    heads = {"Content-Type": "application/json"}
    if key := os.environ.get("OPENLINEAGE_API_KEY"):
        heads["Authorization"] = f"Bearer {key}"
    place = f"{url.rstrip('/')}/{os.environ.get('OPENLINEAGE_ENDPOINT', ENDPOINT).lstrip('/')}"
    urllib.request.urlopen(urllib.request.Request(place, body, heads), timeout=SECONDS_TO_ANSWER).close()


def _append(path: Path, line: bytes) -> None:
    """In one write, so that events of runs side by side do not mix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = open_plain(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, FILE_MODE)
    with os.fdopen(handle, "wb", buffering=0) as file:
        file.write(line + b"\n")
