"""Processes by id: recorded so that the next start can end what a killed supervisor left, never found by name alone."""

import contextlib
import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")


def birth(pid: int) -> str | None:
    """When the process started, in the kernel's ticks, so that a reused id is not taken for the old process."""
    try:
        # The command's name, in brackets, may hold blanks; the fields are counted after it.
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[19]


def record(path: Path, pid: int) -> None:
    """Remember a child."""
    path.touch(mode=0o600)
    path.write_text(f"{pid} {birth(pid)}", encoding="utf-8")


def end_recorded(path: Path, stop_signal: signal.Signals) -> None:
    """End the process group remembered in `path`, if that very process still lives; forget it."""
    with contextlib.suppress(FileNotFoundError):
        pid, _, born = path.read_text(encoding="utf-8").partition(" ")
        if pid.isdigit() and birth(int(pid)) == born:
            end(int(pid), stop_signal)
        path.unlink()


def end(pid: int, stop_signal: signal.Signals, patience: float = 5.0) -> None:
    """Ask, wait, then kill."""
    for sign, seconds in ((stop_signal, patience), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, sign)
        until = time.monotonic() + seconds
        while birth(pid) is not None:
            if time.monotonic() > until:
                break
            time.sleep(0.02)
        else:
            return


def working_in(folder: Path) -> list[int]:
    """Processes whose current folder is `folder`: PostgreSQL's live in their data folder, orphans included."""
    found, folder = [], folder.resolve()
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "cwd").readlink() == folder and int(entry.name) != os.getpid():
                found.append(int(entry.name))
    return found
