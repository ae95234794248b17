"""The links of a person's chain, each from its own table, as far as the reader sees the rows."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import String

from policy.deadlines import SHANGHAI
from policy.exchange_terms import ListType, MatterStatus
from policy.procedures import Procedure
from policy.terms import ApplicationStatus, Category, Department, PaymentStatus
from store.applications import ApplicationRow
from store.decisions import DecisionRow
from store.identities import IdentityPeriodRow
from store.matters import MatterRow
from store.payments import PaymentRow
from store.pushes import PushItemRow
from store.recognitions import RecognitionRow
from store.settlements import SettlementRow


@dataclass(frozen=True)
class Link:
    """One thing that happened to the person. `open`: the loop is not closed yet; `href`: the page of its own, if any."""

    day: date
    kind: str
    kind_label: str
    person: uuid.UUID
    text: str
    amount: Decimal | None = None
    open: bool = False
    href: str | None = None
    codes: dict[str, Any] = field(default_factory=dict)


async def identities(session: AsyncSession, person: uuid.UUID, ids: Sequence[uuid.UUID]) -> list[Link]:
    rows = await session.scalars(select(IdentityPeriodRow).where(IdentityPeriodRow.person_id.in_(ids)))
    return [
        Link(
            row.starts_on,
            "identity",
            "对象身份",
            person,
            f"{Category(row.category).label}，自{row.starts_on.isoformat()}起"
            + (f"，至{row.ends_on.isoformat()}（不含）" if row.ends_on else "，有效")
            + f"，{Department(row.source_department).label}提供",
            codes={"category": row.category, "from": row.starts_on, "until": row.ends_on},
        )
        for row in rows
    ]


async def pushes(session: AsyncSession, person: uuid.UUID, ids: Sequence[uuid.UUID]) -> list[Link]:
    rows = await session.scalars(
        select(PushItemRow).where(PushItemRow.person_id.in_(ids), PushItemRow.pushed_on.is_not(None))
    )
    return [
        Link(
            row.pushed_on or row.month,
            "push",
            "高额费用推送",
            person,
            f"{row.month:%Y-%m}，{ListType(row.list_type).label}名单，"
            + ("仍超过监测标准" if row.tracked_over else "已不超过监测标准")
            + f"（{row.tracked_month:%Y-%m}）",
            amount=row.burden,
            href=f"/pushes/{row.matter_id}",
            codes={"list": row.list_type, "month": f"{row.month:%Y-%m}", "threshold": row.threshold},
        )
        for row in rows
    ]


async def recognitions(session: AsyncSession, person: uuid.UUID, ids: Sequence[uuid.UUID]) -> list[Link]:
    """Each round, with its feedback; open until the chain was closed."""
    rows = await session.execute(
        select(RecognitionRow, MatterRow.status)
        .join(MatterRow, MatterRow.id == RecognitionRow.matter_id)
        .where(RecognitionRow.person_id.in_(ids))
    )
    found = []
    for row, status in rows:
        said = f"{row.year}年{ListType(row.list_type).label}名单第{row.round}轮：{MatterStatus(status).label}"
        if row.fed_back_on:
            said += f"，{row.fed_back_on.isoformat()}反馈"
        if row.entitled_from:
            said += f"，自{row.entitled_from.isoformat()}起享受"
        found.append(
            Link(
                row.pushed_on,
                "recognition",
                "认定反馈",
                person,
                said,
                open=row.closed_on is None,
                href=f"/recognitions/{row.matter_id}",
                codes={"status": status, "round": row.round, "fed_back_on": row.fed_back_on},
            )
        )
    return found


async def applications(session: AsyncSession, person: uuid.UUID, ids: Sequence[uuid.UUID]) -> list[Link]:
    """Each with its decision and its payment."""
    rows = await session.execute(
        select(ApplicationRow, PaymentRow, DecisionRow.amount)
        .outerjoin(PaymentRow, PaymentRow.application_id == ApplicationRow.id)
        .outerjoin(DecisionRow, (DecisionRow.application_id == ApplicationRow.id) & DecisionRow.final)
        .where(ApplicationRow.person_id.in_(ids))
    )
    found = []
    for row, payment, amount in rows:
        said = f"{row.number}：{ApplicationStatus(row.status).label}"
        if payment is not None:
            said += f"，{PaymentStatus(payment.status).label}"
            said += f"（{payment.transferred_on.isoformat()}）" if payment.transferred_on else ""
        found.append(
            Link(
                row.submitted_on,
                "application",
                "依申请救助",
                person,
                said,
                amount=amount,
                open=row.closed_at is None,
                href=f"/cases/{row.id}",
                codes={"number": row.number, "status": row.status},
            )
        )
    return found


async def make_good(session: AsyncSession, person: uuid.UUID, ids: Sequence[uuid.UUID]) -> list[Link]:
    """What was settled otherwise than the person's identity says, and is to be put right (C-14, W05)."""
    rows = await session.execute(
        select(MatterRow, SettlementRow.settled_on)
        .join(SettlementRow, cast(SettlementRow.id, String) == func.split_part(MatterRow.key, "/", 1))
        .where(MatterRow.procedure == Procedure.SETTLEMENT_REVIEW.value, SettlementRow.person_id.in_(ids))
    )
    return [
        Link(
            matter.opened_at.astimezone(SHANGHAI).date(),
            "make_good",
            "结算核处",
            person,
            f"{settled_on.isoformat()}的结算：{MatterStatus(matter.status).label}",
            open=matter.closed_at is None,
            href=f"/matters/{matter.id}",
            codes={"status": matter.status, "settled_on": settled_on},
        )
        for matter, settled_on in rows
    ]
