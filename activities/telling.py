"""Telling people what others have done about a task: one mail each, queued in the transaction of the act itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.correspondence import Correspondence, Occasion
from activities.posts import office_of_task, resolve, with_substitutes
from notifications.catalog import (
    CaseCopied,
    ExtensionAsked,
    ExtensionDecided,
    Notice,
    OrderIssued,
    ReplyReceived,
    TaskHandedOver,
    TaskLine,
    TasksInherited,
    TaskUrged,
)
from policy.deadlines import SHANGHAI
from policy.escalation import one_up
from policy.steps import step
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow


@dataclass(frozen=True)
class Act:
    """What was done about which task, by whom, when; `key` makes it one mail to each reader, whatever is run again."""

    task: TaskRow
    by: AccountRow
    now: datetime
    key: str


class Telling:
    def __init__(self, correspondence: Correspondence) -> None:
        self._correspondence = correspondence

    async def handed_over(self, session: AsyncSession, act: Act, to: AccountRow, how: str) -> None:
        """`how` is a word of HOW: assigned or handed over."""
        notice = TaskHandedOver(**await self._about(session, act, to), how=HOW[how])
        await self._queue(session, act, to, notice)

    async def inherited(
        self, session: AsyncSession, left: AccountRow, to: AccountRow, tasks: Sequence[TaskRow], now: datetime, key: str
    ) -> None:
        """All that somebody who has left had on the desk, in one mail."""
        rulebook = await load_rulebook(session, to.division, _day(now))
        notice = TasksInherited(
            **await self._frame(session, to, to.division, "/inbox?box=mine", rulebook.demonstration),
            grounds=(rulebook.cite(RULE),),
            left=left.name,
            tasks=tuple([await self._line(session, task) for task in tasks]),
        )
        await self._correspondence.queue(session, to, notice, Occasion(f"left/{key}", to.division), now)

    async def _line(self, session: AsyncSession, task: TaskRow) -> TaskLine:
        application = await session.get_one(ApplicationRow, task.subject_id)
        period = await session.get_one(PeriodRow, task.period_id)
        return TaskLine(
            kind_label=step(task.kind).label,
            case_number=application.number,
            due=period.work_target,
            link=self._correspondence.link(f"/tasks/{task.id}"),
        )

    async def urged(self, session: AsyncSession, act: Act) -> list[str]:
        """To the holder, or to all at the desk. Returns the usernames told."""
        readers = await self._at_desk(session, act.task, _day(act.now))
        for reader in readers:
            await self._queue(session, act, reader, TaskUrged(**await self._about(session, act, reader)))
        return sorted(reader.username for reader in readers)

    async def ordered(self, session: AsyncSession, act: Act, due_on: date) -> list[str]:
        """To the holder of the task, or to all at the desk: an answer is asked for by that day."""
        readers = await self._at_desk(session, act.task, _day(act.now))
        for reader in readers:
            about = await self._about(session, act, reader)
            await self._queue(session, act, reader, OrderIssued(**(about | {"due": due_on})))
        return sorted(reader.username for reader in readers)

    async def replied(self, session: AsyncSession, act: Act, to: AccountRow, what: str) -> None:
        await self._queue(session, act, to, ReplyReceived(**await self._about(session, act, to), what=what))

    async def more_time_asked(self, session: AsyncSession, act: Act, days: int) -> None:
        """To the post above the desk that decides."""
        above = one_up(office_of_task(act.task))
        readers, _vacant = await resolve(session, above, _day(act.now)) if above else ((), None)
        for reader in readers:
            if reader.id != act.by.id:
                notice = ExtensionAsked(**await self._about(session, act, reader), days=days)
                await self._queue(session, act, reader, notice)

    async def more_time_decided(self, session: AsyncSession, act: Act, to: AccountRow, approved: bool) -> None:
        await self._queue(session, act, to, ExtensionDecided(**await self._about(session, act, to), approved=approved))

    async def copied(
        self, session: AsyncSession, application: ApplicationRow, by: AccountRow, to: AccountRow, now: datetime
    ) -> None:
        """For information only: nothing waits for the reader."""
        rulebook = await load_rulebook(session, application.division, _day(now))
        notice = CaseCopied(
            **await self._frame(session, to, application.division, f"/cases/{application.id}", rulebook.demonstration),
            grounds=(),
            case_number=application.number,
            by=by.name,
        )
        occasion = Occasion(f"copy/{application.id}", application.division, application.id)
        await self._correspondence.queue(session, to, notice, occasion, now)

    async def _at_desk(self, session: AsyncSession, task: TaskRow, day: date) -> Sequence[AccountRow]:
        holder = await session.get(AccountRow, task.assignee) if task.assignee else None
        if holder and holder.active:
            return await with_substitutes(session, [holder], day)
        return (await resolve(session, office_of_task(task), day))[0]

    async def _about(self, session: AsyncSession, act: Act, reader: AccountRow) -> dict[str, Any]:
        application = await session.get_one(ApplicationRow, act.task.subject_id)
        period = await session.get_one(PeriodRow, act.task.period_id)
        rulebook = await load_rulebook(session, act.task.division, _day(act.now))
        frame = await self._frame(session, reader, act.task.office, f"/tasks/{act.task.id}", rulebook.demonstration)
        return frame | {
            "grounds": (rulebook.cite(RULE),),
            "case_number": application.number,
            "task_label": step(act.task.kind).label,
            "due": period.work_target,
            "by": act.by.name,
        }

    async def _frame(
        self, session: AsyncSession, reader: AccountRow, division: str, path: str, demonstration: bool
    ) -> dict[str, Any]:
        return {
            "recipient": reader.name,
            "division_name": await self._correspondence.division_name(session, division),
            "link": self._correspondence.link(path),
            "late_by": None,
            "vacant_post": None,
            "demonstration": demonstration,
        }

    async def _queue(self, session: AsyncSession, act: Act, reader: AccountRow, notice: Notice) -> None:
        occasion = Occasion(f"{notice.name}/{act.key}", act.task.division, act.task.subject_id)
        await self._correspondence.queue(session, reader, notice, occasion, act.now)


RULE = "R-TEAM"
HOW = {"assigned": "指派给您", "handed_over": "转交给您"}


def _day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()
