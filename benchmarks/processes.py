"""A command as a whole process tree: how long it takes, and the most memory that it holds at once."""

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

EVERY_SECONDS = 0.5
MIB = 1 << 20


@dataclass(frozen=True)
class Cost:
    """Wall seconds, and the largest sum of the resident memory of all processes (pages that they share count twice)."""

    seconds: float
    peak_mib: float


def run(command: list[str], environment: dict[str, str], log: Path) -> Cost:
    """Run a command with its output in a file; RuntimeError with the end of that where it fails."""
    started = time.perf_counter()
    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        peak = _Peak(process.pid)
        peak.start()
        code = process.wait()
    seconds = time.perf_counter() - started
    peak.join()
    if code:
        raise RuntimeError(f"{' '.join(command)} ended with {code}:\n{log.read_text('utf-8')[-2_000:]}")
    return Cost(seconds, peak.mib)


def machine() -> str:
    """What the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return f"Python {sys.version.split()[0]}, {psutil.cpu_count()} cores, {memory:.0f} GiB"


class _Peak(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.root = psutil.Process(pid)
        self.mib = 0.0

    def run(self) -> None:
        while True:
            try:
                tree = [self.root, *self.root.children(recursive=True)]
                held = sum(_resident(process) for process in tree)
                if self.root.status() == psutil.STATUS_ZOMBIE:
                    return
            except psutil.NoSuchProcess:
                return
            self.mib = max(self.mib, held / MIB)
            time.sleep(EVERY_SECONDS)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
