"""The confined process for rosters: started once, it gives every roster a process of its own, which is ready at once.

Started by `engine.py`. What takes long to load is loaded before the first roster comes; then each is read in a fork with
limits on memory, time and files, whose end is the end of all that the roster could have done. Nothing is parsed in the process
that forks: it carries bytes.
"""

import gc
import os
import resource
import select
import signal
import sys
import time
from typing import BinaryIO

from exchange.rosters.answering import answered
from exchange.rosters.message import ANSWER, BROKEN, FRAME, GOOD, TOO_MUCH, framed
from exchange.troubles import TableTrouble

MEMORY = 2 * 1024**3
"""Of addresses, which polars reserves freely; what a roster really needs is a small part of it."""
SECONDS = 120
"""Of the processor; as much again on the wall."""
_FULL = 3
"""Exit code of a fork whose memory did not suffice."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def main() -> None:
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    gc.freeze()
    while header := source.read(FRAME.size):
        parts = [source.read(size) for size in FRAME.unpack(header)]
        code, body = _in_a_fork(parts)
        sink.write(ANSWER.pack(code, len(body)))
        sink.write(body)
        sink.flush()


def _in_a_fork(parts: list[bytes]) -> tuple[int, bytes]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(_child(parts, writing))
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        body = _until_its_end(answer, time.monotonic() + 2 * SECONDS)
    if body is None:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if body is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)):
        return TOO_MUCH, b""
    if status == 0:
        return GOOD, body
    return (TOO_MUCH if os.waitstatus_to_exitcode(status) in (_FULL, -signal.SIGABRT) else BROKEN), b""


def _child(parts: list[bytes], writing: int) -> int:
    """Never raises: what a parser says may quote a cell."""
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # a descriptor, not a file
            os.dup2(nowhere.fileno(), 2)
        limit()
        body = _answer(parts)
        with os.fdopen(writing, "wb") as answer:
            answer.write(body)
    except MemoryError:
        return _FULL
    except BaseException:
        return 1
    return 0


def _answer(parts: list[bytes]) -> bytes:
    try:
        return answered(*parts)
    except TableTrouble as trouble:
        return framed({"trouble": [trouble.code, trouble.parameters]}, b"")


def _until_its_end(answer: BinaryIO, until: float) -> bytes | None:
    chunks: list[bytes] = []
    while time.monotonic() < until:
        ready, _, _ = select.select([answer], [], [], 1.0)
        if ready:
            chunk = os.read(answer.fileno(), 1 << 20)
            if not chunk:
                return b"".join(chunks)
            chunks.append(chunk)
    return None


if __name__ == "__main__":
    main()
