"""Settlements that a list turns out to contradict are opened for the bureau, once each (C-12, C-14; W05)."""

import uuid

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context
from policy.deadlines import SHANGHAI
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.settlement_checks import Contradiction, Held, Settled, contradictions
from policy.terms import Category, Department
from store.identities import IdentityPeriodRow, periods_in_full
from store.matters import Opening, open_matter
from store.settlements import SettlementRow
from store.uploads import UploadRow

BY_LIST = "adjustment"
"""The kind of upload whose marks may come late; the first rosters say nothing about lateness."""


async def look_for_contradictions(
    session: AsyncSession, context: Context, person: uuid.UUID, list_matter: uuid.UUID | None = None
) -> None:
    """Of all settlements of the person, wherever they were handed in: each opens its matter in that county, once."""
    await session.flush()
    settlements = await _settlements(session, person)
    held = [await _held(session, row) for row in await periods_in_full(session, person)] if settlements else []
    by_key = {row.id: row for row in settlements}
    for found in contradictions(held, [_settled(row) for row in settlements]):
        await _open(session, context, by_key[found.key], found, list_matter)


async def _settlements(session: AsyncSession, person: uuid.UUID) -> list[SettlementRow]:
    rows = await session.scalars(
        select(SettlementRow)
        .where(SettlementRow.person_id.in_(select(func.one_person(person))))
        .order_by(SettlementRow.settled_on, SettlementRow.id)
    )
    return list(rows)


async def _held(session: AsyncSession, row: IdentityPeriodRow) -> Held:
    return Held(
        category=Category(row.category),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        marked_on=row.marked_at.astimezone(SHANGHAI).date(),
        by_list=await _is_list(session, row.upload_id),
        ended_by_list=await _is_list(session, row.ended_by),
    )


async def _is_list(session: AsyncSession, upload: uuid.UUID | None) -> bool:
    found = await session.get(UploadRow, upload) if upload else None
    return found is not None and found.kind == BY_LIST


def _settled(row: SettlementRow) -> Settled:
    return Settled(row.id, row.settled_on, row.one_stop, row.aid > 0)


async def _open(
    session: AsyncSession,
    context: Context,
    settlement: SettlementRow,
    found: Contradiction,
    list_matter: uuid.UUID | None,
) -> None:
    opening = Opening(
        procedure=Procedure.SETTLEMENT_REVIEW,
        key=f"{settlement.id}/{found.finding.value}",
        division=settlement.division,
        departments=(Department.MEDICAL_INSURANCE,),
        status=MatterStatus.OPEN,
        department=Department.MEDICAL_INSURANCE,
        month=settlement.settled_on.replace(day=1),
        parent=list_matter if settlement.division == context.division else None,
        facts={
            "finding": found.finding.value,
            "settlement": str(settlement.id),
            "settled_on": settlement.settled_on.isoformat(),
            "category": found.category.value,
            "since": found.since.isoformat(),
        },
    )
    await open_matter(session, opening, at=context.now, day=context.today)
