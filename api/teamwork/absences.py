"""Being away: from, to, and who stands in; entered by the person or a head of the unit."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from api.teamwork.acting import account_named, post_of
from policy.clock import today
from policy.problems import Problem
from policy.teamwork import may_direct, may_manage_staff, may_stand_in_for
from policy.terms import Office
from store.absences import AbsenceRow
from store.accounts import AccountRow


async def enter_absence(
    services: Services, user: CurrentUser, username: str, first_day: date, last_day: date, substitute: str
) -> dict[str, Any]:
    """Raises Refusal: for a past, an overlap, or a substitute who may not stand in."""
    async with services.database.transaction(user.scope) as session:
        person = await _locked(session, username)
        if person.id != user.id and not _directs(user, person):
            raise not_allowed("只有本人或本单位审核人、负责人可以登记请假")
        if last_day < first_day or last_day < today(services.clock):
            raise wrong_fields([Problem("/to", "请假日期有误，须依次且尚未过去", "the days are not in order, or past")])
        standing_in = await account_named(session, substitute)
        if not _suits(person, standing_in):
            zh = "代理人须为本单位同岗位人员；审核人、负责人可代理经办人，也可互相代理"
            raise wrong_fields([Problem("/substitute", zh, "that person may not stand in for this one")])
        assert standing_in is not None
        await _check_free(session, person, standing_in, first_day, last_day)
        row = AbsenceRow(
            account_id=person.id,
            substitute_id=standing_in.id,
            division=person.division,
            first_day=first_day,
            last_day=last_day,
            entered_by=user.id,
            entered_at=services.clock.now(),
        )
        session.add(row)
        await session.flush()
        return json_object({"id": row.id, "from": first_day, "to": last_day, "substitute": standing_in.username})


async def end_absence(services: Services, user: CurrentUser, absence_id: uuid.UUID) -> None:
    """From now on nobody stands in any more. Raises Refusal."""
    async with services.database.transaction(user.scope) as session:
        row = await session.get(AbsenceRow, absence_id, with_for_update=True)
        if row is None or row.ended_at is not None:
            raise not_found()
        person = await session.get_one(AccountRow, row.account_id)
        if person.id != user.id and not _directs(user, person):
            raise not_allowed("只有本人或本单位审核人、负责人可以撤销请假")
        row.ended_at = services.clock.now()


async def _locked(session: AsyncSession, username: str) -> AccountRow:
    """Absences of one person are entered one after the other."""
    person = await session.scalar(
        select(AccountRow).where(AccountRow.username == username).with_for_update(key_share=True)
    )
    if person is None or not person.active:
        raise not_found("没有这个账号")
    return person


def _directs(user: CurrentUser, person: AccountRow) -> bool:
    office = Office(person.division, post_of(person))
    return may_direct(user.post, user.division, office) or may_manage_staff(user.post, user.division, office)


def _suits(person: AccountRow, standing_in: AccountRow | None) -> bool:
    if standing_in is None or not standing_in.active or standing_in.id == person.id:
        return False
    return standing_in.division == person.division and may_stand_in_for(post_of(standing_in), post_of(person))


async def _check_free(
    session: AsyncSession, person: AccountRow, standing_in: AccountRow, first_day: date, last_day: date
) -> None:
    """Neither is one away twice, nor does somebody stand in who is away or is stood in for by the other."""
    overlapping = await session.scalar(
        select(AbsenceRow.id)
        .where(
            or_(
                AbsenceRow.account_id == person.id,
                AbsenceRow.account_id == standing_in.id,
                AbsenceRow.substitute_id == person.id,  # who stands in for somebody does not go away
            ),
            AbsenceRow.ended_at.is_(None),
            AbsenceRow.first_day <= last_day,
            AbsenceRow.last_day >= first_day,
        )
        .limit(1)
        .with_for_update()
    )
    if overlapping:
        zh = "本人或代理人在这段时间已有请假登记"
        raise Refusal(409, "absence-overlaps", zh, "one of the two is away in these days already")
