"""`jiuzhu up` on a folder of its own: started from nothing, timed, weighed, stopped."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.machine import ROOT
from runtime.embedded import ports
from runtime.folder import DataFolder

SECONDS = 120.0


@dataclass(frozen=True)
class House:
    """A running `up`: its process, its address, and the seconds that it took from the command to `ready:`."""

    pid: int
    url: str
    folder: DataFolder
    seconds: float


@contextlib.asynccontextmanager
async def house(data_dir: Path) -> AsyncIterator[House]:
    """Raises TimeoutError or RuntimeError with what it printed when it does not become ready."""
    environment = {
        **os.environ,
        "JIUZHU_DATA_DIR": str(data_dir),
        "JIUZHU_PORT": str(ports.free()),
        "JIUZHU_TEMPORAL_UI_PORT": "0",
    }
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "runtime.cli", "up"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        url = await asyncio.wait_for(_ready(process), SECONDS)
        seconds = time.monotonic() - began
        drain = asyncio.create_task(_drained(process))
        yield House(process.pid, url, DataFolder(data_dir), seconds)
        drain.cancel()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


async def _ready(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    said = []
    async for line in process.stdout:
        text = line.decode(errors="replace").rstrip()
        said.append(text)
        if text.startswith("ready:"):
            return text.partition(":")[2].strip()
    raise RuntimeError("\n".join(said))


async def _drained(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async for _line in process.stdout:
        pass
