"""Failed sign-ins, counted per username in memory: after several of them the name must wait."""

from collections.abc import Callable
from datetime import datetime, timedelta

from api.errors import Refusal

MOST_NAMES = 10_000


class Throttle:
    """Allows `most` failures within `pause`; a restart forgets, which costs an attacker more than it gives."""

    def __init__(self, most: int, pause: timedelta, now: Callable[[], datetime]) -> None:
        self._most, self._pause, self._now = most, pause, now
        self._failures: dict[str, list[datetime]] = {}

    def check(self, username: str) -> None:
        """Raises Refusal 429 while the name must wait."""
        recent = self._recent(username)
        if len(recent) >= self._most:
            wait = int((recent[0] + self._pause - self._now()).total_seconds()) + 1
            raise Refusal(
                429,
                "too-many-attempts",
                f"登录失败次数过多，请在{-(-wait // 60)}分钟后再试",
                "too many failed attempts; wait a while",
                retry_after=wait,
            )

    def failed(self, username: str) -> None:
        if len(self._failures) >= MOST_NAMES:
            self._failures = {name: recent for name in self._failures if (recent := self._recent(name))}
        self._failures[username] = [*self._recent(username), self._now()]

    def succeeded(self, username: str) -> None:
        self._failures.pop(username, None)

    def _recent(self, username: str) -> list[datetime]:
        since = self._now() - self._pause
        return [at for at in self._failures.get(username, []) if at > since]
