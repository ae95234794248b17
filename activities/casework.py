"""The hands of W01: assessing the amount, posting notices, ending a case. Each method is one transaction, safe to repeat."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from temporalio import activity

from activities.case import acknowledge, answer_fields, close_open_tasks, end, locked_application
from activities.issuing import Issuing
from policy.clock import Clock, today
from policy.deadlines import notice_last_day
from policy.decision import Outcome
from policy.money import ZERO
from policy.procedures import Procedure
from policy.rulebook import MissingParameter
from policy.steps import REFUSAL_PROVISIONS
from policy.terms import ApplicationStatus, Level, PaymentStatus, RefusalStatus
from store.applications import ApplicationRow, PublicityRow, RefusalRow
from store.assessment import assess_application, costs_of, record_assessment
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.outbox import start_case
from store.payments import PaymentRow
from store.rulebook import load_rulebook
from store.timeline import record
from store.vault import Vault

NOTICE_PERIODS = {Level.TOWNSHIP.value: "PUB_TWP_DAYS", Level.COUNTY.value: "PUB_CTY_WD"}


@dataclass
class CaseStart:
    """How every workflow about an application is started; `acknowledges` are the answers that led to it."""

    application_id: str
    acknowledges: list[str] = field(default_factory=list)


@dataclass
class Case:
    """The few facts of a case that its procedures steer by. Dates are ISO days."""

    application_id: str
    number: str
    submitted_on: str
    status: str


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
class Ending:
    """What ends W01: the answer that led here, its day, and the answers to acknowledge."""

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
            return Case(str(row.id), row.number, row.submitted_on.isoformat(), row.status)

    @activity.defn
    async def assess(self, application_id: str) -> Assessed:
        """Computes the amount by the rules of the settlement day and keeps the decision with its trace (A-13 … A-19)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            decision = await assess_application(session, application, now)
            record_assessment(session, application, decision, now)
            return Assessed(decision.outcome, list(decision.missing), now.isoformat())

    @activity.defn
    async def post_notice(self, posting: Posting) -> None:
        """Writes the public notice with its last day (A-40, A-41) and keeps the poster as it was put up."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, posting.application_id)
            posted_on = date.fromisoformat(posting.day)
            rulebook = await load_rulebook(session, application.division, today(self._clock))
            try:
                key = NOTICE_PERIODS[posting.level]
                last_day = notice_last_day(rulebook, key, posted_on, pinned_on=application.submitted_on).nominal
            except MissingParameter:
                last_day = None
            publicity_id = uuid.uuid5(application.id, f"publicity/{posting.level}/{posting.round}")
            posted = await session.scalar(
                insert(PublicityRow)
                .values(
                    id=publicity_id,
                    application_id=application.id,
                    division=application.division,
                    level=posting.level,
                    round=posting.round,
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
        """Writes the result of the public notice."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, posting.application_id)
            publicity = await session.scalar(
                select(PublicityRow).where(
                    PublicityRow.application_id == application.id,
                    PublicityRow.level == posting.level,
                    PublicityRow.round == posting.round,
                )
            )
            if publicity is None:
                raise LookupError("no such notice")
            publicity.result, publicity.result_on = posting.result, date.fromisoformat(posting.day)

    @activity.defn
    async def make_payable(self, ending: Ending) -> None:
        """Turns the approved decision into one payable and starts its own procedure (W03)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            decision = await session.scalar(
                select(DecisionRow).where(DecisionRow.application_id == application.id, DecisionRow.final)
            )
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
            refusal_id = uuid.uuid5(application.id, "refusal")
            refused = await session.scalar(
                insert(RefusalRow)
                .values(
                    id=refusal_id,
                    application_id=application.id,
                    division=application.division,
                    status=RefusalStatus.REJECT_PROPOSED.value,
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
        """Ends a case that its applicant has withdrawn."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            if application.closed_at is not None:
                return
            await close_open_tasks(session, application.id, "case-withdrawn", now)
            end(application, ApplicationStatus.WITHDRAWN, now)
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=date.fromisoformat(ending.day),
                tag="procedure:application:withdrawn",
            )
            await acknowledge(session, ending.acknowledges, now)

    @activity.defn
    async def accepted(self, ending: Ending) -> None:
        """Writes the day of acceptance: a timeline entry, not a status."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            if application.accepted_on is not None:
                return
            application.accepted_on = date.fromisoformat(ending.day)
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=application.accepted_on,
                tag="procedure:application:accepted",
                codes={"pending_papers": application.pending_papers},
                grounds=["A-38"],
            )


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
