"""高额费用负担患者名单 and 认定反馈名单 of a month's push, for the offices that push, screen and recognise (B-14 … B-17, C-07)."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found
from api.exchange.lists_out import MOST, division_name
from api.exchange.persons import names_of, works_with_lists
from api.exchange.pushes import demand_pushes
from api.identity import CurrentUser
from api.services import Services
from policy.clock import today
from policy.exchange_terms import Insurance, ListType
from policy.lists_out import ListColumn, PlainList
from policy.money import plain
from policy.organisations import office_on
from policy.procedures import Procedure
from policy.terms import Category, Department, Residence
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow
from store.pushes import LISTED, PushItemRow
from store.recognitions import RecognitionRow
from store.rulebook import load_rulebook

CONFIDENTIAL = "本名单含个人信息，仅限救助对象监测、认定使用，请按规定保密。"
COLUMNS = (
    ListColumn("序号", 6, "number"),
    ListColumn("姓名", 10),
    ListColumn("身份证号码", 21),
    ListColumn("名单", 7),
    ListColumn("对象类别", 18),
    ListColumn("城乡属性", 9),
    ListColumn("参加保险", 10),
    ListColumn("年内累计个人负担（元）", 15, "money"),
    ListColumn("其中已获医疗救助（元）", 15, "money"),
    ListColumn("监测标准（元）", 13, "money"),
    ListColumn("上次推送", 10),
)
FEEDBACK_COLUMNS = (
    ListColumn("序号", 6, "number"),
    ListColumn("姓名", 10),
    ListColumn("身份证号码", 21),
    ListColumn("名单", 7),
    ListColumn("推送日期", 12),
    ListColumn("初筛日期", 12),
    ListColumn("初筛结果", 12),
    ListColumn("认定日期", 12),
    ListColumn("认定结果", 10),
    ListColumn("认定类别", 18),
    ListColumn("反馈日期", 12),
    ListColumn("不予认定的原因", 26),
)


async def push_list(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> PlainList:
    """Whom the month's push named; each person opened is logged. Raises Refusal 403, 404, 409 before it was pushed."""
    async with services.database.transaction(user.scope) as session:
        matter, pushed_on = await _pushed(session, user, matter_id)
        items = await _items(session, matter_id)
        people = [item.person_id for item in items]
        names = await names_of(services, session, user, people, "list.push", matter.division)
        rows = tuple(_row(place, item, names[item.person_id]) for place, item in enumerate(items, start=1))
        burdens = sum((item.burden for item in items), Decimal("0.00"))
        total = ("", f"合计{len(items)}人", *[""] * 5, plain(burdens), "", "", "") if items else ()
        place, unit, receivers = await _offices(services, session, matter, pushed_on)
        return PlainList(
            title=f"{place}高额费用负担患者名单（{_month(matter)}）",
            facts=(("推送日期", pushed_on.isoformat()), ("接收单位", "、".join(receivers) or "—")),
            columns=COLUMNS,
            rows=rows,
            total=total,
            notes=(CONFIDENTIAL,) if items else ("本月没有超过监测标准的人员（零推送）。",),
            signers=("制表人", "审核人", "接收人"),
            unit=unit,
            day=pushed_on,
            demonstration=services.options.demo,
        )


async def feedback_list(services: Services, user: CurrentUser, matter_id: uuid.UUID) -> PlainList:
    """What became of those whom the push named, as far as it has been fed back. Raises Refusal."""
    async with services.database.transaction(user.scope) as session:
        matter, pushed_on = await _pushed(session, user, matter_id)
        cases = await _cases(session, matter_id)
        people = [case.person_id for case in cases]
        names = await names_of(services, session, user, people, "list.feedback", matter.division)
        rows = tuple(
            _feedback(place, case, names[case.person_id], _reason(services, session, user, case))
            for place, case in enumerate(cases, start=1)
        )
        place, _unit, receivers = await _offices(services, session, matter, pushed_on)
        return PlainList(
            title=f"{place}救助对象认定反馈名单（{_month(matter)}推送）",
            facts=(("推送日期", pushed_on.isoformat()), ("人数", str(len(cases)))),
            columns=FEEDBACK_COLUMNS,
            rows=rows,
            total=(),
            notes=(CONFIDENTIAL,),
            signers=("填报人", "审核人", "接收人"),
            unit="、".join(receivers) or _unit,
            day=today(services.clock),
            demonstration=services.options.demo,
        )


async def _pushed(session: AsyncSession, user: CurrentUser, matter_id: uuid.UUID) -> tuple[MatterRow, date]:
    demand_pushes(user)
    matter = await session.get(MatterRow, matter_id)
    if matter is None or matter.procedure != Procedure.PUSH.value:
        raise not_found()
    if not works_with_lists(user, matter.division):
        raise not_allowed("名单含完整个人信息，由经办名单的岗位下载")
    if not matter.facts.get("pushed_on"):
        raise Refusal(409, "not-pushed", "名单尚未推送", "the list has not been pushed yet")
    return matter, date.fromisoformat(matter.facts["pushed_on"])


async def _items(session: AsyncSession, matter_id: uuid.UUID) -> Sequence[PushItemRow]:
    found = await session.scalars(
        select(PushItemRow)
        .where(PushItemRow.matter_id == matter_id, PushItemRow.state == LISTED)
        .order_by(PushItemRow.list_type, PushItemRow.burden.desc(), PushItemRow.id)
        .limit(MOST + 1)
    )
    rows = found.all()
    _bound(rows)
    return rows


async def _cases(session: AsyncSession, matter_id: uuid.UUID) -> Sequence[RecognitionRow]:
    found = await session.scalars(
        select(RecognitionRow)
        .where(
            RecognitionRow.id.in_(select(PushItemRow.recognition_id).where(PushItemRow.matter_id == matter_id)),
            RecognitionRow.fed_back_on.is_not(None),
        )
        .order_by(RecognitionRow.list_type, RecognitionRow.id)
        .limit(MOST + 1)
    )
    rows = found.all()
    _bound(rows)
    return rows


def _bound(rows: Sequence[object]) -> None:
    if len(rows) > MOST:
        raise Refusal(409, "too-many-rows", f"名单超过{MOST}行", "the list is too long for one file")


async def _offices(
    services: Services, session: AsyncSession, matter: MatterRow, on: date
) -> tuple[str, str, list[str]]:
    """The division, the bureau that pushes, and the offices that receive, as they were called on that day."""
    name = await division_name(session, matter.division)
    rulebook = await load_rulebook(session, matter.division, today(services.clock))
    receivers = [Department(code) for code in matter.facts.get("receivers", [])]
    offices = [office_on(rulebook, name, department, on) for department in receivers]
    return name, office_on(rulebook, name, Department.MEDICAL_INSURANCE, on), offices


def _row(place: int, item: PushItemRow, person: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(place),
        person["name"],
        person["id_number"],
        ListType(item.list_type).label,
        Category(item.category).label,
        Residence(item.residence).label,
        Insurance(item.insurance).label,
        plain(item.burden),
        plain(item.aid),
        plain(item.threshold),
        f"{item.previous_month:%Y-%m}" if item.previous_month else "首次",
    )


def _feedback(place: int, case: RecognitionRow, person: Mapping[str, Any], reason: str) -> tuple[str, ...]:
    return (
        str(place),
        person["name"],
        person["id_number"],
        ListType(case.list_type).label,
        _iso(case.last_pushed_on),
        _iso(case.screened_on),
        "" if case.candidate is None else "符合" if case.candidate else "不符合",
        _iso(case.decided_on),
        "" if case.recognised is None else "认定" if case.recognised else "不认定",
        Category(case.category).label if case.category else "",
        _iso(case.fed_back_on),
        reason,
    )


def _reason(services: Services, session: AsyncSession, user: CurrentUser, case: RecognitionRow) -> str:
    look = Look(str(user.id), "recognition", case.id, case.division, "list.feedback", services.clock.now())
    opened = disclose(
        session, services.vault, look, {"reason": Cell("recognition", "reason", case.id, case.reason_sealed)}
    )
    return str(opened["reason"]["reason"]) if opened["reason"] else ""


def _month(matter: MatterRow) -> str:
    assert matter.month is not None
    return f"{matter.month.year}年{matter.month.month}月"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
