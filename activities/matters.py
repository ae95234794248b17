"""What every procedure of the exchange asks of its matter: its facts, its status, its end."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from temporalio import activity

from activities.case import acknowledge, acknowledge_rest, close_open_tasks
from policy.clock import Clock, today
from policy.exchange_terms import MatterStatus
from store.database import WHOLE, Database
from store.matters import MatterRow, end_matter, locked_matter, move_to, record_in


@dataclass
class MatterStart:
    """What a procedure is started with; `acknowledges` are the answers that led to it."""

    matter_id: str
    acknowledges: list[str] = field(default_factory=list)


@dataclass
class Matter:
    """A matter as its procedure sees it; days in ISO form, empty where there is none."""

    id: str
    key: str
    division: str
    department: str
    month: str
    status: str
    opened_on: str
    closed: bool
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class Move:
    """`acknowledges` are the answers that led to the status."""

    matter_id: str
    status: str
    acknowledges: list[str] = field(default_factory=list)
    day: str = ""


class Matters:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    @activity.defn(name="matter_look_up")
    async def look_up(self, matter_id: str) -> Matter:
        async with self._database.transaction(WHOLE) as session:
            return seen(await session.get_one(MatterRow, uuid.UUID(matter_id)))

    @activity.defn(name="matter_move")
    async def move(self, asked: Move) -> None:
        """Sets the status, once; with a timeline entry when it changes."""
        await self._set(asked, ends=False)

    @activity.defn(name="matter_end")
    async def end(self, asked: Move) -> None:
        """The last status: what is still open on the matter is closed with it."""
        await self._set(asked, ends=True)

    async def _set(self, asked: Move, *, ends: bool) -> None:
        now, status = self._clock.now(), MatterStatus(asked.status)
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(asked.matter_id))
            await acknowledge(session, asked.acknowledges, now)
            if matter.closed_at is not None:
                return
            changed = matter.status != status.value
            if ends:
                end_matter(matter, status, now)
                await close_open_tasks(session, matter.id, status.value, now)
                await acknowledge_rest(session, matter.id, now)
            else:
                move_to(matter, status, now)
            if changed:
                record_in(
                    session,
                    matter,
                    status.value,
                    at=now,
                    day=today(self._clock),
                    codes={"status": status.value},
                )


def seen(row: MatterRow) -> Matter:
    return Matter(
        id=str(row.id),
        key=row.key,
        division=row.division,
        department=row.department or "",
        month=row.month.isoformat() if row.month else "",
        status=row.status,
        opened_on=row.opened_on.isoformat(),
        closed=row.closed_at is not None,
        facts=dict(row.facts),
    )
