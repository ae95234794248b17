"""信息共享协议登记 (C-24): the register, and what sharing without an agreement leads to."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.exchange.matters import check_may_view
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from policy.agreement import NoAgreement, SharedData, may_enter, without_agreement
from policy.clock import today
from policy.problems import Problem
from policy.terms import Department
from store.agreements import AgreementRow, agreement_in_force
from store.disclosure import Cell, Look, disclose
from store.paging import Page, decode, page, row_id
from store.reference import DivisionRow
from store.rulebook import load_rulebook


@dataclass(frozen=True)
class WantedAgreement:
    """`data_lists`: by partner, the kinds of data that may be given to it."""

    number: str
    data_lists: Mapping[Department, tuple[SharedData, ...]]
    duties: str
    signed_on: date
    starts_on: date
    ends_on: date | None


async def enter(
    services: Services, user: CurrentUser, wanted: WantedAgreement, key: str | None = None
) -> dict[str, Any]:
    """Enters an agreement of the reader's own division; {id}. Raises Refusal."""
    if not may_enter(user.post):
        raise not_allowed("信息共享协议由县级、市级医疗保障审核人登记")
    day = today(services.clock)
    problems = _problems(wanted, day)
    if problems:
        raise wrong_fields(problems)
    once = Once(services, user, key, "agreements", asdict(wanted))
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        row_id = uuid.uuid4()
        words = {"number": wanted.number.strip(), "duties": wanted.duties.strip()}
        session.add(
            AgreementRow(
                id=row_id,
                division=user.division,
                parties=[Department.MEDICAL_INSURANCE.value, *(department.value for department in wanted.data_lists)],
                data_lists={
                    department.value: [kind.value for kind in kinds] for department, kinds in wanted.data_lists.items()
                },
                words_sealed=services.vault.seal("agreement", "words", row_id, words),
                signed_on=wanted.signed_on,
                starts_on=wanted.starts_on,
                ends_on=wanted.ends_on,
                entered_by=user.id,
                entered_at=services.clock.now(),
            )
        )
        answer = {"id": str(row_id)}
        await once.keep(session, 201, answer)
        return answer


async def end(
    services: Services, user: CurrentUser, agreement_id: uuid.UUID, last_day: date, key: str | None = None
) -> None:
    """Ends it before its time, by an entry; nothing is deleted. Raises Refusal."""
    once = Once(services, user, key, "agreement end", [str(agreement_id), last_day])
    async with services.database.transaction(user.scope) as session:
        if await once.earlier(session) is not None:
            return
        row = await session.get(AgreementRow, agreement_id)
        if row is None:
            raise not_found()
        if not may_enter(user.post) or row.division != user.division:
            raise not_allowed("信息共享协议由登记的医疗保障审核人终止")
        if row.last_day is not None and row.last_day <= last_day:
            raise Refusal(409, "agreement-ended", "该协议届时已经终止", "it ends before that day already")
        if last_day < row.starts_on:
            zh, en = "终止日期不能早于生效日期", "lies before its first day"
            raise wrong_fields([Problem("/last_day", zh, en, "C-24")])
        row.ended_on, row.ended_by = last_day, user.id
        await once.keep(session, 204, {})


async def list_agreements(services: Services, user: CurrentUser, *, cursor: str | None = None, limit: int = 50) -> Page:
    """Those of the reader's area and of what lies above it that the reader's department has signed, latest first."""
    check_may_view(user)
    asked = select(AgreementRow, DivisionRow.name).join(DivisionRow, DivisionRow.code == AgreementRow.division)
    after = decode(cursor, 1)
    if after:
        asked = asked.where(AgreementRow.id < row_id(after[0]))
    day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        rows = (await session.execute(asked.order_by(AgreementRow.id.desc()).limit(limit + 1))).all()
        items = [_view(services, session, user, row, name, day) for row, name in rows]
    return page(items, limit, ("id",))


async def lack_of(session: AsyncSession, division: str, day: date, department: Department) -> NoAgreement | None:
    """What sharing between the bureau of `division` and that department would lead to on `day`; None where it is covered."""
    consequence = without_agreement(await load_rulebook(session, division, day), day)
    if consequence is None or await agreement_in_force(session, division, day, department) is not None:
        return None
    return consequence


async def check_agreement(
    session: AsyncSession, division: str, day: date, department: Department
) -> NoAgreement | None:
    """The warning to be shown beside a sharing. Raises Refusal 409 with the clause where the place does not allow it."""
    lack = await lack_of(session, division, day, department)
    if lack is not None and lack.blocks:
        raise Refusal(
            409,
            "no-agreement",
            f"尚未与{department.label}部门签订信息共享协议，按规定不得共享，请先签订并登记",
            "there is no sharing agreement in force with this department",
            clause=lack.rule.clause,
            department=department.value,
        )
    return lack


async def lacking(services: Services, user: CurrentUser) -> list[dict[str, Any]]:
    """For the banner: the partners with which the reader's division shares without an agreement today."""
    day = today(services.clock)
    async with services.database.transaction(user.scope) as session:
        consequence = without_agreement(await load_rulebook(session, user.division, day), day)
        if consequence is None:
            return []
        sources = (await load_rulebook(session, user.division, day)).find("COUNTED_SOURCES", day)
        partners = [Department(code) for code in (sources.value if sources else [])]
        missing = [
            partner for partner in partners if await agreement_in_force(session, user.division, day, partner) is None
        ]
    return [
        {
            "department": partner.value,
            "department_label": partner.label,
            "blocks": consequence.blocks,
            "clause": consequence.rule.clause,
        }
        for partner in missing
    ]


def _problems(wanted: WantedAgreement, day: date) -> list[Problem]:
    problems = []
    if not wanted.data_lists:
        problems.append(Problem("/data_lists", "须写明签订协议的部门", "no partner is named", "C-24"))
    for department, kinds in wanted.data_lists.items():
        if not kinds:
            zh = f"须写明可向{department.label}部门提供的数据"
            problems.append(Problem(f"/data_lists/{department.value}", zh, "no data are named", "C-24"))
    if wanted.signed_on > day:
        problems.append(Problem("/signed_on", "签订日期不能晚于今天", "lies in the future", "C-24"))
    if wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        problems.append(Problem("/ends_on", "终止日期不能早于生效日期", "lies before its first day", "C-24"))
    return problems


def _view(
    services: Services, session: AsyncSession, user: CurrentUser, row: AgreementRow, name: str, day: date
) -> dict[str, Any]:
    look = Look(str(user.id), "agreement", row.id, user.division, "agreement.view", services.clock.now())
    words = disclose(session, services.vault, look, {"words": Cell("agreement", "words", row.id, row.words_sealed)})
    return json_object(
        {
            "id": row.id,
            "division": row.division,
            "division_name": name,
            "number": words["words"]["number"],
            "duties": words["words"]["duties"],
            "parties": row.parties,
            "party_labels": [Department(code).label for code in row.parties],
            "data_lists": row.data_lists,
            "data_labels": {
                Department(code).label: [SharedData(kind).label for kind in kinds]
                for code, kinds in row.data_lists.items()
            },
            "signed_on": row.signed_on,
            "starts_on": row.starts_on,
            "ends_on": row.last_day,
            "in_force": row.in_force(day),
            "own": row.division == user.division,
        }
    )
