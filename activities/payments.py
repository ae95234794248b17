"""The hands of W03: the payable's state, its attempts, and the ledger in which each decision is paid once (A-50, A-51)."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import acknowledge, answer_fields, close_open_tasks, end, locked_application
from policy.clock import Clock, today
from policy.deadlines import SHANGHAI
from policy.payment_terms import AttemptState, LineState
from policy.procedures import Procedure, key_of, workflow_id
from policy.terms import ApplicationStatus, Level, PaymentStatus
from store import ledger
from store.applications import ApplicationRow, PublicityRow
from store.database import WHOLE, Database
from store.disbursements import batch_of, close_when_ended, leave_batch
from store.disclosure import Cell, Look, disclose
from store.outbox import start_case
from store.payments import AttemptRow, PaymentRow, attempts_of, open_attempt, payment_of
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow
from store.timeline import record
from store.vault import Vault

AT_FINANCE = (PaymentStatus.SUBMITTED_TO_FINANCE.value, PaymentStatus.QUERIED.value)


@dataclass
class Payable:
    """From which day the request is due, and the round of the application's period that it shares."""

    since: str
    term: int


@dataclass
class PaymentStep:
    """A step of the payment that has been done, by which answer and on which day; `again`: not for the first time."""

    application_id: str
    task_id: str
    day: str
    again: bool = False
    acknowledges: list[str] = field(default_factory=list)


class Payments:
    """Each method is one transaction and may run twice: payables, attempts and bookings have natural keys."""

    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    @activity.defn
    async def payable(self, application_id: str) -> Payable:
        """The payment lies with the county: booked as owed, due from the last day of the county's notice."""
        own = workflow_id(Procedure.APPLICATION, key_of(activity.info().workflow_id or ""))
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, application_id)
            notice = await session.scalar(
                select(PublicityRow)
                .where(
                    PublicityRow.application_id == payment.application_id,
                    PublicityRow.level == Level.COUNTY.value,
                    PublicityRow.result == "no_objection",  # others were objected to or taken back
                )
                .order_by(PublicityRow.posted_on.desc(), PublicityRow.round.desc())
                .limit(1)
            )
            created = payment.created_at.astimezone(SHANGHAI).date()
            due_from = (notice.last_day if notice else None) or created
            became_due = (notice.result_on if notice else None) or created
            await ledger.book(
                session, ledger.payable(payment, became_due), payment.division, self._clock.now(), payment
            )
            if payment.status in AT_FINANCE:  # the request was taken back
                payment.status = PaymentStatus.PAY_PREPARED.value
            term = await session.scalar(
                select(func.max(PeriodRow.round)).where(
                    PeriodRow.workflow_id == own,
                    PeriodRow.name == "payment_request",
                    PeriodRow.notice_key.is_not(None),  # the notice's own, not one that began with a return
                )
            )
            return Payable(due_from.isoformat(), term or 1)

    @activity.defn
    async def held(self, step: PaymentStep) -> None:
        """Put on hold by the county: it leaves its batch until it is taken up again."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, step.application_id)
            payment.status = PaymentStatus.ON_HOLD.value
            await leave_batch(session, payment.id, LineState.HELD, self._clock.now())

    @activity.defn
    async def submitted(self, step: PaymentStep) -> None:
        """The request for funds lies with finance. What finance had approved before is no longer to be paid."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, step.application_id)
            payment.status = PaymentStatus.SUBMITTED_TO_FINANCE.value
            payment.submitted_on = date.fromisoformat(step.day)
            attempt = await open_attempt(session, payment.id) if step.again else None
            if attempt is not None and attempt.release_id is None and await _given_back(session, payment, attempt):
                attempt.state, attempt.ended_on = AttemptState.CANCELLED.value, today(self._clock)

    @activity.defn
    async def queried(self, step: PaymentStep) -> None:
        """Finance asks the county something and waits for the answer."""
        async with self._database.transaction(WHOLE) as session:
            (await _payment(session, step.application_id)).status = PaymentStatus.QUERIED.value

    @activity.defn
    async def sent_back(self, step: PaymentStep) -> None:
        """Finance has returned the request: the county may ask for it again, alone or in another batch."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, step.application_id)
            payment.status = PaymentStatus.PAY_PREPARED.value
            await leave_batch(session, payment.id, LineState.RETURNED, self._clock.now())

    @activity.defn
    async def approved(self, step: PaymentStep) -> bool:
        """Finance has approved: an attempt to pay is opened. True where the amount asks for one more signature."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, step.application_id)
            payment = await _payment(session, step.application_id)
            payment.status = PaymentStatus.FIN_REVIEW.value
            payment.finance_approved_on = date.fromisoformat(step.day)
            await self._open_attempt(session, application, payment, step.task_id)
            return await self._asks_for_countersigning(session, application, payment)

    @activity.defn
    async def tried_again(self, step: PaymentStep) -> None:
        """The bank has said that it paid nothing: one more attempt, to the same account."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, step.application_id)
            await self._open_attempt(session, application, await _payment(session, step.application_id), step.task_id)

    @activity.defn
    async def bounced(self, step: PaymentStep) -> None:
        """The bank has sent the payment back: still owed, and not to that account."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, step.application_id)
            payment.status = PaymentStatus.RETURNED_BY_BANK.value
            attempt = await _sent_back(session, payment, step.task_id, "bounced")
            booking = ledger.returned(payment, attempt.no, date.fromisoformat(step.day))
            await ledger.book(session, booking, payment.division, self._clock.now(), payment)

    @activity.defn
    async def corrected(self, step: PaymentStep) -> None:
        """The account has been corrected: payable again, once finance has looked at it."""
        async with self._database.transaction(WHOLE) as session:
            payment = await _payment(session, step.application_id)
            attempt = await _sent_back(session, payment, step.task_id, "corrected")
            booking = ledger.corrected(payment, attempt.no, date.fromisoformat(step.day))
            await ledger.book(session, booking, payment.division, self._clock.now(), payment)

    @activity.defn
    async def transferred(self, step: PaymentStep) -> None:
        """Books the confirmed attempt, once by the ledger's key, and ends the case."""
        now, day = self._clock.now(), date.fromisoformat(step.day)
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, step.application_id)
            payment = await _payment(session, step.application_id)
            confirmed = await _confirmed(session, payment)
            await ledger.book(session, ledger.paid(payment, confirmed.no, day), payment.division, now, payment)
            if payment.status != PaymentStatus.CONFIRMED.value:
                payment.status, payment.transferred_on = PaymentStatus.CONFIRMED.value, day
                payment.receipt_sealed = await self._receipt(session, payment, step.task_id)
                await self._close(session, application, payment, day)
            await acknowledge(session, step.acknowledges, now)

    async def _open_attempt(
        self, session: AsyncSession, application: ApplicationRow, payment: PaymentRow, task_id: str
    ) -> None:
        """The next attempt with the payee as it stands now. One answer opens one; while one is open there is no other."""
        before = await attempts_of(session, payment.id)
        attempt = uuid.uuid5(payment.id, task_id)
        under_way = (AttemptState.OPEN.value, AttemptState.CONFIRMED.value)
        if any(one.id == attempt or one.state in under_way for one in before):
            return
        look = Look("system:payment", "application", application.id, application.division, "payment", self._clock.now())
        cell = Cell("application", "payee", application.id, application.payee_sealed)
        payee = disclose(session, self._vault, look, {"payee": cell})["payee"]
        session.add(
            AttemptRow(
                id=attempt,
                payment_id=payment.id,
                division=payment.division,
                no=len(before) + 1,
                state=AttemptState.OPEN.value,
                payee_kind=application.payee_kind,
                payee_sealed=self._vault.seal("payment_attempt", "payee", attempt, payee),
                opened_at=self._clock.now(),
            )
        )

    async def _asks_for_countersigning(
        self, session: AsyncSession, application: ApplicationRow, payment: PaymentRow
    ) -> bool:
        rulebook = await load_rulebook(session, payment.division, today(self._clock))
        above = rulebook.find("FINANCE_COUNTERSIGN_ABOVE", application.submitted_on)
        return above is not None and above.value is not None and payment.amount > Decimal(above.value)

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
        batch = await batch_of(session, payment.id)
        if batch is not None:
            await session.flush()
            await close_when_ended(session, batch.id, now)

    async def _receipt(self, session: AsyncSession, payment: PaymentRow, task_id: str) -> bytes | None:
        answer = await answer_fields(session, self._vault, task_id, "transferred", self._clock.now())
        receipt = answer.get("bank_receipt")
        return self._vault.seal("payment", "receipt", payment.id, receipt) if receipt else None


async def _payment(session: AsyncSession, application_id: str) -> PaymentRow:
    row = await payment_of(session, uuid.UUID(application_id))
    if row is None:
        raise LookupError("nothing is payable for this case")
    return row


async def _confirmed(session: AsyncSession, payment: PaymentRow) -> AttemptRow:
    attempts = await attempts_of(session, payment.id)
    return next(one for one in attempts if one.state == AttemptState.CONFIRMED.value)


async def _given_back(session: AsyncSession, payment: PaymentRow, attempt: AttemptRow) -> bool:
    """Whether finance has taken this attempt back to its review: one that was opened since is another's."""
    back = select(TaskRow.id).where(
        TaskRow.subject_id == payment.application_id,
        TaskRow.kind.in_(("transfer", "transfer_countersign")),
        TaskRow.outcome == "return",
        TaskRow.answered_at >= attempt.opened_at,
    )
    return await session.scalar(back.limit(1)) is not None


async def _sent_back(session: AsyncSession, payment: PaymentRow, task_id: str, outcome: str) -> AttemptRow:
    """The attempt that the bank sent back and that this answer is about: the first such answer the first attempt.

    Not simply the last attempt: a procedure that was lost walks through its answers again.
    """
    answer = await session.get_one(TaskRow, uuid.UUID(task_id))
    number = await session.scalar(
        select(func.count()).where(
            TaskRow.subject_id == payment.application_id,
            TaskRow.outcome == outcome,
            TaskRow.answered_at <= answer.answered_at,
        )
    )
    bounced = [one for one in await attempts_of(session, payment.id) if one.state == AttemptState.BOUNCED.value]
    return bounced[(number or 1) - 1]
