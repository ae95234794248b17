"""Screening, recognition and feedback of one person, and the settlements asked for (W10, J-23)."""

from datetime import date

from sqlalchemy import select

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields
from policy.exchange_terms import MatterStatus
from policy.problems import Problem
from policy.terms import Category, Department
from store.matters import move_to
from store.recognitions import Decision, RecognitionRow, SettlementRequestRow, case_of, decide, feed_back, screen


async def screened(answer: Answer) -> None:
    candidate = answer.outcome.name == "candidate"
    case = await _case(answer)
    screen(case, answer.services.vault, candidate, answer.act_day, answer.values.get("reason"))


async def decided(answer: Answer) -> None:
    """The day of the decision is what the feedback counts from (AMB-4), so it is checked like a day of an act."""
    case = await _case(answer)
    recognised = answer.outcome.name == "recognised"
    day = date.fromisoformat(answer.values["day"])
    problems = _day_problems(case, day, answer.act_day)
    category = Category(answer.values["category"]) if recognised else None
    problems += await _category_problems(answer, case, category)
    if problems:
        raise wrong_fields(problems)
    decision = Decision(recognised, day, category, answer.values.get("document"), answer.values.get("reason"))
    decide(case, answer.services.vault, decision)
    answer.codes |= {"decided_on": day.isoformat(), **({"category": category.value} if category else {})}


async def fed_back(answer: Answer) -> None:
    case = await _case(answer)
    if case.decided_on is None:
        raise Refusal(
            409,
            "not-decided-yet",
            "尚未作出认定结论，不能反馈；请先完成认定",
            "nothing has been decided that could be fed back",
            clause="C-07",
        )
    if answer.act_day < case.decided_on:
        zh = f"反馈日期不能早于决定日期{case.decided_on.isoformat()}"
        raise wrong_fields([Problem("/done_on", zh, "lies before the decision", "C-07")])
    feed_back(case, answer.act_day)
    move_to(answer.matter, MatterStatus.FED_BACK, answer.now)


async def request_decided(answer: Answer) -> None:
    """Granted, civil affairs see costs and dates from now on; each look is logged."""
    request = (
        await answer.session.scalars(
            select(SettlementRequestRow).where(SettlementRequestRow.matter_id == answer.matter.id).with_for_update()
        )
    ).one()
    request.state, request.decided_on = answer.outcome.name, answer.act_day


async def _case(answer: Answer) -> RecognitionRow:
    case = await case_of(answer.session, answer.matter)
    await answer.session.refresh(case, with_for_update=True)
    return case


def _day_problems(case: RecognitionRow, day: date, act_day: date) -> list[Problem]:
    if day > act_day:
        return [wrong_field("day", "决定日期不能晚于办理日期", "lies after the act", "C-07")]
    if day < case.pushed_on:
        zh = f"决定日期早于推送之日{case.pushed_on.isoformat()}，不是本次推送的结果"
        return [wrong_field("day", zh, "lies before the push", "C-07")]
    return []


async def _category_problems(answer: Answer, case: RecognitionRow, category: Category | None) -> list[Problem]:
    """A department recognises somebody as what it answers for."""
    if category is None:
        return []
    source = (await answer.rulebook()).find(f"CATEGORY_SOURCE({category.value})", answer.today)
    if source is None or source.value == case.screened_by:
        return []
    label = Department(source.value).label
    return [
        wrong_field("category", f"“{category.label}”由{label}部门认定", f"recognised by {source.value}", source.clause)
    ]
