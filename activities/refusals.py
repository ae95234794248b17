"""The hands of W02: numbering and issuing 附件5, and the remedy dates that run from its delivery (A-42, A-68)."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import acknowledge, answer_fields, locked_application
from activities.correspondence import Correspondence, Occasion
from activities.issuing import Issuing
from activities.posts import office_of_task, resolve
from notifications.catalog import RefusalToDeliver
from policy.clock import Clock, today
from policy.procedures import Procedure
from policy.refusal_steps import DELIVERY
from policy.remedies import remedies, suit_after_reconsideration
from policy.rulebook import MissingParameter
from policy.terms import RefusalStatus
from policy.working_days import ONE_DAY
from store.applications import ApplicationRow, RefusalRow, RemedyRow, SerialRow
from store.database import WHOLE, Database
from store.outbox import start_case
from store.reopening import reopen
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.timeline import record
from store.vault import Vault

SERIES = "refusal_notice"
RECONSIDERATION = "reconsideration"


@dataclass
class Issue:
    application_id: str
    day: str


@dataclass
class Delivered:
    application_id: str
    task_id: str
    day: str
    acknowledges: list[str] = field(default_factory=list)


@dataclass
class RemedyDates:
    """ISO days on which the two periods of appeal end; or the key that is missing to say so."""

    reconsideration_until: str = ""
    suit_until: str = ""
    missing: str = ""


@dataclass
class Standing:
    """Until when an appeal may come, and since when one is under way."""

    until: str
    filed_on: str = ""


@dataclass
class Result:
    """How an appeal has ended: `upheld`, `dropped` or `reopened`, on which day."""

    application_id: str
    task_id: str
    outcome: str
    day: str
    acknowledges: list[str] = field(default_factory=list)


class Refusals:
    def __init__(
        self, database: Database, clock: Clock, vault: Vault, issuing: Issuing, correspondence: Correspondence
    ) -> None:
        self._database, self._clock, self._vault = database, clock, vault
        self._issuing, self._correspondence = issuing, correspondence

    @activity.defn
    async def decided_on(self, application_id: str) -> str:
        """The day of the refusing answer, from which the written notice is due."""
        async with self._database.transaction(WHOLE) as session:
            return (await _refusal(session, application_id)).decided_on.isoformat()

    @activity.defn
    async def issue(self, issue: Issue) -> str:
        """Gives the notice the next number of its township and year and keeps the paper as issued.

        Returns the key of a parameter that the paper's words lack; then no number was used up.
        """
        try:
            await self._issue(issue)
        except MissingParameter as missing:
            return missing.key
        return ""

    async def _issue(self, issue: Issue) -> None:
        now, day = self._clock.now(), date.fromisoformat(issue.day)
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, issue.application_id)
            refusal = await _refusal(session, issue.application_id)
            if refusal.number_serial is not None:
                return
            refusal.number_division, refusal.number_year = application.division, day.year
            refusal.number_serial = await _next_serial(session, application, day.year)
            refusal.issued_on, refusal.status = day, RefusalStatus.NOTICE_ISSUED.value
            refusal.notice_file = await self._issuing.refusal_notice(session, application, refusal, now)
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=day,
                tag="procedure:refusal:issued",
                codes={"number": refusal.number},
                grounds=["A-68"],
            )

    async def tell_to_deliver(self, session: AsyncSession, task: TaskRow, period: PeriodRow, now: datetime) -> None:
        """Mails the township, when its task is opened, that a notice is to be delivered: until then no period of appeal begins."""
        application = await session.get_one(ApplicationRow, task.subject_id)
        refusal = await _refusal(session, str(application.id))
        if period.nominal is None or period.work_target is None or refusal.issued_on is None:
            return
        rulebook = await load_rulebook(session, task.division, today(self._clock))
        readers, vacant = await resolve(session, office_of_task(task), today(self._clock))
        for reader in readers:
            notice = RefusalToDeliver(
                recipient=reader.name,
                division_name=await self._correspondence.division_name(session, task.office),
                link=self._correspondence.link(f"/tasks/{task.id}"),
                grounds=(rulebook.cite(DELIVERY.clause),),
                late_by=None,
                vacant_post=vacant.post.label if vacant else None,
                demonstration=rulebook.demonstration,
                case_number=application.number,
                task_label=DELIVERY.label,
                nominal=period.nominal,
                work_target=period.work_target,
                working_days_late=0,
                notice_number=refusal.number or "",
                issued_on=refusal.issued_on,
            )
            occasion = Occasion(f"deliver/{task.id}", task.division, application.id)
            await self._correspondence.queue(session, reader, notice, occasion, now)

    @activity.defn
    async def delivered(self, delivery: Delivered) -> RemedyDates:
        """Writes the day of receipt and the two remedy dates that run from it: 60 days and 6 months by A-68."""
        now, day = self._clock.now(), date.fromisoformat(delivery.day)
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, delivery.application_id)
            refusal = await _refusal(session, delivery.application_id)
            await acknowledge(session, delivery.acknowledges, now)
            if refusal.delivered_on is None:
                rulebook = await load_rulebook(session, application.division, today(self._clock))
                try:
                    until = remedies(rulebook, day)
                except MissingParameter as missing:
                    return RemedyDates(missing=missing.key)
                answer = await answer_fields(session, self._vault, delivery.task_id, "delivered", now)
                refusal.delivered_on, refusal.method = day, answer.get("method")
                refusal.reconsideration_until = until.reconsideration_until.nominal
                refusal.suit_until = until.suit_until.nominal
                refusal.status = RefusalStatus.DELIVERED.value
                record(
                    session,
                    subject_id=application.id,
                    division=application.division,
                    at=now,
                    day=day,
                    tag="procedure:refusal:remedies",
                    codes={
                        "reconsideration_until": str(refusal.reconsideration_until),
                        "suit_until": str(refusal.suit_until),
                    },
                    grounds=until.grounds,
                )
            return RemedyDates(str(refusal.reconsideration_until), str(refusal.suit_until))

    @activity.defn
    async def standing(self, application_id: str) -> Standing:
        """Where the periods of appeal stand: a remedy under way, else the day on which the last of them ends."""
        async with self._database.transaction(WHOLE) as session:
            refusal = await _refusal(session, application_id)
            remedy = await _under_way(session, refusal)
            return Standing(str(refusal.suit_until), remedy.filed_on.isoformat() if remedy else "")

    @activity.defn
    async def upheld(self, result: Result) -> str:
        """The refusal stands. After a reconsideration the applicant may still sue (SUIT_AFTER_RECON); a suit ends it.

        Returns the key that is missing to say until when, empty when it is written.
        """
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, result.application_id)
            refusal = await _refusal(session, result.application_id)
            remedy = await _under_way(session, refusal)
            if remedy is not None:
                answer = await answer_fields(session, self._vault, result.task_id, "remedy result", now)
                received_on = date.fromisoformat(answer["received_on"])
                rulebook = await load_rulebook(session, application.division, today(self._clock))
                try:
                    until = (
                        suit_after_reconsideration(rulebook, received_on).nominal
                        if remedy.kind == RECONSIDERATION
                        else date.fromisoformat(result.day) - ONE_DAY
                    )
                except MissingParameter as missing:
                    return missing.key
                refusal.suit_until = until
                self._end_remedy(session, application, refusal, remedy, result, {"suit_until": str(until)})
            await acknowledge(session, result.acknowledges, now)
            return ""

    @activity.defn
    async def dropped(self, result: Result) -> None:
        """The appeal came to nothing of itself: the periods run on as they were."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, result.application_id)
            refusal = await _refusal(session, result.application_id)
            remedy = await _under_way(session, refusal)
            if remedy is not None:
                self._end_remedy(session, application, refusal, remedy, result, {})
            await acknowledge(session, result.acknowledges, self._clock.now())

    @activity.defn
    async def reopened(self, result: Result) -> None:
        """The refusal was set aside: the case begins again at the step that was named, and keeps its history."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, result.application_id)
            refusal = await _refusal(session, result.application_id)
            remedy = await _under_way(session, refusal)
            if remedy is not None:
                answer = await answer_fields(session, self._vault, result.task_id, "remedy result", now)
                self._end_remedy(session, application, refusal, remedy, result, {"resume_at": answer["resume_at"]})
                refusal.status = RefusalStatus.REOPENED.value
                reopen(application, answer["resume_at"], date.fromisoformat(result.day))
                await start_case(session, Procedure.APPLICATION, application, at=now, acknowledges=result.acknowledges)

    def _end_remedy(
        self,
        session: AsyncSession,
        application: ApplicationRow,
        refusal: RefusalRow,
        remedy: RemedyRow,
        result: Result,
        codes: dict[str, str],
    ) -> None:
        day = date.fromisoformat(result.day)
        remedy.result, remedy.result_on = result.outcome, day
        refusal.status = RefusalStatus.DELIVERED.value
        record(
            session,
            subject_id=application.id,
            division=application.division,
            at=self._clock.now(),
            day=day,
            tag=f"procedure:remedy:{result.outcome}",
            codes={"kind": remedy.kind, **codes},
            grounds=["A-68"],
        )

    @activity.defn
    async def make_final(self, application_id: str) -> bool:
        """After both periods have ended. True where a remedy was filed since they were looked at: it is waited for."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            refusal = await _refusal(session, application_id)
            if await _under_way(session, refusal) is not None:
                return True
            if refusal.status == RefusalStatus.FINAL.value:
                return False
            refusal.status = RefusalStatus.FINAL.value
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=today(self._clock),
                tag="procedure:refusal:final",
                grounds=["A-68"],
            )
            return False


async def _under_way(session: AsyncSession, refusal: RefusalRow) -> RemedyRow | None:
    return await session.scalar(
        select(RemedyRow).where(RemedyRow.refusal_id == refusal.id, RemedyRow.result.is_(None)).with_for_update()
    )


async def _refusal(session: AsyncSession, application_id: str) -> RefusalRow:
    """The newest refusal of the case: each opening may have one."""
    row = await session.scalar(
        select(RefusalRow)
        .where(RefusalRow.application_id == uuid.UUID(application_id))
        .order_by(RefusalRow.opening.desc())
        .limit(1)
        .with_for_update()
    )
    if row is None:
        raise LookupError("the case has not been refused")
    return row


async def _next_serial(session: AsyncSession, application: ApplicationRow, year: int) -> int:
    """The next number of the township's series in that year, without gaps: the row is locked until it is used."""
    statement = insert(SerialRow).values(series=SERIES, division=application.division, year=year, last=1)
    number: int | None = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["series", "division", "year"], set_={"last": SerialRow.last + 1}
        ).returning(SerialRow.last)
    )
    if number is None:
        raise LookupError("no number was given out")
    return number
