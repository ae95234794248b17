"""Named fault points: where a story or a test may have a process killed. Inert unless the settings name the point.

Two things must be true before a point does anything: `JIUZHU_FAULT_POINTS` names it, so that production code never looks,
and a file in the data folder arms it. The file is removed before the signal is sent, so that it fires once, however often
the process is started again (docs/decisions/0052).
"""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from runtime.folder import DataFolder
from runtime.settings import Settings

FaultPoint = Callable[[str], None]
"""Called with the point's name where the code reaches it, e.g. `fault_point("answer.after_commit")`."""

POINTS = ("application.after_commit", "answer.after_commit", "release.after_commit")
"""What the counter offers: an application, an answer or a release of payments has been committed, and nobody has been
told yet."""

SECONDS_TO_DIE = 5.0


class UnknownPoint(Exception):
    """No code reaches a point of that name: arming it would wait for ever."""


def fault_point(settings: Settings) -> FaultPoint:
    """What a process calls at its named points: nothing at all, unless the settings name some."""
    watched = frozenset(name.strip() for name in settings.fault_points.split(",") if name.strip())
    if not watched:
        return _inert

    def reached(name: str) -> None:
        if name in watched and (victim := _disarm(settings.folder, name)):
            _kill(settings.folder, victim)

    return reached


def arm(folder: DataFolder, name: str, victim: str) -> None:
    """The next process to reach the point kills `victim` (`api`, `worker`, `relay`, `postgres`). Raises UnknownPoint."""
    if name not in POINTS:
        raise UnknownPoint(name)
    path = _path(folder, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_text(victim, encoding="utf-8")


def is_armed(folder: DataFolder, name: str) -> bool:
    """Whether it is still to fire."""
    return _path(folder, name).exists()


def _inert(_name: str) -> None:
    """Everywhere but in a story that kills."""


def _disarm(folder: DataFolder, name: str) -> str | None:
    """The victim, for the one process that takes the file away; None for all others."""
    path = _path(folder, name)
    taken = path.with_suffix(f".{os.getpid()}")
    try:
        path.rename(taken)
    except FileNotFoundError:
        return None
    victim = taken.read_text(encoding="utf-8")
    taken.unlink()
    return victim


def _kill(folder: DataFolder, victim: str) -> None:
    """SIGKILL by the id that the supervisor recorded; then stand still, so that nothing is done after the fault."""
    pid = int((folder.run / f"{victim}.pid").read_text(encoding="utf-8").split()[0])
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + SECONDS_TO_DIE
    while time.monotonic() < until and Path(f"/proc/{pid}").exists():
        time.sleep(0.01)


def _path(folder: DataFolder, name: str) -> Path:
    return folder.run / "faults" / name
