"""What the supervisor needs to know about a thing it runs."""

import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Launch:
    """How to start a process. `environment` is the whole of it; `user` is (uid, gid) or None to stay who we are."""

    arguments: list[str]
    environment: dict[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    user: tuple[int, int] | None = None
    hints: dict[str, str] = field(default_factory=dict)
    """Words in the log that stand for a known trouble -> what to tell the person at the terminal."""


class Service(Protocol):
    """One supervised process. `name` is used in file names and by `Stack.kill`, `title` in what is printed."""

    name: str
    title: str
    patience: float
    """Seconds until it must be ready."""

    def clear(self) -> None:
        """Remove what an earlier life left behind, so that a new one can start."""
        ...

    def launch(self) -> Launch: ...

    async def ready(self) -> bool:
        """Whether it does its work now. Called again and again; must answer within a few seconds."""
        ...
