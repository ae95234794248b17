"""What a figure was measured on, and what the processes of one data folder weigh."""

import os
import platform
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MEGABYTE = 1024


def commit() -> str:
    """The commit, with `+` when files differ from it."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    changed = subprocess.run(["git", "status", "--porcelain", "-uno"], cwd=ROOT, capture_output=True, text=True).stdout
    return f"{head.strip() or 'unknown'}{'+' if changed.strip() else ''}"


def machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = {line.partition(":")[2].strip() for line in lines if line.startswith("model name")}
    load = "/".join(f"{one:.1f}" for one in os.getloadavg())
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores ({'; '.join(sorted(names))}), Python {platform.python_version()}, load {load}"


def processor_milliseconds(pid: int) -> float:
    """What all threads of the process have used so far: hardly disturbed by what else the machine does."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e6


def descendants(root: int) -> list[int]:
    """The process and all that it started, however deep, and what its children made their own session."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [root]
    for one in found:
        found += [pid for pid, parent in parents.items() if parent == one]
    return found


def memory(root: int) -> Mapping[str, float]:
    """Megabytes by program: proportional set size, so that what processes share is counted once."""
    sizes: dict[str, float] = {}
    for pid in descendants(root):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        kilobytes = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        name = _name(arguments)
        sizes[name] = sizes.get(name, 0.0) + kilobytes / MEGABYTE
    return sizes


def _name(arguments: list[str]) -> str:
    if "runtime.mail_catcher" in arguments:
        return "mail"
    for name in ("worker", "relay", "api", "up"):
        if "runtime.cli" in arguments and name in arguments:
            return name
    return Path(arguments[0].split(":")[0]).name
