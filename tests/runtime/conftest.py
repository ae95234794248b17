"""A running stack for the tests that need one, and `jiuzhu up` without the product's own processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
import pytest_asyncio

from runtime.embedded import ports
from runtime.embedded.programs import ROOT
from runtime.embedded.stack import Stack

# `up` itself, with no worker, relay or API: these tests are about what it does for any child.
SERVERS_ONLY = """
import asyncio, sys
from runtime.settings import Settings
from runtime.trouble import StartTrouble
from runtime.up import up
try:
    asyncio.run(up(Settings(), fresh="--fresh" in sys.argv, say=lambda line: print(line, flush=True), children=()))
except StartTrouble as trouble:
    sys.exit(str(trouble))
"""


class Up:
    """One `up` in a process of its own."""

    def __init__(self, data_dir: Path, port: int, *arguments: str) -> None:
        environment = {
            **os.environ,
            "JIUZHU_DATA_DIR": str(data_dir),
            "JIUZHU_PORT": str(port),
            "JIUZHU_TEMPORAL_UI_PORT": "0",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVERS_ONLY, *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: list[str] = []

    def until(self, word: str) -> str:
        """Read what it prints up to the line with `word`."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip())
            if word in line:
                return line.rstrip()
        raise AssertionError("\n".join(self.said))

    def stop(self, sign: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(sign)
        rest, _ = self.process.communicate(timeout=90)
        self.said += rest.splitlines()
        return self.process.returncode

    def end(self) -> str:
        """All that it printed, once it has ended by itself."""
        rest, _ = self.process.communicate(timeout=90)
        return "\n".join([*self.said, rest])


class Ups:
    """Starts `up` on folders and kills what a failed test leaves."""

    def __init__(self) -> None:
        self._all: list[Up] = []

    def __call__(self, data_dir: Path, *arguments: str, port: int | None = None) -> Up:
        self._all.append(Up(data_dir, port or ports.free(), *arguments))
        return self._all[-1]

    def kill(self) -> None:
        for one in self._all:
            if one.process.poll() is None:
                one.process.kill()
            one.process.communicate()


@pytest.fixture
def start_up() -> Iterator[Ups]:
    ups = Ups()
    yield ups
    ups.kill()


@pytest_asyncio.fixture(scope="session")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """PostgreSQL (migrated), Temporal and the mail catcher, without the product's own processes."""
    async with Stack(tmp_path_factory.mktemp("servers") / "data", children=(), demo=True) as stack:
        yield stack


def processes_naming(path: Path) -> Sequence[str]:
    """Command lines of all living processes that name `path` or work in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            place = str((entry / "cwd").readlink())
        except OSError:
            continue
        if line and int(entry.name) != os.getpid() and (str(path) in line or place.startswith(str(path))):
            found.append(line)
    return found


def wait_for_none(path: Path, seconds: float = 15) -> Sequence[str]:
    """What still names `path` after at most `seconds`."""
    until = time.monotonic() + seconds
    while (left := processes_naming(path)) and time.monotonic() < until:
        time.sleep(0.1)
    return left
