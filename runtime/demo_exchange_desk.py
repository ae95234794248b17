"""How the invented exchange is filed: each act looked for first, so that doing it again changes nothing."""

import asyncio
import csv
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from typing import Any, TypeVar

from policy.procedures import Procedure
from runtime.demo_exchange_people import Table
from runtime.story.counter import Counter, Reply
from runtime.trouble import StartTrouble

OPENING_SECONDS = 900.0
"""How long the months may take to be opened: a busy machine does it beside everything else."""
SECONDS = 60.0
PAUSE = 0.2
FINISHED = ("done", "refused", "checked", "discarded")
Found = TypeVar("Found")


class DemoRefused(StartTrouble):
    """A step was refused, or what it waits for has not come."""

    def __init__(self, what: str, reply: Reply) -> None:
        said = (
            reply.content.get("title", reply.content.get("zh", ""))
            if isinstance(reply.content, dict)
            else reply.content
        )
        super().__init__(f"{what}：{reply.status or ''} {said or ''}".rstrip())


@dataclass(frozen=True)
class Handed:
    """A table, and what is typed beside it."""

    kind: str
    name: str
    table: Table
    fields: Mapping[str, str] = field(default_factory=dict)
    month: date | None = None

    @property
    def content(self) -> bytes:
        written = StringIO(newline="")
        csv.writer(written).writerows(self.table)
        return written.getvalue().encode()


class ExchangeDesk:
    """The counter, as this demonstration uses it; `acts` counts what was new to it. Raises DemoRefused."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self.acts = 0

    async def get(self, actor: str, what: str, path: str) -> dict[str, Any]:
        return _taken(what, await self._counter.ask(actor, "GET", path), 200)

    async def post(self, actor: str, what: str, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Under a key of its own: said again, it is answered as the first time."""
        key = {"Idempotency-Key": f"demo-exchange{path}"}
        return _taken(what, await self._counter.ask(actor, "POST", path, dict(content), key), 201)

    async def opened(self, actor: str, procedure: Procedure, key: str, division: str) -> str:
        """The id of the matter of that key, once it has been opened."""
        path = f"/api/v1/matters?procedure={procedure.value}&division={division}&month={key[-7:]}"

        async def found() -> str | None:
            items = (await self.get(actor, f"等候 {key}", path))["items"]
            return next((str(one["id"]) for one in items if one["key"] == key), None)

        return await _until(found, f"{key} 尚未开启", OPENING_SECONDS)

    async def own(self, actor: str, procedure: Procedure, division: str) -> list[dict[str, Any]]:
        """The matters that are the actor's department's own, latest first, once there are any."""
        path = f"/api/v1/matters?procedure={procedure.value}&division={division}"

        async def found() -> list[dict[str, Any]] | None:
            items = (await self.get(actor, f"等候 {procedure.value}", path))["items"]
            return [one for one in items if one["department"] == _department(actor)] or None

        return await _until(found, f"没有等到 {procedure.value}", SECONDS)

    async def answer(self, actor: str, matter: str, kind: str, outcome: str, fields: Mapping[str, Any]) -> None:
        """Answers the actor's task of that kind when it is there, unless it has been answered before."""

        async def asked() -> dict[str, Any] | None:
            shown = await self.get(actor, f"等候 {kind}", f"/api/v1/matters/{matter}")
            mine = [
                one
                for one in shown["tasks"]
                if one["kind"] == kind and one["office"]["department"] == _department(actor)
            ]
            return next((one for one in mine if one["state"] == "open"), mine[0] if mine else None)

        task = await _until(asked, f"没有等到 {kind}", SECONDS)
        if task["state"] == "open":
            content = {"outcome": outcome, "fields": dict(fields)}
            path = f"/api/v1/tasks/{task['id']}/answer"
            _taken(kind, await self._counter.ask(actor, "POST", path, content, {"Prefer": "wait=0"}), 200)
            self.acts += 1

    async def hand_in(self, actor: str, handed: Handed) -> None:
        """Hands a table in and waits for the fate of its rows. The very same table of before is recognised by the counter."""
        month = {"month": f"{handed.month:%Y-%m}"} if handed.month else {}
        texts = {"kind": handed.kind, **month, **handed.fields}
        reply = await self._counter.hand_in(actor, "/api/v1/uploads", texts, (handed.name, handed.content))
        upload = _taken(handed.kind, reply, 200, 202)["id"]
        self.acts += reply.status == 202

        async def finished() -> dict[str, Any] | None:
            shown = await self.get(actor, handed.kind, f"/api/v1/uploads/{upload}")
            return shown if shown["state"] in FINISHED else None

        shown = await _until(finished, f"{handed.name} 没有处理完", SECONDS)
        if shown["state"] != "done":
            raise DemoRefused(handed.name, Reply(None, shown.get("problem")))


async def _until(look: Callable[[], Awaitable[Found | None]], missing: str, seconds: float) -> Found:
    until = time.monotonic() + seconds
    while (found := await look()) is None:
        if time.monotonic() > until:
            raise DemoRefused(missing, Reply(None, ""))
        await asyncio.sleep(PAUSE)
    return found


def _department(actor: str) -> str:
    """county.civil_affairs.caseworker@140522 → civil_affairs."""
    return actor.split(".")[1]


def _taken(what: str, reply: Reply, *wanted: int) -> dict[str, Any]:
    if reply.status not in wanted:
        raise DemoRefused(what, reply)
    return dict(reply.content)
