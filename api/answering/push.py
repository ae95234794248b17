"""The burdens of a month and the release of its list (W09)."""

from typing import Any

from sqlalchemy import func, select

from api.answering.answer import Answer
from api.errors import Refusal
from api.exchange.agreements import check_agreement
from policy.terms import Department
from store.pushes import BurdenRow, burden_uploads
from store.uploads import is_under_way


async def loaded(answer: Answer) -> None:
    """By hand only for a table that was taken in before."""
    if not await _burdens(answer):
        raise Refusal(
            409,
            "no-burdens",
            "尚未报送该月的个人年度累计负担；本月无人员的，请选择“本月无人员”",
            "no burdens of that month have been handed in",
            clause="B-17",
        )


async def nobody(answer: Answer) -> None:
    rows = await _burdens(answer)
    if rows:
        raise Refusal(
            409,
            "burdens-are-there",
            f"该月已报送{rows}人的累计负担，不能作零推送",
            f"burdens of {rows} persons have been handed in",
            clause="R-PUSH",
        )
    answer.codes["none"] = True


async def released(answer: Answer) -> None:
    """Not while a table of the month is still being taken in, nor after one that the list does not know: its rows would be
    on no list.
    """
    matter = answer.matter
    if matter.month and await is_under_way(answer.session, "burden", matter.division, matter.month):
        raise Refusal(
            409,
            "burdens-under-way",
            "该月的累计负担表格正在处理，请稍后再推送",
            "a table of burdens is still being taken in",
            clause="B-17",
        )
    known = matter.facts.get("burdens")
    if matter.month and known not in (None, await burden_uploads(answer.session, matter.division, matter.month)):
        raise Refusal(
            409,
            "burdens-after-list",
            "名单生成以后又报送了累计负担，请退回后重新生成名单",
            "burdens came in after the list was made: send it back",
            clause="B-17",
        )
    matter.facts = {**matter.facts, "released_on": answer.act_day.isoformat()}  # what comes later is on no list
    answer.codes["listed"] = matter.facts.get("listed", 0)
    answer.codes |= await _without_agreement(answer)


async def _without_agreement(answer: Answer) -> dict[str, Any]:
    """With which receivers there is no agreement in force (C-24): said, or where the place wants it so, refused."""
    receivers = [Department(code) for code in answer.matter.departments if code != answer.task.department]
    lacking = [
        department.value
        for department in receivers
        if await check_agreement(answer.session, answer.matter.division, answer.act_day, department) is not None
    ]
    return {"no_agreement": lacking} if lacking else {}


async def _burdens(answer: Answer) -> int:
    matter = answer.matter
    counted = await answer.session.scalar(
        select(func.count())
        .select_from(BurdenRow)
        .where(BurdenRow.division == matter.division, BurdenRow.month == matter.month)
    )
    return counted or 0
