"""Sending mail: one notice to the mail server, and the digest of what newly lies on a desk."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.correspondence import Correspondence, Occasion
from activities.posts import office_of_task, resolve
from notifications.catalog import TaskDigest, TaskLine, notice_of
from notifications.mailer import Mailer, MailLater, MailRefused, MailUnknown
from notifications.message_id import message_id
from notifications.rendering import render
from policy.clock import Clock, today
from policy.matter_numbers import number_in_words
from policy.steps import step
from policy.terms import Office
from store.accounts import AccountRow
from store.applications import ApplicationRow
from store.database import WHOLE, Database
from store.matters import MatterRow
from store.notices import NoticeRow
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow

log = structlog.get_logger(__name__)

OVERLAP = timedelta(seconds=5)
"""A task committed while the last digest was being written is told twice rather than never."""

LOOK_BACK = timedelta(days=7)
"""A first digest, or one after a long outage, does not list what is older."""


@dataclass
class NoticeToSend:
    notice_id: str


@dataclass
class DigestReader:
    account_id: str
    minutes: int


class Mailroom:
    def __init__(
        self, database: Database, clock: Clock, mailer: Mailer, correspondence: Correspondence, domain: str
    ) -> None:
        self._database, self._clock, self._mailer = database, clock, mailer
        self._correspondence, self._domain = correspondence, domain

    @activity.defn
    async def send_notice(self, notice: NoticeToSend) -> str:
        """Hands one notice to the mail server and writes what became of it; returns the row's state.

        Raises a retryable ApplicationError when nothing was handed over. After a lost answer the row says `unknown` and
        the same Message-ID is used should it ever be sent again.
        """
        notice_id = uuid.UUID(notice.notice_id)
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(NoticeRow, notice_id, with_for_update=True)
            # A worker died in between: it may have been handed over, so it is not sent again.
            if row.state == "sending":
                row.state, row.error = "unknown", MailUnknown.code
            if row.state != "queued":
                return row.state
            rendered = render(notice_of(row.name, row.variables))  # what cannot be written stays queued
            row.state, row.attempts = "sending", row.attempts + 1
            row.message_id = message_id(str(row.id), self._domain)
            reader = await session.get_one(AccountRow, row.account_id)
        state, error = "sent", None
        try:
            await self._mailer.send(reader.email, rendered, row.message_id)
        except MailLater as failure:
            state, error = "queued", str(failure)
        except MailRefused as failure:
            state, error = "refused", str(failure)
        except MailUnknown as failure:
            state, error = "unknown", str(failure)
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(NoticeRow, notice_id, with_for_update=True)
            row.state, row.error = state, error
            row.sent_at = self._clock.now() if state == "sent" else None
        log.info("notice handed over", notice=row.name, id=notice.notice_id, state=state)
        if state == "queued":
            raise ApplicationError(MailLater.code, type=MailLater.code)
        return state

    @activity.defn
    async def gather_digest(self, reader: DigestReader) -> int:
        """Queues one mail with the tasks that have newly come to the reader's post; returns how many there are."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            account = await session.get_one(AccountRow, uuid.UUID(reader.account_id))
            last = await session.scalar(
                select(func.max(NoticeRow.created_at)).where(
                    NoticeRow.account_id == account.id, NoticeRow.name == TaskDigest.name
                )
            )
            since = max(last - OVERLAP if last else now - LOOK_BACK, now - LOOK_BACK)
            tasks = await _new_tasks(session, account, since, today(self._clock))
            if not tasks:
                return 0
            rulebook = await load_rulebook(session, account.division, today(self._clock))
            digest = TaskDigest(
                recipient=account.name,
                division_name=await self._correspondence.division_name(session, account.division),
                link=self._correspondence.link("/"),
                grounds=(),
                late_by=None,
                vacant_post=None,
                demonstration=rulebook.demonstration,
                tasks=tuple(
                    TaskLine(
                        kind_label=step(task.kind).label,
                        case_number=number_in_words(number),
                        due=target,
                        link=self._correspondence.link(f"/tasks/{task.id}"),
                    )
                    for task, number, target in tasks
                ),
            )
            run = activity.info()
            occasion = Occasion(f"digest/{run.workflow_run_id}/{run.activity_id}", account.division)
            await self._correspondence.queue(session, account, digest, occasion, now)
            return len(tasks)


async def _new_tasks(
    session: AsyncSession, account: AccountRow, since: datetime, day: date
) -> list[tuple[TaskRow, str, date | None]]:
    """The open tasks that have come since to the reader's post, or to a post below that nobody holds; with number and
    work target, the most pressing first."""
    found = await session.execute(
        select(TaskRow, func.coalesce(ApplicationRow.number, MatterRow.key), PeriodRow.work_target)
        .outerjoin(ApplicationRow, ApplicationRow.id == TaskRow.subject_id)
        .outerjoin(MatterRow, MatterRow.id == TaskRow.subject_id)
        .join(PeriodRow, PeriodRow.id == TaskRow.period_id)
        .where(
            func.left(TaskRow.office, len(account.division)) == account.division,
            TaskRow.state == "open",
            TaskRow.opened_at > since,
        )
        .order_by(PeriodRow.work_target, TaskRow.opened_at)
    )
    told: dict[Office, bool] = {}
    tasks = []
    for task, number, target in found:
        office = office_of_task(task)
        if office not in told:
            readers, _vacant = await resolve(session, office, day)
            told[office] = any(reader.id == account.id for reader in readers)
        if told[office]:
            tasks.append((task, number, target))
    return tasks
