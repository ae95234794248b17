"""Failed sign-ins, counted per username in memory: after several of them the name must wait."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from api.errors import Refusal

MOST_NAMES = 10_000
SHORTLY = 2
"""Seconds."""


class Throttle:
    """Allows `most` failures within `pause`; a restart forgets, which costs an attacker more than it gives.

    An attempt under way counts as if it had failed: guesses sent all at once are no more than guesses one by one.
    """

    def __init__(self, most: int, pause: timedelta, now: Callable[[], datetime]) -> None:
        self._most, self._pause, self._now = most, pause, now
        self._failures: dict[str, list[datetime]] = {}
        self._under_way: Counter[str] = Counter()

    @contextmanager
    def attempt(self, username: str) -> Iterator[None]:
        """Around one attempt, which says itself how it ended. Raises Refusal 429 while the name must wait."""
        self._check(username)
        self._under_way[username] += 1
        try:
            yield
        finally:
            self._under_way[username] -= 1
            if not self._under_way[username]:
                del self._under_way[username]

    def _check(self, username: str) -> None:
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
        if len(recent) + self._under_way[username] >= self._most:
            raise Refusal(
                429,
                "attempts-under-way",
                "该账号正在多处同时登录，请稍后再试",
                "several attempts with this name are under way; try again shortly",
                retry_after=SHORTLY,
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
