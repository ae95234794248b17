"""Answers of W06: an adjustment opens its lists, a zero report counts as the month's sharing; a list comes by upload only."""

from datetime import date
from typing import Any

from activities.roster_change_opening import Closing, categories_of, first_day_of, open_adjustment
from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields
from policy.exchange_terms import Carrier, Direction
from policy.terms import Category, Department
from store.sharings import Provided, record_sharing


async def adjusted(answer: Answer) -> None:
    """The period's adjustment is closed: one matter for each category that has changed, each with its own term."""
    adjusted_on = date.fromisoformat(answer.values["adjusted_on"])
    first = first_day_of(answer.matter.facts["period"])
    if adjusted_on > answer.act_day or adjusted_on < first:
        zh = f"调整完成日期应在{first.isoformat()}以后，且不晚于办理日期"
        raise wrong_fields([wrong_field("adjusted_on", zh, f"must lie between {first} and the day of the act", "A-30")])
    department = Department(answer.task.department)
    rulebook = await answer.rulebook()
    own = categories_of(rulebook, department, adjusted_on)
    chosen = [Category(code) for code in answer.values.get("categories") or ()] or own
    if foreign := [category for category in chosen if category not in own]:
        zh = f"“{'、'.join(category.label for category in foreign)}”不由本部门提供"
        raise wrong_fields([wrong_field("categories", zh, "is another department's", "J-05")])
    for category in chosen:
        closing = Closing(
            answer.matter.division,
            department,
            category,
            adjusted_on,
            answer.matter.facts["period"],
            parent=answer.matter.id,
        )
        await open_adjustment(answer.session, rulebook, closing, at=answer.now)
    answer.codes |= {"adjusted_on": adjusted_on.isoformat(), "categories": [category.value for category in chosen]}


async def no_change(answer: Answer) -> None:
    """本期无变动, said explicitly: the month's sharing of the department, with nothing in it."""
    await _zero(answer, f"adjustment-period/{answer.matter.id}", {})


async def no_change_in_category(answer: Answer) -> None:
    """Nothing had changed in the category after all."""
    await _zero(answer, f"adjustment/{answer.matter.id}", {answer.matter.facts["category"]: 0})


async def list_provided(answer: Answer) -> None:
    """Only a list that agrees with its certificate is provided, and that is found out when it is taken in."""
    raise Refusal(
        409,
        "list-by-upload",
        "请在“报送表格”中报送动态调整名单（附件3）和证明（附件4）；核对一致后本环节自动办结",
        "hand in the list with its certificate: this task is answered when they agree",
        clause=answer.step.clause,
    )


async def _zero(answer: Answer, source: str, person_times: dict[str, Any]) -> None:
    provided = Provided(
        source=source,
        division=answer.matter.division,
        month=answer.act_day,
        direction=Direction.IN,
        partner=Department(answer.task.department),
        carrier=Carrier.INTERFACE,
        provided_on=answer.act_day,
        person_times=person_times,
        provided_by=answer.user.id,
        origin=answer.matter.id,
    )
    await record_sharing(answer.session, provided, at=answer.now, actor=answer.user.username)
