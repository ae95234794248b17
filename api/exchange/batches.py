"""A batch of the month that came by no table of this system: on paper, by an interface outside, or as a file elsewhere.

The two tasks of the month ask for the first one of each direction; any number may follow (W07, C-29), and the departments
that are shown and not counted, health among them, have no task at all (B-31).
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.exchange.agreements import check_agreement
from api.exchange.area import area_of
from api.exchange.matters import check_may_view
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from policy.agreement import SharedData
from policy.clock import today
from policy.exchange_terms import Carrier, Direction
from policy.problems import Problem
from policy.rulebook import Rulebook
from policy.sharing_steps import DATA, OTHER
from policy.terms import Category, Department, Level, Post, Role
from store.agreements import agreement_in_force
from store.matters import MatterRow, locked_matter
from store.rulebook import load_rulebook
from store.sharings import Provided, cycle_of, record_sharing

BUREAU = Department.MEDICAL_INSURANCE


@dataclass(frozen=True)
class WantedBatch:
    """`partner`: with whom the bureau shares; None where the caller is the department. `zero`: an explicit 本月无变动."""

    carrier: Carrier
    person_times: Mapping[str, int]
    partner: Department | None = None
    zero: bool = False
    provided_on: date | None = None


def partners_of(post: Post, cycle: MatterRow) -> tuple[Department, ...]:
    """With whom the post may enter batches of this month: caseworkers of the county, the bureau with each of the others."""
    if post.level is not Level.COUNTY or post.role is not Role.CASEWORKER:
        return ()
    taking_part = tuple(Department(code) for code in cycle.departments)
    if post.department is BUREAU:
        return tuple(one for one in taking_part if one is not BUREAU)
    return (BUREAU,) if post.department in taking_part else ()


def counted_by(rulebook: Rulebook, department: Department, day: date) -> tuple[str, ...]:
    """What its batches are counted by: kinds of data, or the categories that it provides there, and others.

    A department that provides no category itself names those of whom it tells something (SHARED_CATEGORIES).
    """
    if department is BUREAU:
        return tuple(code for code, _label in DATA)
    told = rulebook.find(f"SHARED_CATEGORIES({department.value})", day)
    shared = set(told.value) if told is not None else set()
    for category in Category:
        source = rulebook.find(f"CATEGORY_SOURCE({category.value})", day)
        if source is not None and source.value == department.value:
            shared.add(category.value)
    return (*(category.value for category in Category if category.value in shared), OTHER)


async def enter_batch(
    services: Services, user: CurrentUser, division: str, month: date, wanted: WantedBatch, key: str | None = None
) -> dict[str, Any]:
    """Records it and asks the receiver to confirm the counts; {id}. Raises Refusal 403, 404, 409, 422."""
    check_may_view(user)
    area_of(user, division)
    once = Once(services, user, key, "batches", [division, f"{month}", asdict(wanted)])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        cycle = await cycle_of(session, division, month)
        if cycle is None:
            raise not_found()
        cycle = await locked_matter(session, cycle.id)  # a month that is just being closed takes no more
        partner = _partner(user, cycle, wanted)
        day, now = today(services.clock), services.clock.now()
        direction = Direction.OUT if user.post.department is BUREAU else Direction.IN
        rulebook = await load_rulebook(session, division, day)
        _check(wanted, counted_by(rulebook, user.post.department, day), month, day)
        if direction is Direction.OUT:
            await _check_data_list(session, division, day, partner, wanted.person_times)
        await check_agreement(session, division, day, partner)
        sharing, _fresh = await record_sharing(
            session,
            Provided(
                source=f"entry/{uuid.uuid4()}",
                division=division,
                month=month,
                direction=direction,
                partner=partner,
                carrier=None if wanted.zero else wanted.carrier,
                provided_on=wanted.provided_on or day,
                person_times={code: number for code, number in wanted.person_times.items() if number},
                provided_by=user.id,
            ),
            at=now,
            actor=user.username,
        )
        answer = {"id": str(sharing.id)}
        await once.keep(session, 201, answer)
        return answer


def _partner(user: CurrentUser, cycle: MatterRow, wanted: WantedBatch) -> Department:
    """The side that is not the bureau. Raises Refusal."""
    open_to = partners_of(user.post, cycle)
    if not open_to:
        raise not_allowed("共享批次由县级各部门经办人登记")
    if cycle.closed_at is not None:
        raise Refusal(
            409, "cycle-closed", "该月信息共享已办结，请登记在当月", "the month's cycle is closed", clause="C-30"
        )
    if user.post.department is not BUREAU:
        return user.post.department
    if wanted.partner not in open_to:
        raise wrong_fields(
            [Problem("/partner", "请选择接收数据的部门", "choose the department that receives it", "C-04")]
        )
    return wanted.partner


def _check(wanted: WantedBatch, known: Collection[str], month: date, day: date) -> None:
    """Raises Refusal 422. `known`: what the sender's batches are counted by."""
    problems: list[Problem] = []
    for code in wanted.person_times:
        if code not in known:
            zh, en = "本部门共享的内容没有这一项", "is not what this department shares"
            problems.append(Problem(f"/person_times/{code}", zh, en, "C-29"))
    if (sum(wanted.person_times.values()) == 0) is not wanted.zero:
        zh, en = "请填写人次；没有变动的，请勾选“本月无变动”", "give the person-times, or say zero"
        problems.append(Problem("/person_times", zh, en, "C-30"))
    if wanted.provided_on is not None and not month <= wanted.provided_on <= day:
        zh, en = "提供日期不能早于本月1日或晚于今天", "lies before the month or in the future"
        problems.append(Problem("/provided_on", zh, en, "C-30"))
    if problems:
        raise wrong_fields(problems)


async def _check_data_list(
    session: AsyncSession, division: str, day: date, partner: Department, kinds: Mapping[str, int]
) -> None:
    """What lies outside the data list of the rules, or of the agreement in force, goes to nobody (C-24). Raises Refusal."""
    rule = (await load_rulebook(session, division, day)).find(f"DATA_LIST({partner.value})", day)
    listed = set(rule.value) if rule is not None else set()
    agreement = await agreement_in_force(session, division, day, partner)
    if agreement is not None and partner.value in agreement.data_lists:
        listed &= set(agreement.data_lists[partner.value])
    problems = [
        Problem(
            f"/person_times/{code}",
            f"“{SharedData(code).label}”不在与{partner.label}部门的数据共享清单内",
            "is not on the agreed list of data",
            "C-24",
        )
        for code, number in kinds.items()
        if number and code not in listed
    ]
    if problems:
        raise wrong_fields(problems)
