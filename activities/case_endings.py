"""The hands with which W01 ends: payable, refused, withdrawn or lapsed. Each method is one transaction, safe to repeat."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.dialects.postgresql import insert
from temporalio import activity

from activities.case import acknowledge, answer_fields, close_open_tasks, end, locked_application
from activities.casework import Ending
from policy.answer_fields import REFUSAL_PROVISIONS
from policy.clock import Clock
from policy.decision import Outcome
from policy.money import ZERO
from policy.procedures import Procedure
from policy.terms import ApplicationStatus, PaymentStatus, RefusalStatus
from store.applications import ApplicationRow, RefusalRow
from store.assessment import costs_of, final_decision
from store.database import WHOLE, Database
from store.decisions import DecisionRow
from store.outbox import start_case
from store.payments import PaymentRow
from store.timeline import record
from store.vault import Vault


class Endings:
    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

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
