"""The confined process for rosters: what takes long to load is loaded once, and whoever reads rosters is forked from that.

Started by `engine.py`, which says how long a reader lives: an empty request is its end, and the next roster gets a fresh one.
A reader has limits on memory, time and files. Nothing is parsed, and nothing even carried, in the process that forks: it only
waits, and ends when a reader has not ended as it should.
"""

import gc
import os
import resource
import signal
import sys

from exchange.rosters.answering import answered
from exchange.rosters.message import ANOTHER, ANSWER, BROKEN, FRAME, GOOD, TOO_MUCH, framed
from exchange.troubles import TableTrouble

MEMORY = 2 * 1024**3
"""Of addresses, which polars reserves freely; what a roster really needs is a small part of it."""
SECONDS = 120
"""Of the processor, for each roster."""
MOST_SECONDS = 3600
"""Of the processor, for all that one reader reads."""


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))


def main() -> int:
    """Forks a reader, and another one when it has come to its end; what it returns is how the last one ended."""
    gc.freeze()
    while True:
        reader = os.fork()
        if reader == 0:
            os._exit(_read_rosters())
        _, status = os.waitpid(reader, 0)
        if os.WIFSIGNALED(status):
            return TOO_MUCH if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL, signal.SIGABRT) else BROKEN
        if os.WEXITSTATUS(status) != ANOTHER:
            return os.WEXITSTATUS(status)


def _read_rosters() -> int:
    """Within the fork. Never raises: what a parser says may quote a cell."""
    sink = sys.stdout.buffer
    try:
        with open(os.devnull, "w") as nowhere:  # noqa: PTH123  # a descriptor, not a file
            os.dup2(nowhere.fileno(), 2)
        limit()
        while header := _taken(FRAME.size):
            sizes = FRAME.unpack(header)
            if not any(sizes):
                return ANOTHER
            _limit_time()
            body = _answer([_taken(size) for size in sizes])
            sink.write(ANSWER.pack(len(body)))
            sink.write(body)
            sink.flush()
    except MemoryError:
        return TOO_MUCH
    except BaseException:
        return BROKEN
    return GOOD


def _taken(size: int) -> bytes:
    """From the standard input, and not a byte more: the next request may be for another reader."""
    found = bytearray(size)
    rest = memoryview(found)
    while rest and (count := os.readv(0, [rest])):
        rest = rest[count:]
    return b"" if rest else bytes(found)


def _limit_time() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, MOST_SECONDS), MOST_SECONDS))


def _answer(parts: list[bytes]) -> bytes:
    try:
        return answered(*parts)
    except TableTrouble as trouble:
        return framed({"trouble": [trouble.code, trouble.parameters]}, b"")


if __name__ == "__main__":
    sys.exit(main())
