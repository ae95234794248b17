"""Rosters are read, checked and compared in confined processes; here they are asked, one roster at a time each."""

import asyncio
import atexit
import os
import queue
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from exchange.rosters import message
from exchange.rosters.message import ANSWER, BROKEN, FRAME
from exchange.rosters.roster import End, Reconciled, Terms
from exchange.troubles import TableTrouble

AT_ONCE = 2
THREADS = 1
"""Of polars, in each process: casework goes on beside it."""
EACH = 64
"""Rosters after which another reader is taken: what it has kept of memory goes with it."""
TOGETHER, TOGETHER_BYTES = 3, 16 * 1024**2
"""Rosters that go through a reader in one pass, and bytes of them. With more of them nothing is gained any more."""
LARGE = 4 * 1024**2
"""Bytes of a workbook that is read alone: unpacked it is many times that, and is given all the memory that is allowed."""
PIPE = 1 << 20
"""Bytes that may wait in a pipe: a roster is handed over in a few goes instead of thirty."""
SECONDS = 240.0
"""On the wall, for a roster; the reader limits its own time of the processor."""
_WORKBOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
_OF_A_ROSTER = ("reconcile", "cells", "together")
"""What is asked with a roster as an office has sent it."""
_ANOTHER = FRAME.pack(0, 0, 0)
_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Roster:
    """What is asked about one: its file, those in force before, and by what it is judged."""

    content: bytes
    force: bytes | None
    terms: Terms
    whole: bool


class Engine:
    """A confined process, started when it is first needed and again when it has died.

    What reads rosters in it reads several, one after the other: either plain text, or workbooks, which are unpacked and taken
    apart by far more code. A large workbook is read by a reader that has read nothing before it, and reads nothing afterwards.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._read, self._workbooks, self._fresh_next = 0, False, False

    def ask(self, request: Mapping[str, Any], content: bytes = b"", force: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Raises TableTrouble, also when the roster needed more than is allowed."""
        parts = (message.request(request), content, force)
        source, sink = self._pipes()
        try:
            if self._wants_another(request["ask"] in _OF_A_ROSTER, content):
                source.write(_ANOTHER)
                self._read = 0
            self._read += len(request.get("rosters", (request,)))
            source.write(FRAME.pack(*map(len, parts)))
            for part in parts:
                source.write(part)
            source.flush()
            until = time.monotonic() + SECONDS
            body = _read(sink, ANSWER.unpack(_read(sink, ANSWER.size, until))[0], until)
        except (BrokenPipeError, EOFError):
            raise TableTrouble("damaged" if self._ended() == BROKEN else "took-too-much") from None
        return message.opened(body)

    def _wants_another(self, roster: bool, content: bytes) -> bool:
        """Whether the reader has to end before this. `roster`: it is one, and not what we have kept of others."""
        workbooks = content.startswith(_WORKBOOKS) if roster else self._workbooks
        large = workbooks and len(content) > LARGE
        wants = self._fresh_next or large or workbooks is not self._workbooks or self._read >= EACH
        self._workbooks, self._fresh_next = workbooks, large
        return wants and self._read > 0

    def stop(self) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.communicate()
            self._process = None

    def _ended(self) -> int | None:
        """By what its process has ended; None if it is only slow, and is made to end."""
        assert self._process is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        code = self._process.returncode
        self.stop()
        return code

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process is None or self._process.poll() is not None:
            self.stop()
            self._read = 0
            self._process = subprocess.Popen(
                [sys.executable, "-m", "exchange.rosters.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a parser's complaint may quote a cell
                bufsize=-1,
                pipesize=PIPE,
                process_group=0,
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


async def reconcile_all(rosters: Sequence[Roster]) -> list[Reconciled | TableTrouble]:
    """As `reconcile` says of each, or what it raises. What is alike goes through the reader together, the rest one by one."""
    found: dict[int, Reconciled] = {}
    for group in _groups(rosters):
        some = [(rosters[at].content, rosters[at].force or b"", rosters[at].terms) for at in group]
        contents = b"".join(content for content, _force, _terms in some)
        forces = b"".join(force for _content, force, _terms in some)
        try:
            told, after = await _asked(message.together(some), contents, forces)
        except TableTrouble:
            continue  # whichever of them it was will say so alone
        each = zip(group, told["rosters"], message.cut(after, told["sizes"]), strict=True)
        found |= {at: message.reconciled(said, force) for at, said, force in each if said}
    return [found[at] if at in found else await _alone(one) for at, one in enumerate(rosters)]


async def _alone(roster: Roster) -> Reconciled | TableTrouble:
    try:
        return await reconcile(roster.content, roster.force, roster.terms, whole=roster.whole)
    except TableTrouble as trouble:
        return trouble


def _groups(rosters: Sequence[Roster]) -> list[list[int]]:
    """The places of those that may go together, as many as fit: whole ones in text, of whom there was one before."""
    groups: list[list[int]] = []
    filling: dict[frozenset[str], list[int]] = {}
    for at, one in enumerate(rosters):
        if not one.whole or not one.force or one.content.startswith(_WORKBOOKS):
            continue
        group = filling.get(one.terms.own)
        size = len(one.content) + sum(len(rosters[other].content) for other in group or ())
        if group is None or len(group) == TOGETHER or size > TOGETHER_BYTES:
            group = filling[one.terms.own] = []
            groups.append(group)
        group.append(at)
    return [group for group in groups if len(group) > 1]


async def cells(content: bytes, rows: Sequence[int]) -> dict[int, dict[str, str]]:
    """What stands in these rows of a roster, by the names of the columns. Raises TableTrouble."""
    told, _nothing = await _asked({"ask": "cells", "rows": list(rows)}, content, b"")
    return {int(row): typed for row, typed in told["cells"].items()}


async def settled(force: bytes, before: bytes | None, refused: Sequence[End], kept: Sequence[End]) -> bytes:
    ends = {
        name: [[one.id_number, one.category] for one in some] for name, some in (("refused", refused), ("kept", kept))
    }
    _told, after = await _asked({"ask": "settled"} | ends, force, before or b"")
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


def _read(sink: IO[bytes], size: int, until: float) -> bytes:
    """Raises EOFError when it has ended before, or takes too long."""
    found = bytearray()
    while len(found) < size:
        ready, _, _ = select.select([sink], [], [], max(0.0, until - time.monotonic()))
        chunk = os.read(sink.fileno(), min(size - len(found), 1 << 20)) if ready else b""
        if not chunk:
            raise EOFError
        found += chunk
    return bytes(found)


_ENGINES = tuple(Engine() for _one in range(AT_ONCE))
_IDLE: "queue.LifoQueue[Engine]" = queue.LifoQueue()
for _engine in _ENGINES:
    _IDLE.put(_engine)


@atexit.register
def _stop() -> None:
    for engine in _ENGINES:
        engine.stop()
