"""联络员名册 (C-19): entering, changing and ending an office's entry. A change ends the entry before it; nothing is deleted."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from policy.liaison import may_keep_for
from policy.person_name import normal_name
from policy.problems import Problem
from policy.terms import Department
from store.accounts import AccountRow
from store.liaisons import LiaisonRow, hold_office, mend_finding

CLAUSE = "C-19"
TELEPHONE = re.compile(r"[0-9+()（）\-－转 ]{5,30}")


@dataclass(frozen=True)
class WantedLiaison:
    """The lead office 牵头处（科）室 and the liaison, the cooperating office 配合科室 and its specialist 专员, and who stands in
    for the liaison from when until when. Empty texts for what is not named yet.
    """

    lead_office: str
    liaison: str
    liaison_phone: str
    starts_on: date
    ends_on: date | None = None
    cooperating_office: str = ""
    specialist: str = ""
    specialist_phone: str = ""
    substitute: str = ""
    substitute_phone: str = ""
    substitute_from: date | None = None
    substitute_until: date | None = None


async def enter(
    services: Services, user: CurrentUser, department: Department, wanted: WantedLiaison, key: str | None = None
) -> dict[str, Any]:
    """A first entry of the department in the reader's own division, or one after the last has ended; {id}. Raises Refusal."""
    once = Once(services, user, key, "liaisons", [department.value, asdict(wanted)])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        await demand_keeper(session, user, user.division, department)
        _check(wanted)
        entries = await hold_office(session, user.division, department.value)
        if any(entry.overlaps(wanted.starts_on, wanted.ends_on) for entry in entries):
            raise Refusal(
                409,
                "liaison-named-already",
                "该部门在此期间已登记联络员，请登记变更",
                "somebody is named for these days already: enter a change",
                clause=CLAUSE,
            )
        answer = {"id": str(await _add(services, user, session, department, wanted, None))}
        await once.keep(session, 201, answer)
        return answer


async def change(
    services: Services, user: CurrentUser, liaison_id: uuid.UUID, wanted: WantedLiaison, key: str | None = None
) -> dict[str, Any]:
    """From `starts_on` on the new entry holds instead of the old one, which stays in the history; {id}. Raises Refusal."""
    once = Once(services, user, key, "liaisons/change", [str(liaison_id), asdict(wanted)])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        row, entries = await _held(session, user, liaison_id)
        _check(wanted)
        if wanted.starts_on < row.starts_on:
            zh = "变更的生效日期不能早于原登记的生效日期"
            raise wrong_fields([Problem("/starts_on", zh, "lies before the entry that it changes", CLAUSE)])
        last = wanted.starts_on - timedelta(days=1)
        others = [entry for entry in entries if entry.id != row.id]
        if any(entry.overlaps(wanted.starts_on, wanted.ends_on) for entry in others):
            raise _ended()
        if row.last_day is None or row.last_day > last:
            row.ended_on, row.ended_by = last, user.id
        answer = {"id": str(await _add(services, user, session, Department(row.department), wanted, row.id))}
        await once.keep(session, 201, answer)
        return answer


async def end(
    services: Services, user: CurrentUser, liaison_id: uuid.UUID, last_day: date, key: str | None = None
) -> None:
    """The last day on which it holds. Raises Refusal."""
    once = Once(services, user, key, "liaisons/end", [str(liaison_id), last_day.isoformat()])
    async with services.database.transaction(user.scope) as session:
        if await once.earlier(session) is not None:
            return
        row, _entries = await _held(session, user, liaison_id)
        if row.last_day is not None and row.last_day <= last_day:
            raise _ended()
        if last_day < row.starts_on:
            zh, en = "最后一日不能早于生效日期", "lies before its first day"
            raise wrong_fields([Problem("/last_day", zh, en, CLAUSE)])
        row.ended_on, row.ended_by = last_day, user.id
        await once.keep(session, 204, {})


async def departments_kept(session: AsyncSession, user: CurrentUser) -> list[Department]:
    """Whose entries the reader keeps: the own department's, and those of partners without accounts."""
    bureaus = [one for one in Department if one is not Department.TOWNSHIP_GOVERNMENT]
    signed = await _with_accounts(session, user.division)
    return [one for one in bureaus if may_keep_for(user.post, one, has_accounts=one.value in signed)]


async def demand_keeper(session: AsyncSession, user: CurrentUser, division: str, department: Department) -> None:
    """Raises Refusal 403."""
    if division != user.division or department not in await departments_kept(session, user):
        zh = f"{department.label}部门的联络员由该部门登记；该部门没有本系统账号的，由同级医疗保障审核人登记"
        raise not_allowed(zh)


async def _with_accounts(session: AsyncSession, division: str) -> set[str]:
    found = await session.scalars(
        select(AccountRow.department).where(AccountRow.division == division, AccountRow.active).distinct()
    )
    return set(found)


async def _held(
    session: AsyncSession, user: CurrentUser, liaison_id: uuid.UUID
) -> tuple[LiaisonRow, Sequence[LiaisonRow]]:
    """The entry with all of its office, which nobody else changes meanwhile. Raises Refusal 403, 404, 409 for one that is void."""
    row = await session.get(LiaisonRow, liaison_id)
    if row is None:
        raise not_found()
    await demand_keeper(session, user, row.division, Department(row.department))
    entries = await hold_office(session, row.division, row.department)
    await session.refresh(row)
    if row.void:
        raise _ended()
    return row, entries


async def _add(
    services: Services,
    user: CurrentUser,
    session: AsyncSession,
    department: Department,
    wanted: WantedLiaison,
    replaces: uuid.UUID | None,
) -> uuid.UUID:
    row_id, now = uuid.UUID(str(await session.scalar(select(func.uuidv7())))), services.clock.now()
    session.add(
        LiaisonRow(
            id=row_id,
            division=user.division,
            department=department.value,
            sealed=services.vault.seal("liaison", "sealed", row_id, _words(wanted)),
            starts_on=wanted.starts_on,
            ends_on=wanted.ends_on,
            substitute_from=wanted.substitute_from,
            substitute_until=wanted.substitute_until,
            replaces=replaces,
            entered_by=user.id,
            entered_at=now,
        )
    )
    await session.flush()
    await mend_finding(session, user.division, department.value, now)
    return row_id


def _words(wanted: WantedLiaison) -> dict[str, str]:
    """What is sealed: every text that was typed."""
    names = {name: normal_name(getattr(wanted, name)) for name in ("liaison", "specialist", "substitute")}
    others = ("lead_office", "cooperating_office", "liaison_phone", "specialist_phone", "substitute_phone")
    return {**names, **{name: getattr(wanted, name).strip() for name in others}}


def _check(wanted: WantedLiaison) -> None:
    """Raises Refusal 422."""
    problems: list[Problem] = []
    for name, label in (("lead_office", "牵头处（科）室"), ("liaison", "联络员"), ("liaison_phone", "联络员电话")):
        if not getattr(wanted, name).strip():
            problems.append(Problem(f"/{name}", f"“{label}”必须填写", "is required", CLAUSE))
    for name in ("liaison_phone", "specialist_phone", "substitute_phone"):
        typed = getattr(wanted, name).strip()
        if typed and not TELEPHONE.fullmatch(typed):
            problems.append(Problem(f"/{name}", "应为电话号码", "must be a telephone number", CLAUSE))
    if wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        problems.append(Problem("/ends_on", "截止日期不能早于生效日期", "lies before its first day", CLAUSE))
    problems += _check_substitute(wanted)
    if problems:
        raise wrong_fields(problems)


def _check_substitute(wanted: WantedLiaison) -> list[Problem]:
    """Who stands in is named with both days, inside the entry's own."""
    first, last = wanted.substitute_from, wanted.substitute_until
    told = (bool(wanted.substitute.strip()), first is not None, last is not None)
    if not any(told):
        return []
    if not all(told) or first is None or last is None:
        zh = "代理人和代理起止日期须一并填写"
        return [Problem("/substitute", zh, "name the substitute with both days", CLAUSE)]
    if last < first or first < wanted.starts_on or (wanted.ends_on is not None and last > wanted.ends_on):
        zh = "代理起止日期应在任期之内"
        return [Problem("/substitute_from", zh, "the days of the substitution lie outside the term", CLAUSE)]
    return []


def _ended() -> Refusal:
    zh = "该登记届时已经结束或已变更"
    return Refusal(409, "liaison-ended", zh, "it has ended by then, or was changed", clause=CLAUSE)
