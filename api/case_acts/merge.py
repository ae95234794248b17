"""Two records that turned out to be one person, entered under a wrong ID number: the cases of one go to the other (R-MERGE)."""

import uuid
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.case_acts.act import write_act, wrong
from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from policy.access import Action, may
from policy.clock import today
from policy.terms import ApplicationStatus
from store.applications import ApplicationRow
from store.disclosure import Look, log_look
from store.people import PersonRow, hold_year
from store.timeline import record

UNUSED = [
    status.value for status in (ApplicationStatus.WITHDRAWN, ApplicationStatus.REJECTED, ApplicationStatus.LAPSED)
]
"""Cases that leave their bill free to be handed in again."""


async def merge_people(
    services: Services,
    user: CurrentUser,
    person_id: uuid.UUID,
    into: uuid.UUID,
    reason: str,
    key: str | None = None,
    *,
    names_differ: bool = False,
) -> dict[str, Any]:
    """`person_id` was entered under a wrong number and is `into`. Raises Refusal: nothing is written.

    A merge cannot be undone, so two names are merged only where the caller says that they are known to differ.

    Sums of a year go by the person, so that caps and deductibles are right from here on; decisions that stand are not touched.
    """
    if not may(user.post, Action.MERGE_PEOPLE):
        raise not_allowed("只有县级医疗保障审核人可以合并人员")
    once = Once(services, user, key, f"merge/{person_id}", {"into": str(into), "reason": reason})
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        wrongly, right = await _both(session, person_id, into)
        if wrongly.name_index != right.name_index and not names_differ:
            raise _names_differ()
        moved = await _cases(session, wrongly)
        await _check_bills(session, moved, right)
        for person in sorted((wrongly.id, right.id)):
            await hold_year(session, person)
        for case in moved:
            case.person_id = right.id
        wrongly.merged_into = right.id
        await session.execute(update(PersonRow).where(PersonRow.merged_into == wrongly.id).values(merged_into=right.id))
        _enter(services, session, user, wrongly, right, moved)
        await write_act(
            session,
            services,
            user,
            name="merge",
            subject=("person", wrongly.id),
            division=user.division,
            day=today(services.clock),
            codes={"into": str(right.id)},
            typed={"reason": reason},
        )
        answer = {"id": str(wrongly.id), "merged_into": str(right.id), "applications": [str(case.id) for case in moved]}
        await once.keep(session, 200, answer)
    return answer


def _names_differ() -> Refusal:
    return Refusal(
        409,
        "names-differ",
        "两份记录的姓名不同，合并后不能撤销：请先核实是否同一人；确系同一人的，请注明姓名不同仍须合并",
        "the names differ and a merge cannot be undone: send names_differ where it is one person all the same",
        clause="R-MERGE",
    )


async def _both(session: AsyncSession, person_id: uuid.UUID, into: uuid.UUID) -> tuple[PersonRow, PersonRow]:
    if person_id == into:
        raise wrong_fields([wrong("into", "不能与自身合并", "it is the same record", "R-MERGE")])
    wanted = (select(PersonRow).where(PersonRow.id == key).with_for_update() for key in sorted((person_id, into)))
    found = {row.id: row for statement in wanted if (row := await session.scalar(statement)) is not None}
    if len(found) < 2:
        raise not_found("没有这个人员，或不在您的管辖范围内")
    wrongly, right = found[person_id], found[into]
    for row in (wrongly, right):
        if row.merged_into is not None:
            raise Refusal(
                409,
                "already-merged",
                "该人员记录已合并，请使用合并后的记录",
                "this record has been merged already",
                clause="R-MERGE",
                merged_into=str(row.merged_into),
            )
    return wrongly, right


async def _cases(session: AsyncSession, person: PersonRow) -> list[ApplicationRow]:
    """All the person's cases under their locks. Raises Refusal where some lie outside the area: a bureau above must do it."""
    elsewhere = await session.scalar(text("select cases_elsewhere(:person)"), {"person": person.id})
    if elsewhere:
        raise Refusal(
            409,
            "cases-elsewhere",
            "该人员在其他县（市、区）有案件，须由共同的上级医疗保障部门协调后合并",
            "the person has cases in another county",
            clause="R-MERGE",
        )
    rows = await session.scalars(
        select(ApplicationRow)
        .where(ApplicationRow.person_id == person.id)
        .order_by(ApplicationRow.id)
        .with_for_update()
    )
    return list(rows.all())


async def _check_bills(session: AsyncSession, cases: list[ApplicationRow], right: PersonRow) -> None:
    """One bill is aided once: two live cases about it cannot become one person's (B-21)."""
    for case in cases:
        twin = await session.scalar(
            select(ApplicationRow.number).where(
                ApplicationRow.person_id == right.id,
                ApplicationRow.settlement_index == case.settlement_index,
                ApplicationRow.status.not_in(UNUSED),
            )
        )
        if twin is not None and case.status not in UNUSED:
            raise Refusal(
                409,
                "same-bill-twice",
                f"案件{case.number}与{twin}为同一费用的两份申请，须先撤回或者不予救助其中一份",
                "two live cases are about the same bill: end one of them first",
                clause="B-21",
                numbers=[case.number, twin],
            )


def _enter(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    wrongly: PersonRow,
    right: PersonRow,
    cases: list[ApplicationRow],
) -> None:
    """On each case's timeline, and in the log of those who have dealt with a person's data."""
    now = services.clock.now()
    for case in cases:
        record(
            session,
            subject_id=case.id,
            division=case.division,
            at=now,
            day=today(services.clock),
            tag="counter:person:merged",
            actor=user.username,
            codes={"person": str(wrongly.id), "into": str(right.id)},
            grounds=["R-MERGE"],
        )
    for person in (wrongly, right):
        log_look(session, Look(str(user.id), "person", person.id, user.division, "people.merge", now), ["merge"])
