"""What a story looks up in the tables, with the eyes of the migration role: open tasks, next moments, what is under way."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


@dataclass(frozen=True)
class Entry:
    """One entry of the timeline; `subject` is an opaque id."""

    at: datetime
    day: str
    subject: str
    tag: str
    actor: str
    codes: Mapping[str, Any]
    grounds: tuple[str, ...]


UNDER_WAY = """
select (select count(*) from outbox where state = 'pending')                               as outbox,
       (select count(*) from notice where state in ('queued', 'sending'))                 as notices,
       (select count(*) from task where outcome is not null and acknowledged_at is null)  as answers,
       (select count(*) from period where next_moment <= :now and exists
          (select 1 from task where period_id = period.id and state = 'open'))            as rungs
"""
NEXT_MOMENT = """
select min(next_moment) from period
 where next_moment > :after and exists (select 1 from task where period_id = period.id and state = 'open')
"""


class Records:
    """Reads only. Its connections are its own, so that a story that kills PostgreSQL finds it again."""

    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, pool_pre_ping=True, pool_size=2)

    async def close(self) -> None:
        await self._engine.dispose()

    async def open_task(self, kind: str, subject: str) -> str | None:
        """The id of the oldest open task of that kind for the subject."""
        found: str | None = await self._one(
            "select id::text from task where kind = :kind and subject_id = cast(:subject as uuid) and state = 'open' "
            "order by opened_at, id limit 1",
            kind=kind,
            subject=subject,
        )
        return found

    async def open_kinds(self, subject: str) -> list[str]:
        """What is open instead, for the words of a failure."""
        rows = await self._all(
            "select kind from task where subject_id = cast(:subject as uuid) and state = 'open' order by opened_at, id",
            subject=subject,
        )
        return [row["kind"] for row in rows]

    async def acknowledged(self, task: str) -> bool:
        """Whether the workflow has taken notice of the task's answer."""
        return bool(
            await self._one("select acknowledged_at is not null from task where id = cast(:task as uuid)", task=task)
        )

    async def under_way(self, now: datetime) -> dict[str, int]:
        """What is not at rest: undelivered signals, mails, unacknowledged answers, rungs that are due and not climbed."""
        row = (await self._all(UNDER_WAY, now=now))[0]
        return {name: count for name, count in row.items() if count}

    async def next_moment(self, after: datetime) -> datetime | None:
        """The earliest rung that is still to come."""
        found: datetime | None = await self._one(NEXT_MOMENT, after=after)
        return found

    async def workflows(self) -> dict[str, int]:
        """Every workflow that was ever signalled, with the number of its last signal."""
        rows = await self._all("select workflow_id, max(id) as last from outbox where state <> 'pending' group by 1")
        return {row["workflow_id"]: row["last"] for row in rows}

    async def timeline(self) -> list[Entry]:
        """Of all subjects, oldest first."""
        rows = await self._all("select at, day, subject_id, tag, actor, codes, grounds from timeline order by at, id")
        return [
            Entry(
                row["at"],
                row["day"].isoformat(),
                str(row["subject_id"]),
                row["tag"],
                row["actor"],
                row["codes"],
                tuple(row["grounds"]),
            )
            for row in rows
        ]

    async def _one(self, query: str, **values: Any) -> Any:
        async with self._engine.connect() as connection:
            return await connection.scalar(text(query), values)

    async def _all(self, query: str, **values: Any) -> list[dict[str, Any]]:
        async with self._engine.connect() as connection:
            return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]
