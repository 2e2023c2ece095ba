"""The registry of the models, the champions that a night kept, and Prefect's server."""

import http.server
import json
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from benchmarks.robustness.bad_days.day import NIGHTLY, Day
from benchmarks.robustness.bad_days.edits import Harm, all_of
from benchmarks.robustness.bad_days.place import Place, Said

NO_DATABASE = b"this is no database" * 1000


def damaged(place: Place) -> None:
    assert place.out
    (place.home / "mlflow.db").write_bytes(NO_DATABASE)


def lost(place: Place) -> None:
    assert place.out
    (place.home / "mlflow.db").unlink()


def nothing_kept(place: Place) -> None:
    shutil.rmtree(place.home / "champions")


def registry(address: str) -> Harm:
    """Another address of the registry."""
    return lambda place: (place.out, place.environment.update(MLFLOW_TRACKING_URI=address))


def at_home(place: Place) -> Path:
    """The files of the models of this home: MLflow knows where they were made, and hears where they are now."""
    first, here = f"{place.sound.folder}/home/", f"{place.home}/"
    with closing(sqlite3.connect(place.home / "mlflow.db")) as connection, connection:
        for table, column in (("experiments", "artifact_location"), ("runs", "artifact_uri"),
                              ("logged_models", "artifact_location"),
                              ("model_versions", "storage_location")):  # fmt: skip
            connection.execute(f"update {table} set {column} = replace({column}, ?, ?)", (first, here))
    return place.home / "mlartifacts"


def files_lost(place: Place) -> None:
    assert place.out
    shutil.rmtree(at_home(place))


def file_cut(place: Place) -> None:
    """Every model file of the registry cut in half."""
    assert place.out
    for path in at_home(place).rglob("model.txt"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def kept_cut(place: Place) -> None:
    damaged(place)
    for path in (place.home / "champions").rglob("model.txt"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def another_registry_was_read_before(place: Place) -> None:
    """What was kept is of another registry with the same version number."""
    assert place.out
    (kept,) = (place.home / "champions" / "late_payment").glob("version=*")
    version = kept.name.removeprefix("version=").partition(",")[0]
    other = kept.with_name(f"version={version},0123456789abcdef")
    kept.rename(other)
    card = json.loads((other / "card.json").read_text())
    (other / "card.json").write_text(json.dumps(card | {"trained_on": "1999-01-01"}))


def kept_is_of_the_last_night(place: Place, _said: Said) -> str:
    cards = [json.loads(path.read_text()) for path in (place.home / "champions" / "late_payment").glob("*/card.json")]
    return "" if [card["trained_on"] for card in cards] == ["2024-01-02"] else "the other registry's model is kept"


def prefect(address: str) -> Harm:
    return lambda place: (place.out, place.environment.update(PREFECT_API_URL=address))


def a_stranger_as_server(code: int) -> Harm:
    """A web server that answers whatever it is asked, and is no Prefect."""

    class Stranger(http.server.BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

        do_GET = do_POST = do_PATCH = answer

        def log_message(self, *_words: object) -> None:
            """Silent."""

    def harm(place: Place) -> None:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        place.afterwards.append(server.shutdown)
        prefect(f"http://127.0.0.1:{server.server_port}/api")(place)

    return harm


def no_home(place: Place) -> None:
    """Nights, and a home in which nothing was trained."""
    assert place.out
    shutil.rmtree(place.home)
    place.home.mkdir()


ROLLBACK = ("rollback", "late_payment")
USED = ("were used",)
MODELS = (
    Day("a registry that is damaged", damaged, NIGHTLY, says=("file is not a database", *USED)),
    Day("a registry that was deleted", lost, NIGHTLY, says=("has no champion of late_payment any more", *USED)),
    Day(
        "a registry in a database that is down",
        registry("postgresql+psycopg://mlflow:s3cret@127.0.0.1:1/mlflow"),
        NIGHTLY,
        says=USED,
    ),
    Day("a registry at a server that is down", registry("http://127.0.0.1:1"), NIGHTLY, says=USED),
    Day("a registry of which no one knows the kind", registry("nonsense://host"), NIGHTLY, says=USED),
    Day("the model files of the registry are lost", files_lost, NIGHTLY, says=USED),
    Day("the model files of the registry are cut off", file_cut, NIGHTLY, says=("is not what was saved",)),
    Day(
        "a registry that is damaged, and nothing kept", all_of(damaged, nothing_kept), NIGHTLY, 4, ("None was kept in",)
    ),
    Day("a registry that is damaged, and what was kept is cut off", kept_cut, NIGHTLY, 4, ("is not what was saved",)),
    Day(
        "the kept champion is of another registry with the same version number",
        another_registry_was_read_before,
        NIGHTLY,
        still=kept_is_of_the_last_night,
    ),
    Day("a rollback with a damaged registry", damaged, ROLLBACK, 4, ("file is not a database",)),
    Day("a rollback with a registry that is down", registry("http://127.0.0.1:1"), ROLLBACK, 4, ("cannot be read",)),
    Day("a rollback where there is nothing before", lambda place: place.out, ROLLBACK, 4, ("late_payment",)),
    Day("a rollback of a model that does not exist", lambda place: place.out, ("rollback", "tarot"), 4, ("tarot",)),
    Day("a promotion without a challenger", lambda place: place.out, ("promote", "default"), 4, ("has no challenger",)),
    Day("a night where nothing was trained", no_home, NIGHTLY, 4, ("run `duerank train` first",)),
    Day(
        "a night where nothing was trained, and rules may rank",
        no_home,
        (*NIGHTLY, "--set", "night.without_champion=rules"),
        says=("naive rule",),
    ),
    Day(
        "monitoring where nothing was trained",
        no_home,
        ("monitor", "{ledger}", "--as-of", "2024-01-08", "--out", "{out}"),
        4,
        ("run `duerank train` first",),
    ),
    Day(
        "a Prefect server that is down", prefect("http://127.0.0.1:1/api"), NIGHTLY, says=("no Prefect server answers",)
    ),
    Day(
        "a Prefect server whose address is none",
        prefect("not an address"),
        NIGHTLY,
        says=("no Prefect server answers",),
    ),
    Day(
        "a Prefect server that is another program",
        a_stranger_as_server(200),
        NIGHTLY,
        says=("no Prefect server answers",),
    ),
    Day("a Prefect server that lets no one in", a_stranger_as_server(401), NIGHTLY, says=("lets no one in",)),
)
