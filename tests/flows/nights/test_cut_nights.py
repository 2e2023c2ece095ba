"""A night whose disk is full or whose database goes away in the middle is absent; run again, it is whole."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from ledger.sources.connections import open_engine
from tests.support.nights.flow_runs import NEXT_NIGHT, NIGHT, TrainedHome, duerank, nightly, overrides
from tests.support.nights.published_nights import contents, digests, everything, table
from worklists.score_db.tables import SCORE_TABLES

pytestmark = pytest.mark.slow

LARGE = "size=100m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own, whose room can be taken away."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", LARGE, "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("no right to mount a file system")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)  # a test's own connection may be open yet


def resize(disk: Path, room: int) -> None:
    """Leave so many bytes free."""
    used = sum(path.stat().st_blocks * 512 for path in disk.rglob("*"))
    subprocess.run(["mount", "-o", f"remount,size={used + room}", str(disk)], check=True)


@pytest.mark.parametrize("room", [50_000, 1_500_000])
def test_a_full_disk_leaves_yesterdays_night_and_a_rerun_with_room_gives_the_whole_one(
    trained: TrainedHome, small_disk: Path, tmp_path: Path, room: int
):
    nightly(trained.ledger, small_disk)
    rows, files = everything(small_disk), contents(small_disk / f"as_of={NIGHT}")
    resize(small_disk, room)
    stopped = duerank("nightly", trained.ledger, "--as-of", NEXT_NIGHT, "--out", small_disk, *overrides())
    assert stopped.exit_code == 1
    assert "no room left on the disk" in stopped.output or "disk is full" in stopped.output, stopped.output
    assert {path.name for path in small_disk.glob("as_of=*")} == {f"as_of={NIGHT}"}
    assert contents(small_disk / f"as_of={NIGHT}") == files
    assert everything(small_disk) == rows
    assert not any(table(small_disk, name, NEXT_NIGHT) for name in SCORE_TABLES)
    resize(small_disk, 100_000_000)
    nightly(trained.ledger, small_disk, NEXT_NIGHT)
    nightly(trained.ledger, tmp_path / "undisturbed")
    nightly(trained.ledger, tmp_path / "undisturbed", NEXT_NIGHT)
    assert everything(small_disk, NEXT_NIGHT) == everything(tmp_path / "undisturbed", NEXT_NIGHT)
    assert digests(small_disk, NEXT_NIGHT) == digests(tmp_path / "undisturbed", NEXT_NIGHT)


class Cable:
    """A TCP port in front of a PostgreSQL socket, cut after so many bytes on their way to the server."""

    def __init__(self, server: sa.URL, holds: int) -> None:
        self.server, self.holds = server, holds
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.door.getsockname()[1])

    def _serve(self) -> None:
        while True:
            client, _ = self.door.accept()
            upstream = socket.socket(socket.AF_UNIX)
            upstream.connect(f"{self.server.query['host']}/.s.PGSQL.{self.server.port or 5432}")
            threading.Thread(target=self._pass, args=(client, upstream, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(upstream, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        try:
            while some := source.recv(4096):
                if counted:
                    self.holds -= len(some)
                if self.holds < 0:
                    break
                target.sendall(some)
        except OSError:
            pass
        for end in (source, target):
            with suppress(OSError):  # closing alone would not wake the other thread, which still reads from it
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def test_a_database_that_is_cut_off_in_the_middle_has_nothing_of_the_night(
    trained: TrainedHome, night: Path, tmp_path: Path, postgresql: str
):
    direct = sa.make_url(postgresql)
    cable = Cable(direct, 200_000)
    through = direct.set(host="127.0.0.1", port=cable.port, query={}).render_as_string(hide_password=False)
    stopped = duerank(
        "nightly", trained.ledger, "--as-of", NIGHT, "--out", tmp_path, "--database", through, *overrides()
    )
    assert stopped.exit_code == 1
    assert "the night was not published, the earlier one is unchanged" in stopped.output
    assert not list(tmp_path.glob("as_of=*"))
    engine = open_engine(postgresql)
    assert sa.inspect(engine).get_table_names() == []
    nightly(trained.ledger, tmp_path, NIGHT, "--database", postgresql)
    assert digests(tmp_path) == digests(night)
    with engine.connect() as connection:
        assert connection.execute(sa.text("select count(*) from worklist")).scalar() == len(table(night, "worklist"))
    engine.dispose()
