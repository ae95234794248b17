"""The product's own processes as the supervisor starts them: worker, relay, API, and the mail catcher."""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

import httpx2

from runtime.embedded.service import Launch

ROOT = Path(__file__).resolve().parents[2]
TITLES = {"worker": "办理进程", "relay": "投递进程", "api": "网页与接口"}


def environment(own: dict[str, str]) -> dict[str, str]:
    """This process's environment with the stack's settings over it."""
    return {**os.environ, "PYTHONUNBUFFERED": "1", **own}


class Program:
    """`python -m runtime.cli <name>`. Ready when it still runs and, for the API, answers /healthz."""

    patience = 30.0

    def __init__(self, name: str, own: dict[str, str], health: str | None = None) -> None:
        self.name = name
        self.title = TITLES.get(name, name)
        self._own = own
        self._health = health

    def clear(self) -> None:
        """These keep nothing outside the database."""

    def launch(self) -> Launch:
        return Launch(
            arguments=[sys.executable, "-m", "runtime.cli", self.name],
            environment=environment(self._own),
            folder=ROOT,
        )

    async def ready(self) -> bool:
        return self._health is None or await answers(self._health)


class MailCatcher:
    name = "mail"
    title = "邮件捕获"
    patience = 15.0

    def __init__(self, folder: Path, port: int, own: dict[str, str]) -> None:
        self._folder = folder
        self._port = port
        self._own = own

    def clear(self) -> None:
        """A message half received leaves a file that readers skip."""

    def launch(self) -> Launch:
        return Launch(
            arguments=[sys.executable, "-m", "runtime.mail_catcher", "127.0.0.1", str(self._port), str(self._folder)],
            environment=environment(self._own),
            folder=ROOT,
        )

    async def ready(self) -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self._port)
            writer.close()
            return True
        return False


async def answers(address: str) -> bool:
    """Whether an HTTP GET is answered with 200."""
    async with httpx2.AsyncClient(timeout=2, trust_env=False) as client:
        try:
            return (await client.get(address)).status_code == 200
        except httpx2.TransportError:
            return False
