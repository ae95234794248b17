"""One payment as it was tried and booked, and how the case page tells of it."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_found
from api.identity import CurrentUser
from api.money.batches import demand
from api.money.recoveries import of_payment
from api.presentation import json_object
from api.services import Services
from policy.access import Action
from policy.payment_terms import Account, AttemptState, BounceReason, Side
from policy.terms import PayeeKind, PaymentStatus
from store.disbursements import ReleaseRow, batch_of
from store.ledger import EntryRow, LineRow
from store.payments import AttemptRow, PaymentRow


async def view_payment(services: Services, user: CurrentUser, payment_id: uuid.UUID) -> dict[str, Any]:
    """The payment with its attempts, bookings and recoveries. Raises Refusal 403, 404."""
    demand(user, Action.VIEW_DISBURSEMENTS, "您的岗位不能查看支付")
    async with services.database.transaction(user.scope) as session:
        payment = await session.get(PaymentRow, payment_id)
        if payment is None:
            raise not_found()
        seen = {
            "id": payment.id,
            "application": payment.application_id,
            "amount": payment.amount,
            "status": payment.status,
            "status_label": PaymentStatus(payment.status).label,
            "payee_kind": payment.payee_kind,
            "payee_kind_label": PayeeKind(payment.payee_kind).label,
            "submitted_on": payment.submitted_on,
            "finance_approved_on": payment.finance_approved_on,
            "transferred_on": payment.transferred_on,
            "attempts": await attempts_view(session, payment),
            "bookings": await _bookings(session, payment),
            "batch": await _batch(session, payment),
        }
    return json_object({**seen, "recoveries": await of_payment(services, user, payment_id)})


async def attempts_view(session: AsyncSession, payment: PaymentRow) -> list[dict[str, Any]]:
    """Every attempt to pay, with the bank's answer; no account."""
    rows = await session.execute(
        select(AttemptRow, ReleaseRow.released_on)
        .outerjoin(ReleaseRow, ReleaseRow.id == AttemptRow.release_id)
        .where(AttemptRow.payment_id == payment.id)
        .order_by(AttemptRow.no)
    )
    return [
        {
            "no": row.no,
            "state": row.state,
            "state_label": AttemptState(row.state).label,
            "payee_kind": row.payee_kind,
            "released_on": released_on,
            "ended_on": row.ended_on,
            "reason": row.reason,
            "reason_label": BounceReason(row.reason).label if row.reason else None,
        }
        for row, released_on in rows
    ]


async def _bookings(session: AsyncSession, payment: PaymentRow) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(EntryRow, LineRow)
        .join(LineRow, LineRow.entry_id == EntryRow.id)
        .where(EntryRow.payment_id == payment.id)
        .order_by(EntryRow.id, LineRow.side.desc())
    )
    return [
        {
            "kind": entry.kind,
            "booked_on": entry.booked_on,
            "account": line.account,
            "account_label": Account(line.account).label,
            "side": line.side,
            "side_label": Side(line.side).label,
            "amount": line.amount,
        }
        for entry, line in rows
    ]


async def _batch(session: AsyncSession, payment: PaymentRow) -> dict[str, Any] | None:
    batch = await batch_of(session, payment.id)
    return {"id": batch.id, "number": batch.number, "state": batch.state} if batch else None
