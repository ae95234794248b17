"""The hands of W03: the payable's state, and the ledger in which each decision is paid once (A-50, A-51)."""

import uuid
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import acknowledge, answer_fields, close_open_tasks, end, locked_application
from policy.clock import Clock
from policy.deadlines import SHANGHAI
from policy.procedures import Procedure
from policy.terms import ApplicationStatus, Level, PaymentStatus
from store.applications import ApplicationRow, PublicityRow
from store.database import WHOLE, Database
from store.outbox import start_case
from store.payments import LedgerRow, PaymentRow
from store.timeline import record
from store.vault import Vault

SPENT = "medical_assistance_expenditure"
SPECIAL_ACCOUNT = "social_security_special_account"


@dataclass
class PaymentStep:
    """A step of the payment that has been done, by which answer and on which day."""

    application_id: str
    task_id: str
    day: str
    acknowledges: list[str] = field(default_factory=list)


class Payments:
    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    @activity.defn
    async def payable_since(self, application_id: str) -> str:
        """The day from which the request is due: the last day of the county's notice."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, application_id)
            notice = await session.scalar(
                select(PublicityRow.last_day)
                .where(
                    PublicityRow.application_id == payment.application_id,
                    PublicityRow.level == Level.COUNTY.value,
                )
                .order_by(PublicityRow.posted_on.desc())
                .limit(1)
            )
            return (notice or payment.created_at.astimezone(SHANGHAI).date()).isoformat()

    @activity.defn
    async def submitted(self, step: PaymentStep) -> None:
        """The request for funds lies with finance."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, step.application_id)
            if payment.submitted_on is None:
                payment.status = PaymentStatus.SUBMITTED_TO_FINANCE.value
                payment.submitted_on = date.fromisoformat(step.day)

    @activity.defn
    async def approved(self, step: PaymentStep) -> None:
        """Finance has approved the transfer."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, step.application_id)
            if payment.finance_approved_on is None:
                payment.status = PaymentStatus.FIN_REVIEW.value
                payment.finance_approved_on = date.fromisoformat(step.day)

    @activity.defn
    async def transferred(self, step: PaymentStep) -> None:
        """Books the payment, once per decision by the ledger's unique key, and ends the case."""
        now, day = self._clock.now(), date.fromisoformat(step.day)
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, step.application_id)
            payment = await _payment(session, step.application_id)
            for side, account in (("debit", SPENT), ("credit", SPECIAL_ACCOUNT)):
                await session.execute(
                    insert(LedgerRow)
                    .values(
                        payment_id=payment.id,
                        decision_id=payment.decision_id,
                        division=payment.division,
                        side=side,
                        account=account,
                        amount=payment.amount,
                        booked_on=day,
                        booked_at=now,
                    )
                    .on_conflict_do_nothing()
                )
            if payment.status != PaymentStatus.CONFIRMED.value:
                payment.status, payment.transferred_on = PaymentStatus.CONFIRMED.value, day
                payment.receipt_sealed = await self._receipt(session, payment, step.task_id)
                await self._close(session, application, payment, day)
            await acknowledge(session, step.acknowledges, now)

    async def _close(self, session: AsyncSession, application: ApplicationRow, payment: PaymentRow, day: date) -> None:
        now = self._clock.now()
        await close_open_tasks(session, application.id, "case-paid", now)
        end(application, ApplicationStatus.PAID, now)
        record(
            session,
            subject_id=application.id,
            division=application.division,
            at=now,
            day=day,
            tag="procedure:payment:booked",
            codes={"amount": str(payment.amount), "payee_kind": payment.payee_kind},
            grounds=["A-51"],
        )
        await start_case(session, Procedure.APPLICATION, application, at=now)

    async def _receipt(self, session: AsyncSession, payment: PaymentRow, task_id: str) -> bytes | None:
        answer = await answer_fields(session, self._vault, task_id, "transferred", self._clock.now())
        receipt = answer.get("bank_receipt")
        return self._vault.seal("payment", "receipt", payment.id, receipt) if receipt else None


async def _payment(session: AsyncSession, application_id: str) -> PaymentRow:
    row = await session.scalar(
        select(PaymentRow).where(PaymentRow.application_id == uuid.UUID(application_id)).with_for_update()
    )
    if row is None:
        raise LookupError("nothing is payable for this case")
    return row
