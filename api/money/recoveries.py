"""追回: an amount paid wrongly is claimed back by entries of its own; what was booked before stays as it was."""

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.money.batches import demand
from api.presentation import json_object
from api.services import Services
from policy.access import Action
from policy.clock import today
from policy.money import ZERO
from policy.payment_terms import RecoveryState
from policy.problems import Problem
from policy.terms import PaymentStatus
from store import ledger
from store.disclosure import Cell, Look, disclose
from store.payments import PaymentRow, RecoveryRow
from store.timeline import record


@dataclass(frozen=True)
class Claim:
    """What is claimed back: yuan, why, and the day on which that was decided."""

    amount: Decimal
    reason: str
    decided_on: date


async def propose(
    services: Services, user: CurrentUser, payment_id: uuid.UUID, claim: Claim, key: str | None = None
) -> dict[str, Any]:
    """The county's caseworker enters it; nothing is booked before another person has approved. Raises Refusal."""
    demand(user, Action.PROPOSE_RECOVERY, "追回由县级医疗保障经办人提出")
    once = Once(services, user, key, f"recoveries/{payment_id}", claim)
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        payment = await _locked_payment(session, payment_id)
        _check(claim, payment, await _claimed(session, payment), today(services.clock))
        row = RecoveryRow(
            id=uuid.uuid4(),
            payment_id=payment.id,
            application_id=payment.application_id,
            division=payment.division,
            amount=claim.amount,
            state=RecoveryState.PROPOSED.value,
            decided_on=claim.decided_on,
            proposed_at=services.clock.now(),
            proposed_by=user.id,
        )
        row.reason_sealed = services.vault.seal("recovery", "reason", row.id, claim.reason.strip())
        session.add(row)
        _record(services, session, user, row, "proposed", claim.decided_on)
        await once.keep(session, 201, {"id": str(row.id)})
        return {"id": str(row.id)}


async def decide(services: Services, user: CurrentUser, recovery_id: uuid.UUID, *, approved: bool) -> None:
    """The supervisor approves, and it is booked as owed to the fund; or refuses, and nothing is. Raises Refusal."""
    demand(user, Action.APPROVE_RECOVERY, "追回由县级医疗保障审核人审核")
    async with services.database.transaction(user.scope) as session:
        row = await _locked(session, recovery_id, RecoveryState.PROPOSED)
        if row.proposed_by == user.id:
            raise Refusal(
                403,
                "separation-of-duties",
                "您提出了本笔追回，不得审核",
                "another person must decide this",
                step="recovery",
            )
        day = today(services.clock)
        row.decided_by, row.approved_on = user.id, day if approved else None
        row.state = (RecoveryState.APPROVED if approved else RecoveryState.REFUSED).value
        if approved:
            payment = await _locked_payment(session, row.payment_id)
            booking = ledger.recoverable(row.id, row.amount, day)
            await ledger.book(session, booking, row.division, services.clock.now(), payment)
        _record(services, session, user, row, "approved" if approved else "refused", day)


async def receive(services: Services, user: CurrentUser, recovery_id: uuid.UUID, received_on: date) -> None:
    """The money has come back into the special account. Raises Refusal."""
    demand(user, Action.RECEIVE_RECOVERY, "追回款到账由县级财政经办人登记")
    async with services.database.transaction(user.scope) as session:
        row = await _locked(session, recovery_id, RecoveryState.APPROVED)
        if received_on > today(services.clock) or (row.approved_on and received_on < row.approved_on):
            zh = "“到账日期”不能晚于今天，也不能早于审核之日"
            raise wrong_fields([Problem("/received_on", zh, "received_on lies in the future or before the approval")])
        row.state, row.received_on, row.received_by = RecoveryState.RECEIVED.value, received_on, user.id
        payment = await session.get_one(PaymentRow, row.payment_id)
        booking = ledger.recovered(row.id, row.amount, received_on)
        await ledger.book(session, booking, row.division, services.clock.now(), payment)
        _record(services, session, user, row, "received", received_on)


async def of_payment(services: Services, user: CurrentUser, payment_id: uuid.UUID) -> list[dict[str, Any]]:
    """All that was ever claimed back of a payment, with the reasons opened for the reader. Raises Refusal 404."""
    demand(user, Action.VIEW_DISBURSEMENTS, "您的岗位不能查看追回")
    async with services.database.transaction(user.scope) as session:
        if await session.get(PaymentRow, payment_id) is None:
            raise not_found()
        rows = await session.scalars(
            select(RecoveryRow).where(RecoveryRow.payment_id == payment_id).order_by(RecoveryRow.id)
        )
        return [_view(services, session, user, row) for row in rows]


def _view(services: Services, session: AsyncSession, user: CurrentUser, row: RecoveryRow) -> dict[str, Any]:
    look = Look(str(user.id), "application", row.application_id, row.division, "recovery.view", services.clock.now())
    opened = disclose(session, services.vault, look, {"reason": Cell("recovery", "reason", row.id, row.reason_sealed)})
    return json_object(
        {
            "id": row.id,
            "payment": row.payment_id,
            "amount": row.amount,
            "state": row.state,
            "state_label": RecoveryState(row.state).label,
            "reason": opened["reason"],
            "decided_on": row.decided_on,
            "approved_on": row.approved_on,
            "received_on": row.received_on,
        }
    )


def _check(claim: Claim, payment: PaymentRow, claimed: Decimal, now_day: date) -> None:
    if payment.status != PaymentStatus.CONFIRMED.value or payment.transferred_on is None:
        raise Refusal(409, "not-paid", "本笔尚未支付，不存在追回", "nothing has been paid that could be claimed back")
    problems = []
    if claim.amount <= 0 or claim.amount > payment.amount - claimed:
        zh = f"“追回金额”应大于0，且不超过尚可追回的{payment.amount - claimed:.2f}元"
        problems.append(Problem("/amount", zh, f"at most {payment.amount - claimed:.2f} can still be claimed back"))
    if not claim.reason.strip():
        problems.append(Problem("/reason", "“追回原因”必须填写", "reason is required"))
    if not payment.transferred_on <= claim.decided_on <= now_day:
        zh = "“决定日期”不能早于支付日期，也不能晚于今天"
        problems.append(Problem("/decided_on", zh, "decided_on lies before the payment or in the future"))
    if problems:
        raise wrong_fields(problems)


async def _claimed(session: AsyncSession, payment: PaymentRow) -> Decimal:
    total = await session.scalar(
        select(func.sum(RecoveryRow.amount)).where(
            RecoveryRow.payment_id == payment.id, RecoveryRow.state != RecoveryState.REFUSED.value
        )
    )
    return total or ZERO


async def _locked_payment(session: AsyncSession, payment_id: uuid.UUID) -> PaymentRow:
    row = await session.get(PaymentRow, payment_id, with_for_update=True)
    if row is None:
        raise not_found()
    return row


async def _locked(session: AsyncSession, recovery_id: uuid.UUID, wanted: RecoveryState) -> RecoveryRow:
    row = await session.get(RecoveryRow, recovery_id, with_for_update=True)
    if row is None:
        raise not_found()
    if row.state != wanted.value:
        now = RecoveryState(row.state)
        zh = f"本笔追回现为“{now.label}”，不能这样办理"
        raise Refusal(409, "wrong-state", zh, f"the recovery is {now.value}, not {wanted.value}", state=now.value)
    return row


def _record(
    services: Services, session: AsyncSession, user: CurrentUser, row: RecoveryRow, action: str, day: date
) -> None:
    record(
        session,
        subject_id=row.application_id,
        division=row.division,
        at=services.clock.now(),
        day=day,
        tag=f"counter:recovery:{action}",
        actor=user.username,
        codes={"amount": f"{row.amount:.2f}"},
    )
