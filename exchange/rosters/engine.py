"""Rosters are read, checked and compared in confined processes; here they are asked, one roster at a time each."""

import asyncio
import atexit
import os
import queue
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from exchange.rosters import message
from exchange.rosters.message import ANSWER, FRAME, GOOD, TOO_MUCH
from exchange.rosters.roster import End, Reconciled, Terms
from exchange.troubles import TableTrouble

AT_ONCE = 2
THREADS = 1
"""Of polars, in each process: casework goes on beside it."""
_ROOT = Path(__file__).parent.parent.parent


class Engine:
    """A confined process, started when it is first needed and again when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: Mapping[str, Any], content: bytes = b"", force: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Raises TableTrouble, also when the roster needed more than is allowed."""
        parts = (message.request(request), content, force)
        source, sink = self._pipes()
        try:
            source.write(FRAME.pack(*map(len, parts)))
            for part in parts:
                source.write(part)
            source.flush()
            code, size = ANSWER.unpack(_read(sink, ANSWER.size))
            body = _read(sink, size)
        except (BrokenPipeError, EOFError):
            self.stop()
            raise TableTrouble("took-too-much") from None
        if code != GOOD:
            raise TableTrouble("took-too-much" if code == TOO_MUCH else "damaged")
        return message.opened(body)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "exchange.rosters.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a parser's complaint may quote a cell
                cwd=_ROOT,
                env={
                    "PATH": os.defpath,
                    "PYTHONPATH": str(_ROOT),
                    "LC_ALL": "C.UTF-8",
                    "POLARS_MAX_THREADS": str(THREADS),
                },
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


async def reconcile(content: bytes, force: bytes | None, terms: Terms, *, whole: bool) -> Reconciled:
    """As `reconciling.reconcile`, confined. Raises TableTrouble."""
    told, after = await _asked(message.asked(terms, whole), content, force or b"")
    return message.reconciled(told, after)


async def without(force: bytes, refused: Sequence[End]) -> bytes:
    _told, after = await _asked(
        {"ask": "without", "refused": [[one.id_number, one.category] for one in refused]}, b"", force
    )
    return after


async def rebuilt(force: bytes | None, people: Sequence[tuple[str, str, str]]) -> bytes:
    _told, after = await _asked({"ask": "rebuilt", "people": people}, b"", force or b"")
    return after


async def _asked(request: Mapping[str, Any], content: bytes, force: bytes) -> tuple[dict[str, Any], bytes]:
    return await asyncio.to_thread(_by_the_next_free, request, content, force)


def _by_the_next_free(request: Mapping[str, Any], content: bytes, force: bytes) -> tuple[dict[str, Any], bytes]:
    engine = _IDLE.get()
    try:
        return engine.ask(request, content, force)
    finally:
        _IDLE.put(engine)


def _read(sink: IO[bytes], size: int) -> bytes:
    found = sink.read(size)
    if len(found) < size:
        raise EOFError
    return found


_ENGINES = tuple(Engine() for _one in range(AT_ONCE))
_IDLE: "queue.LifoQueue[Engine]" = queue.LifoQueue()
for _engine in _ENGINES:
    _IDLE.put(_engine)


@atexit.register
def _stop() -> None:
    for engine in _ENGINES:
        engine.stop()
