"""What the counter works with. Everything arrives here once, from `runtime/`; nothing is found by name elsewhere."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from policy.clock import Clock
from store.database import Database
from store.files import FileStore
from store.vault import Vault

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Options:
    """`mail_dir` is set where the caught mail may be read at /dev/mail; `story` where a story runs, with its own clock."""

    base_url: str = "http://127.0.0.1:8000"
    demo: bool = False
    mail_dir: Path | None = None
    story: bool = False
    version: str = "0"
    docs: bool = True
    session_idle: timedelta = timedelta(minutes=30)
    session_length: timedelta = timedelta(hours=12)
    largest_file: int = 10 * MEGABYTE
    largest_form: int = 40 * MEGABYTE
    sign_in_failures: int = 5
    sign_in_pause: timedelta = timedelta(minutes=5)


def _no_fault(_name: str) -> None:
    """Fault points are inert unless `runtime/` arms one."""


@dataclass(frozen=True)
class Services:
    """`clock` gives business time (a story's in a story), `system_now` the machine's: sessions and rate limits."""

    database: Database
    vault: Vault
    files: FileStore
    clock: Clock
    system_now: Callable[[], datetime]
    options: Options
    fault_point: Callable[[str], None] = _no_fault
