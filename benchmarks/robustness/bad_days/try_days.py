"""Days tried: the sound things once, then each day in a folder of its own."""

import os
import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.robustness.bad_days.day import BEFORE, FAST, Day
from benchmarks.robustness.bad_days.judge import Verdict, broken, earlier_nights, judge
from benchmarks.robustness.bad_days.place import Place, Sound
from benchmarks.robustness.bad_days.servers import Servers
from benchmarks.robustness.bad_days.table import keep
from tests.support.faults.bad_inputs import clean_rows

LEARNED_FROM = ("simulate", "--customers", "250", "--days", "400", "--seed", "11")
LEARNED_ON = "2024-01-02"
SAID = 12  # lines
ONE = ("--set", "scale.workers=1")


def try_days(kinds: Mapping[str, Sequence[Day]], folder: Path, at_once: int) -> None:
    """Try them all, and keep what came of each in the folder; a line is printed as each ends."""
    mine = folder / f"days-{os.getpid()}"
    with Servers(folder) as servers, ThreadPoolExecutor(at_once) as pool:
        sound = sound_things(folder, servers)
        running = [
            pool.submit(_try, kind, day, mine / f"{kind}-{place}".replace(" ", "-"), sound)
            for kind, days in kinds.items()
            for place, day in enumerate(days)
        ]
        for one in running:
            one.result()


def sound_things(folder: Path, servers: Servers) -> Sound:
    """A sound ledger, and a home and a night that are made when the first day wants them."""
    folder.mkdir(parents=True, exist_ok=True)
    once = threading.Lock()

    def trained() -> None:
        with once:
            if not (folder / "done").exists():
                _train(Place(folder / "first", sound), folder)
                (folder / "done").touch()

    sound = Sound(folder, clean_rows(), trained, servers.database)
    return sound


def _train(place: Place, folder: Path) -> None:
    place.environment = {"DUERANK_HOME": str(folder / "home")}
    night = ("nightly", place.ledger, "--as-of", BEFORE, "--out", folder / "nights", *ONE)
    learned = ("train", folder / "learned_from", "--as-of", LEARNED_ON, *FAST, *ONE)
    for command in ((*LEARNED_FROM, "--out", folder / "learned_from"), learned, night):
        said = place.duerank(*command)
        if said.code:
            raise RuntimeError(f"what all days begin with failed: {said.text}")


def _try(kind: str, day: Day, folder: Path, sound: Sound) -> None:
    """One day: what was done to its place stays there where it was not good."""
    if absent := day.absent():
        print(f"{'absent':9} {kind}: {day.name}: {absent}", flush=True)
        return
    place, began = Place(folder, sound), time.monotonic()
    try:
        day.harm(place)
        arguments = day.command
        filled = () if callable(arguments) else place.filled(arguments)
        earlier = {} if day.changes else earlier_nights(place)
        said = arguments(place) if callable(arguments) else place.duerank(*filled)
        verdict = judge(day, place, said, earlier, time.monotonic() - began)
    except Exception as error:  # a day that breaks the measurement itself is no good day either
        verdict = broken(day, error, time.monotonic() - began)
    finally:
        place.leave()
    keep(sound.folder, kind, verdict)
    print(_told(kind, verdict), flush=True)
    if verdict.good:
        shutil.rmtree(folder, ignore_errors=True)


def _told(kind: str, verdict: Verdict) -> str:
    """A line about a day that was tried, and the end of what was said where it was not good."""
    flags = [word for word, holds in (("SILENT", verdict.silent), ("TRACEBACK", verdict.shown_traceback)) if holds]
    lost = [] if verdict.lost is None else [f"lost {verdict.lost / 100:,.2f}"]
    about = ", ".join([f"code {verdict.code}", f"{verdict.seconds:.0f} s", *lost, *flags])
    told = [] if verdict.good else [*verdict.wrong, *verdict.said.strip().splitlines()[-SAID:]]
    return "\n    ".join([f"{'good' if verdict.good else 'BAD':5} {kind}: {verdict.day.name} ({about})", *told])
