"""The hands of W01: assessing the amount, posting notices, ending a case. Each method is one transaction, safe to repeat."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import acknowledge, answer_fields, close_open_tasks, end, locked_application
from activities.handing_over import hand_to
from activities.issuing import Issuing
from policy.answer_fields import REFUSAL_PROVISIONS
from policy.clock import Clock, today
from policy.deadlines import notice_last_day
from policy.decision import Outcome
from policy.money import ZERO
from policy.procedures import Procedure
from policy.routing import Route
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import ApplicationStatus, Level, PaymentStatus, RefusalStatus
from store.applications import ApplicationRow, PublicityRow, RefusalRow
from store.assessment import assess_application, costs_of, final_decision, record_assessment
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.outbox import start_case
from store.payments import PaymentRow
from store.routing import route_of
from store.rulebook import load_rulebook
from store.timeline import TimelineRow, record
from store.vault import Vault

OBJECTION = "objection"
OPENING = 100
"""Postings that one opening of a case may have."""
NOTICE_PERIODS = {Level.TOWNSHIP.value: "PUB_TWP_DAYS", Level.COUNTY.value: "PUB_CTY_WD"}


@dataclass
class CaseStart:
    """How every workflow about an application is started; `acknowledges` are the answers that led to it."""

    application_id: str
    acknowledges: list[str] = field(default_factory=list)


@dataclass
class Case:
    """The few facts of a case that its procedures steer by. Dates are ISO days.

    `received_on` is when the file last came in: submission, or reopening; `resume_at` the step it begins with.
    """

    application_id: str
    number: str
    received_on: str
    status: str
    resume_at: str
    accepted: bool
    pending_papers: bool = False


@dataclass
class Assessed:
    outcome: str
    missing: list[str]
    made_at: str = ""


@dataclass
class Posting:
    """A notice that has been posted or whose result is known: level and round, on which day."""

    application_id: str
    level: str
    round: int
    day: str
    result: str = ""


@dataclass
class Accepted:
    """The way that an accepted case takes: directly to the county, or the township's; or the key missing to say so."""

    direct: bool = False
    missing: str = ""


@dataclass
class Reposting:
    """A fresh notice where both are empty. Else the day from which the stopped notice is deemed to have been posted, so that
    only what was left of it is shown; or the key missing to say so."""

    deemed_posted_on: str = ""
    missing: str = ""


@dataclass
class Dismissal:
    """An objection that did not hold: the notice it stopped was posted, stopped and may go on on these days."""

    application_id: str
    posted_on: str
    objected_on: str
    dismissed_on: str


@dataclass
class Ending:
    """A step that was done: the answer that led here, its day, and the answers to acknowledge."""

    application_id: str
    task_id: str
    level: str
    day: str
    acknowledges: list[str] = field(default_factory=list)


class Casework:
    def __init__(self, database: Database, clock: Clock, vault: Vault, issuing: Issuing) -> None:
        self._database, self._clock, self._vault, self._issuing = database, clock, vault, issuing

    @activity.defn
    async def look_up(self, application_id: str) -> Case:
        """The case as it stands."""
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(ApplicationRow, uuid.UUID(application_id))
            received = row.reopened_on or row.submitted_on
            accepted = row.accepted_on is not None
            return Case(
                str(row.id), row.number, received.isoformat(), row.status, row.resume_at, accepted, row.pending_papers
            )

    @activity.defn
    async def assess(self, application_id: str) -> Assessed:
        """Computes the amount by the rules of the settlement day and keeps the decision with its trace (A-13 … A-19)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            decision = await assess_application(session, self._vault, application, now)
            record_assessment(session, application, decision, now)
            return Assessed(decision.outcome, list(decision.missing), now.isoformat())

    @activity.defn
    async def post_notice(self, posting: Posting) -> None:
        """Writes the public notice with its last day (A-40, A-41) and keeps the poster as it was put up."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, posting.application_id)
            if application.closed_at is not None or application.moving_to is not None:
                return  # withdrawn or moved meanwhile: nothing hangs any more
            posted_on = date.fromisoformat(posting.day)
            rulebook = await load_rulebook(session, application.division, today(self._clock))
            try:
                key = NOTICE_PERIODS[posting.level]
                last_day = notice_last_day(rulebook, key, posted_on, pinned_on=application.submitted_on).nominal
            except MissingParameter:
                last_day = None
            round = _round(application, posting.round)
            publicity_id = uuid.uuid5(application.id, f"publicity/{posting.level}/{round}")
            posted = await session.scalar(
                insert(PublicityRow)
                .values(
                    id=publicity_id,
                    application_id=application.id,
                    division=application.division,
                    level=posting.level,
                    round=round,
                    posted_on=posted_on,
                    last_day=last_day,
                )
                .on_conflict_do_nothing()
                .returning(PublicityRow.id)
            )
            if posted and last_day:
                publicity = await session.get_one(PublicityRow, publicity_id)
                publicity.poster_file = await self._issuing.poster(session, application, publicity, self._clock.now())

    @activity.defn
    async def close_notice(self, posting: Posting) -> None:
        """Writes the result of the public notice, and keeps the poster with the last day that it had in the end."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, posting.application_id)
            publicity = await session.scalar(
                select(PublicityRow).where(
                    PublicityRow.application_id == application.id,
                    PublicityRow.level == posting.level,
                    PublicityRow.round == _round(application, posting.round),
                )
            )
            if publicity is None:
                raise LookupError("no such notice")
            if publicity.result is None:
                publicity.result, publicity.result_on = posting.result, date.fromisoformat(posting.day)
                if publicity.last_day:  # not known when it was put up, or moved since
                    now = self._clock.now()
                    publicity.poster_file = await self._issuing.poster(session, application, publicity, now)

    @activity.defn
    async def dismissed(self, dismissal: Dismissal) -> Reposting:
        """What follows an objection that did not hold: a fresh notice, once, or what was left of the stopped one (AMB-26)."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, dismissal.application_id)
            rulebook = await load_rulebook(session, application.division, today(self._clock))
            restarts = rulebook.find("PUB_RESTART_AFTER_OBJECTION", application.submitted_on)
            if restarts is None:
                return Reposting(missing="PUB_RESTART_AFTER_OBJECTION")
            stopped = await session.scalar(
                select(func.count()).where(
                    PublicityRow.application_id == application.id,
                    PublicityRow.level == Level.TOWNSHIP.value,
                    PublicityRow.round > _round(application, 0),
                    PublicityRow.result == OBJECTION,
                )
            )
            if restarts.value and stopped == 1:
                return Reposting()
            stood_still = date.fromisoformat(dismissal.dismissed_on) - date.fromisoformat(dismissal.objected_on)
            deemed = date.fromisoformat(dismissal.posted_on) + stood_still
            if application.closed_at is None and application.moving_to is None:
                await self._record_resumed(session, rulebook, application, deemed, dismissal)
            return Reposting(deemed.isoformat())

    async def _record_resumed(
        self, session: AsyncSession, rulebook: Rulebook, application: ApplicationRow, deemed: date, dismissal: Dismissal
    ) -> None:
        """That the stopped notice goes on, once for a dismissal however often it is asked about; the case is locked."""
        day, tag = date.fromisoformat(dismissal.dismissed_on), "procedure:notice:resumed"
        recorded = await session.scalars(
            select(TimelineRow.codes).where(
                TimelineRow.subject_id == application.id, TimelineRow.tag == tag, TimelineRow.day == day
            )
        )
        if any(codes["posted_on"] == deemed.isoformat() for codes in recorded):
            return
        key = NOTICE_PERIODS[Level.TOWNSHIP.value]
        try:
            last_day = notice_last_day(rulebook, key, deemed, pinned_on=application.submitted_on).nominal
        except MissingParameter:
            last_day = None
        record(
            session,
            subject_id=application.id,
            division=application.division,
            at=self._clock.now(),
            day=day,
            tag=tag,
            codes={"posted_on": deemed.isoformat(), "last_day": last_day.isoformat() if last_day else None},
            grounds=["R-NOTICE"],
        )

    @activity.defn
    async def needs_countersigning(self, application_id: str) -> bool:
        """Whether the approved amount lies above what one supervisor signs alone (COUNTERSIGN_ABOVE, R-BANDS)."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            rulebook = await load_rulebook(session, application.division, today(self._clock))
            above = rulebook.find("COUNTERSIGN_ABOVE", application.submitted_on)
            decision = await final_decision(session, application)
            if above is None or above.value is None or decision is None or decision.amount is None:
                return False
            return decision.amount > Decimal(above.value)

    @activity.defn
    async def undecide(self, application_id: str) -> None:
        """The approval no longer stands: an objection is to be looked into, or the file was sent back. It stays on record."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            decision = await final_decision(session, application)
            if decision is not None:
                decision.final = False

    @activity.defn
    async def move(self, ending: Ending) -> None:
        """Hands the file to the township that the answer names, its clock running on (A-38, wrong township)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            if application.closed_at is not None:
                return  # withdrawn meanwhile: it stays with the office that entered that
            answer = await answer_fields(session, self._vault, ending.task_id, "move", now)
            await hand_to(session, application, answer["division"], date.fromisoformat(ending.day), now)

    @activity.defn
    async def move_on(self, application_id: str) -> str:
        """Hands the file to the township that the household has moved to; the day from which its survey is due."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            if application.moving_to is not None:  # from the day of the act, which may have been entered from paper
                await hand_to(session, application, application.moving_to, application.last_act_on, now)
                application.moving_to = None
            return application.last_act_on.isoformat()

    @activity.defn
    async def make_payable(self, ending: Ending) -> None:
        """Turns the approved decision into one payable and starts its own procedure (W03)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            decision = await final_decision(session, application)
            if decision is None or decision.amount is None:
                raise LookupError("nothing has been approved")
            payable = await session.scalar(
                insert(PaymentRow)
                .values(
                    application_id=application.id,
                    decision_id=decision.id,
                    division=application.division,
                    amount=decision.amount,
                    payee_kind=application.payee_kind,
                    status=PaymentStatus.PAY_PREPARED.value,
                    created_at=now,
                )
                .on_conflict_do_nothing()
                .returning(PaymentRow.id)
            )
            if payable is None:
                return
            application.status = ApplicationStatus.APPROVED.value
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=date.fromisoformat(ending.day),
                tag="procedure:payment:payable",
                codes={"amount": str(decision.amount)},
                grounds=["A-51"],
            )
            await start_case(session, Procedure.PAYMENT, application, at=now, acknowledges=ending.acknowledges)

    @activity.defn
    async def refuse(self, ending: Ending) -> None:
        """Writes the refusal with its provisions and reason, and starts the written notice (W02; A-42)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            answer = await answer_fields(session, self._vault, ending.task_id, "refuse", now)
            refusal_id = uuid.uuid5(application.id, f"refusal/{application.opening}")
            refused = await session.scalar(
                insert(RefusalRow)
                .values(
                    id=refusal_id,
                    application_id=application.id,
                    division=application.division,
                    status=RefusalStatus.REJECT_PROPOSED.value,
                    opening=application.opening,
                    level=ending.level,
                    provisions=answer["provisions"],
                    reason_sealed=self._vault.seal("refusal", "reason", refusal_id, answer["reason"]),
                    decided_on=date.fromisoformat(ending.day),
                )
                .on_conflict_do_nothing()
                .returning(RefusalRow.id)
            )
            if refused is None:
                return
            session.add(_refusing_decision(application, answer["provisions"], now))
            await close_open_tasks(session, application.id, "case-refused", now)
            end(application, ApplicationStatus.REJECTED, now)
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=date.fromisoformat(ending.day),
                tag="procedure:application:rejected",
                codes={"level": ending.level},
                grounds=["A-42", *answer["provisions"]],
            )
            await start_case(session, Procedure.REFUSAL, application, at=now, acknowledges=ending.acknowledges)

    @activity.defn
    async def withdraw(self, ending: Ending) -> None:
        """Ends a case whose applicant has withdrawn it instead of bringing the papers."""
        await self._end(ending, ApplicationStatus.WITHDRAWN)

    @activity.defn
    async def lapse(self, ending: Ending) -> None:
        """Ends a case whose papers never came (A-37). It is reopened when they do."""
        await self._end(ending, ApplicationStatus.LAPSED)

    async def _end(self, ending: Ending, status: ApplicationStatus) -> None:
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            if application.closed_at is None:
                await close_open_tasks(session, application.id, f"case-{status.value}", now)
                end(application, status, now)
                record(
                    session,
                    subject_id=application.id,
                    division=application.division,
                    at=now,
                    day=date.fromisoformat(ending.day),
                    tag=f"procedure:application:{status.value}",
                )
            await acknowledge(session, ending.acknowledges, now)

    @activity.defn
    async def accepted(self, ending: Ending) -> Accepted:
        """Writes the day of acceptance: a timeline entry, not a status; and which way the case goes (A-43, D-23)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            if application.accepted_on == date.fromisoformat(ending.day):
                return Accepted(application.direct)
            try:
                application.direct = await route_of(session, application) is Route.DIRECT
            except MissingParameter as missing:
                return Accepted(missing=missing.key)
            application.accepted_on = date.fromisoformat(ending.day)
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=application.accepted_on,
                tag="procedure:application:accepted",
                codes={"pending_papers": application.pending_papers, "direct": application.direct},
                grounds=["A-38"],
            )
            return Accepted(application.direct)


def _round(application: ApplicationRow, posting: int) -> int:
    """Notices are numbered through all openings of a case."""
    return (application.opening - 1) * OPENING + posting


def _refusing_decision(application: ApplicationRow, provisions: Sequence[str], now: datetime) -> DecisionRow:
    """The refusal as a decision: what was not met is its grounds. An earlier calculation stays as it was made."""
    labels = {choice.code: choice.label for choice in REFUSAL_PROVISIONS}
    return DecisionRow(
        application_id=application.id,
        division=application.division,
        outcome=Outcome.NOT_ELIGIBLE.value,
        amount=ZERO,
        as_of=application.settled_on,
        category=application.category,
        base=costs_of(application).base,
        grounds=list(provisions),
        trace=[
            {"step": "不符合的规定", "formula": labels.get(clause, clause), "value": "不予救助", "clause": clause}
            for clause in provisions
        ],
        facts={},
        parameters=[],
        missing=[],
        marks=[],
        made_at=now,
        final=False,
    )
