"""How a case has ended, or is about to: decision, notices, payment, refusal and what was done against it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.case_personal import case_look
from api.identity import CurrentUser
from api.money.payment_view import attempts_view
from api.services import Services
from policy.access import Action, may
from policy.terms import PaymentStatus, RefusalStatus
from store.applications import ApplicationRow, PublicityRow, RefusalRow, RemedyRow
from store.decisions import DecisionRow
from store.disclosure import Cell, disclose
from store.payments import PaymentRow


async def decision_of(session: AsyncSession, user: CurrentUser, row: ApplicationRow) -> dict[str, Any] | None:
    """The approved decision, else the newest. Its trace repeats the cost statement, which finance is not shown."""
    if user.view.identity_only:
        return None
    found = await session.scalar(
        select(DecisionRow)
        .where(DecisionRow.application_id == row.id)
        .order_by(DecisionRow.final.desc(), DecisionRow.id.desc())
        .limit(1)
    )
    if found is None:
        return None
    return decision_view(found) | ({"base": None, "trace": []} if user.view.payment_only else {})


def decision_view(row: DecisionRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "outcome": row.outcome,
        "amount": row.amount,
        "as_of": row.as_of,
        "category": row.category,
        "base": row.base,
        "grounds": row.grounds,
        "trace": row.trace,
        "parameters": row.parameters,
        "missing": row.missing,
        "marks": row.marks,
        "demonstration": "DEMO" in row.marks,
        "final": row.final,
        "made_at": row.made_at,
    }


async def publicity_view(session: AsyncSession, row: ApplicationRow) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(PublicityRow).where(PublicityRow.application_id == row.id).order_by(PublicityRow.posted_on)
    )
    return [
        {
            "level": notice.level,
            "round": notice.round,
            "posted_on": notice.posted_on,
            "last_day": notice.last_day,
            "result": notice.result,
            "result_on": notice.result_on,
            "poster": notice.poster_file,
        }
        for notice in rows
    ]


async def payment_view(session: AsyncSession, row: ApplicationRow) -> dict[str, Any] | None:
    payment = await session.scalar(select(PaymentRow).where(PaymentRow.application_id == row.id))
    if payment is None:
        return None
    return {
        "id": payment.id,
        "status": payment.status,
        "status_label": PaymentStatus(payment.status).label,
        "amount": payment.amount,
        "payee_kind": payment.payee_kind,
        "submitted_on": payment.submitted_on,
        "finance_approved_on": payment.finance_approved_on,
        "transferred_on": payment.transferred_on,
        "attempts": await attempts_view(session, payment),
    }


async def refusal_view(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> dict[str, Any] | None:
    newest = select(RefusalRow).where(RefusalRow.application_id == row.id).order_by(RefusalRow.opening.desc()).limit(1)
    refusal = await session.scalar(newest)
    if refusal is None:
        return None
    return {
        "status": refusal.status,
        "status_label": RefusalStatus(refusal.status).label,
        "number": refusal.number,
        "level": refusal.level,
        "provisions": refusal.provisions,
        "decided_on": refusal.decided_on,
        "issued_on": refusal.issued_on,
        "delivered_on": refusal.delivered_on,
        "method": refusal.method,
        "reconsideration_until": refusal.reconsideration_until,
        "suit_until": refusal.suit_until,
        "notice": refusal.notice_file,
        "remedies": await _remedies(services, session, user, row, purpose),
    }


async def _remedies(
    services: Services, session: AsyncSession, user: CurrentUser, row: ApplicationRow, purpose: str
) -> list[dict[str, Any]]:
    """Reconsiderations and suits of all openings; where they were filed, for those who may read the applicant's papers."""
    rows = (
        await session.scalars(select(RemedyRow).where(RemedyRow.application_id == row.id).order_by(RemedyRow.id))
    ).all()
    typed: dict[str, Any] = {}
    if rows and may(user.post, Action.READ_FILE):
        cells = {str(remedy.id): Cell("remedy", "typed", remedy.id, remedy.typed_sealed) for remedy in rows}
        typed = disclose(session, services.vault, case_look(services, user, row, purpose), cells)
    return [
        {
            "kind": remedy.kind,
            "filed_on": remedy.filed_on,
            "body": (typed.get(str(remedy.id)) or {}).get("body"),
            "result": remedy.result,
            "result_on": remedy.result_on,
        }
        for remedy in rows
    ]
