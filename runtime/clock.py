"""The two clocks: the machine's, and a story's, which all processes of one story share through a file."""

import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from policy.clock import Clock
from policy.deadlines import SHANGHAI
from runtime.settings import Settings


class SystemClock:
    """The machine's time in Asia/Shanghai."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)


@dataclass(frozen=True)
class StoryClock:
    """A story's time: the moment written in the file plus the seconds since it was written.

    CLOCK_MONOTONIC counts from boot, so every process of one machine reads the same time from the same file.
    """

    path: Path

    def now(self) -> datetime:
        written = json.loads(self.path.read_text(encoding="utf-8"))
        passed = timedelta(seconds=time.monotonic() - float(written["monotonic"]))
        return (datetime.fromisoformat(written["virtual"]) + passed).astimezone(SHANGHAI)

    def set(self, moment: datetime) -> None:
        """Make it `moment` (aware) for every process: readers see the old file or the new, never half of one."""
        if moment.tzinfo is None:
            raise ValueError("a story's moment needs a time zone")
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps({"virtual": moment.isoformat(), "monotonic": time.monotonic()}), encoding="utf-8")
        draft.replace(self.path)


def clock(settings: Settings) -> Clock:
    """The clock that this process is to be given."""
    return StoryClock(settings.story_clock) if settings.story_clock else SystemClock()
