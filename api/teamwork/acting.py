"""An act on an open task that is no answer: its rows locked in their order, its entry in the case's timeline."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from activities.correspondence import Correspondence
from activities.telling import Act, Telling
from api.answering.subject import Subject, subject_of
from api.errors import Refusal, not_found, parameter_missing
from api.identity import CurrentUser
from api.services import Services
from policy.clock import today
from policy.rulebook import MissingParameter, Rulebook
from policy.steps import step
from policy.terms import Department, Level, Office, Post, Role
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.outbox import wake
from store.periods import asked_of, set_dates
from store.rulebook import hold_calendars, load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.timeline import record

RULE = "R-TEAM"


@dataclass(frozen=True)
class Acting:
    """One person's act on one open task, inside its transaction."""

    services: Services
    session: AsyncSession
    user: CurrentUser
    subject: Subject
    task: TaskRow
    period: PeriodRow
    now: datetime
    today: date

    @property
    def application(self) -> ApplicationRow:
        """For acts that only a case knows. Raises Refusal for a task of the exchange."""
        if not isinstance(self.subject, ApplicationRow):
            raise Refusal(409, "no-case", "此事项不是救助申请，不能这样办理", "the task is not about an application")
        return self.subject

    @property
    def office(self) -> Office:
        return office_of_task(self.task)

    @property
    def label(self) -> str:
        return step(self.task.kind).label

    async def rulebook(self) -> Rulebook:
        return await load_rulebook(self.session, self.subject.division, self.today)

    async def setting(self, key: str) -> Any:
        """Raises Refusal `parameter-missing`."""
        try:
            return (await self.rulebook()).parameter(key, self.today).value
        except MissingParameter as missing:
            raise parameter_missing(missing.key) from missing

    async def date_anew(self) -> bool:
        """Computes the period's dates again and wakes the procedures that wait in it; True when the due date has moved."""
        moved = set_dates(self.period, await self.rulebook(), asked_of(self.period), self.now)
        for task in await self.session.scalars(
            select(TaskRow).where(TaskRow.period_id == self.period.id, TaskRow.state == "open")
        ):
            await wake(self.session, task, at=self.now)
        return moved

    def record(self, action: str, codes: dict[str, Any] | None = None) -> None:
        """The entry `counter:<kind>:<action>`. Codes, dates and usernames only."""
        record(
            self.session,
            subject_id=self.subject.id,
            division=self.subject.division,
            at=self.now,
            day=self.today,
            tag=f"counter:{self.task.kind}:{action}",
            actor=self.user.username,
            codes={"task": str(self.task.id), **(codes or {})},
            grounds=[RULE],
        )

    async def me(self) -> AccountRow:
        return await self.session.get_one(AccountRow, self.user.id)

    async def act(self, *key: object) -> Act:
        """For the mails about it; `key` makes it one mail to each reader."""
        return Act(self.task, await self.me(), self.now, "/".join(str(part) for part in key))

    def telling(self) -> Telling:
        return telling(self.services)

    def seal(self, table: str, column: str, row: uuid.UUID, words: str) -> bytes:
        return self.services.vault.seal(table, column, row, words)


@asynccontextmanager
async def acting_on(
    services: Services,
    user: CurrentUser,
    task_id: uuid.UUID,
    *,
    moves_dates: bool = False,
) -> AsyncIterator[Acting]:
    """Opens the transaction with subject, task and period locked. Raises Refusal 404, or 409 for a task that is done."""
    async with services.database.transaction(user.scope) as session:
        if moves_dates:
            await hold_calendars(session)
        subject = await subject_of(session, task_id)
        task = await session.get(TaskRow, task_id, with_for_update=True)
        if subject is None or task is None:
            raise not_found()
        if task.state != "open":
            raise Refusal(409, "task-closed", "此事项已经办结", "the task is no longer open")
        period = await session.get(PeriodRow, task.period_id, with_for_update=True)
        if period is None:
            raise not_found()
        yield Acting(services, session, user, subject, task, period, services.clock.now(), today(services.clock))


def office_of_task(task: TaskRow) -> Office:
    return Office(task.office, Post(Level(task.level), Department(task.department), Role(task.role)))


def post_of(account: AccountRow) -> Post:
    return Post(Level(account.level), Department(account.department), Role(account.role))


def telling(services: Services) -> Telling:
    return Telling(Correspondence(services.options.base_url, digest_minutes=0))


async def new_id(session: AsyncSession) -> uuid.UUID:
    made: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    return made


async def account_named(session: AsyncSession, username: str) -> AccountRow | None:
    return await session.scalar(select(AccountRow).where(AccountRow.username == username))
