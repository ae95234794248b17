"""Sending mail: one notice to the mail server, and the digest of what newly lies on a desk."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.correspondence import Correspondence, Occasion
from activities.gathering import QUEUED, SENDING, WAITING, NotYet, carried_with, hold, in_one
from activities.posts import office_of_task, resolve
from notifications.catalog import TaskDigest, TaskLine
from notifications.mailer import Mailer, MailLater, MailRefused, MailUnknown
from notifications.message_id import message_id
from notifications.rendering import Rendered, render
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


ANOTHER_CARRIES = timedelta(minutes=2)
"""As long as handing over may take."""


@dataclass(frozen=True)
class Mail:
    """One message and the notices that it carries."""

    address: str
    rendered: Rendered
    message_id: str
    notices: tuple[uuid.UUID, ...]


@dataclass
class NoticeToSend:
    notice_id: str


@dataclass
class DigestReader:
    account_id: str
    minutes: int


class Mailroom:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        mailer: Mailer,
        correspondence: Correspondence,
        domain: str,
        minutes: int,
    ) -> None:
        """`minutes`: how long escalations are gathered when there are many."""
        self._database, self._clock, self._mailer = database, clock, mailer
        self._correspondence, self._domain, self._window = correspondence, domain, timedelta(minutes=minutes)

    @activity.defn
    async def send_notice(self, notice: NoticeToSend) -> str:
        """Hands one notice to the mail server and writes what became of it; returns the row's state.

        Raises a retryable ApplicationError when nothing was handed over. After a lost answer the row says `unknown` and
        the same Message-ID is used should it ever be sent again.
        """
        notice_id = uuid.UUID(notice.notice_id)
        try:
            mail = await self._take(notice_id)
        except NotYet as gathered:
            raise ApplicationError("gathering", type="gathering", next_retry_delay=gathered.wait) from None
        if isinstance(mail, str):
            return mail
        state, error = "sent", None
        try:
            await self._mailer.send(mail.address, mail.rendered, mail.message_id)
        except MailLater as failure:
            state, error = (QUEUED if len(mail.notices) == 1 else WAITING), str(failure)
        except MailRefused as failure:
            state, error = "refused", str(failure)
        except MailUnknown as failure:
            state, error = "unknown", str(failure)
        async with self._database.transaction(WHOLE) as session:
            for row in await _rows(session, mail.notices):
                row.state, row.error = state, error
                row.sent_at = self._clock.now() if state == "sent" else None
        log.info(
            "notice handed over",
            notice=mail.rendered.notice,
            id=notice.notice_id,
            state=state,
            carries=len(mail.notices),
        )
        if state in (QUEUED, WAITING):
            raise ApplicationError(MailLater.code, type=MailLater.code)
        return state

    async def _take(self, notice_id: uuid.UUID) -> "Mail | str":
        """The mail to be handed over now, its rows marked; or the state of a row that nothing is to be done about.

        Raises NotYet.
        """
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            row = await hold(session, notice_id)
            if row.state == SENDING:
                return await self._given_up(session, row)
            if row.state not in (QUEUED, WAITING):
                return row.state
            found = await carried_with(session, row, now, self._window)
            if not isinstance(found, timedelta):
                rendered = render(in_one(self._correspondence, found))  # what cannot be written stays queued
                carrier = message_id(str(row.id), self._domain)
                for one in found:
                    one.state, one.attempts, one.message_id = SENDING, one.attempts + 1, carrier
                reader = await session.get_one(AccountRow, row.account_id)
                return Mail(reader.email, rendered, carrier, tuple(one.id for one in found))
        raise NotYet(found)

    async def _given_up(self, session: AsyncSession, row: NoticeRow) -> str:
        """A worker died in between: what it had in hand may have been handed over, so it is not sent again. Only who
        carries a mail says so; while another carries this one, its word is waited for. Raises NotYet.
        """
        if row.message_id != message_id(str(row.id), self._domain):
            raise NotYet(ANOTHER_CARRIES)
        carried = select(NoticeRow).where(NoticeRow.message_id == row.message_id, NoticeRow.state == SENDING)
        for one in await session.scalars(carried.order_by(NoticeRow.id).with_for_update()):
            one.state, one.error = "unknown", MailUnknown.code
        return "unknown"

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


async def _rows(session: AsyncSession, notices: Sequence[uuid.UUID]) -> Sequence[NoticeRow]:
    found = select(NoticeRow).where(NoticeRow.id.in_(notices)).order_by(NoticeRow.id).with_for_update()
    return (await session.scalars(found)).all()


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
