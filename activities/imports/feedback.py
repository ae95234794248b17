"""Results of recognition for many persons at once 认定结果反馈 (C-07): each row answers what waits for that person.

Screening, recognition and feedback are then one: what the person's case still waits for is answered in their order, and
the procedure does not ask again for what it finds there.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.answering import answer_by_table, open_tasks
from activities.imports.kinds import ACCEPTED, Context, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.person_columns import ID_NUMBER, NAME
from activities.imports.persons import OTHER_NAME
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from policy.deadlines import days_late, due_after
from policy.exchange_terms import ListType
from policy.recognition_steps import RECOGNISABLE
from policy.rulebook import MissingParameter
from policy.terms import Category, Department
from store.matters import MatterRow, locked_matter
from store.people import PersonRow
from store.recognitions import Decision, RecognitionRow, decide, feed_back, latest_case, screen
from store.registration import known_person, name_index
from store.tasks import TaskRow

RECOGNISED, NOT_RECOGNISED, NOT_CANDIDATE = "recognised", "not_recognised", "not_candidate"
RESULTS = {
    "认定": RECOGNISED,
    "予以认定": RECOGNISED,
    "不予认定": NOT_RECOGNISED,
    "未认定": NOT_RECOGNISED,
    "不列为认定对象": NOT_CANDIDATE,
    "初筛不符合": NOT_CANDIDATE,
}
LISTS = {"返贫": ListType.FALLING_BACK, "因病返贫": ListType.FALLING_BACK} | {
    "致贫": ListType.FALLING_INTO,
    "因病致贫": ListType.FALLING_INTO,
}
WAITING = ("screening", "recognition", "feedback")

COLUMNS = (
    NAME,
    ID_NUMBER,
    Column("list", "监测名单", readers.one_of(LISTS), aliases=("名单", "名单类型"), choices=("返贫", "致贫")),
    Column(
        "result",
        "认定结果",
        readers.one_of(RESULTS),
        aliases=("结果", "核查结果"),
        choices=("认定", "不予认定", "不列为认定对象"),
    ),
    Column(
        "category",
        "认定类别",
        readers.one_of(
            {category.label: category for category in RECOGNISABLE}
            | {category.value: category for category in RECOGNISABLE}
        ),
        aliases=("对象类别", "类别"),
        required=False,
        choices=tuple(category.label for category in RECOGNISABLE),
        help="认定的须填写",
        wide=30,
    ),
    Column("day", "决定日期", readers.day, aliases=("认定日期",), required=False, help="认定或不予认定的须填写"),
    Column("document", "认定文号", readers.text(60), aliases=("文号",), required=False, help="认定的须填写", wide=24),
    Column("reason", "原因", readers.text(200), aliases=("不予认定原因",), required=False, help="未认定的须填写"),
)


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    wrong = tuple(_wrong(context, values))
    if wrong:
        return returned(*wrong)
    person = await known_person(session, context.vault, values["id_number"])
    if person is None:
        return returned(NOBODY)
    named = await session.scalar(select(PersonRow.name_index).where(PersonRow.id == person))
    if named != name_index(context.vault, values["name"]):
        return returned(OTHER_NAME)
    case = await latest_case(session, context.division, person, values["list"])
    if case is None:
        return returned(NOBODY)
    if case.screened_by != context.department.value:
        zh = f"该人由{Department(case.screened_by).label}部门初筛，请由该部门反馈"
        return returned(Reason("not-your-list", zh, f"is screened by {case.screened_by}", "list", "R-SCREEN"))
    matter = await locked_matter(session, case.matter_id)
    await session.refresh(case, with_for_update=True)
    if case.fed_back_on is not None or case.candidate is False:
        return _known(case, values)
    tasks = await open_tasks(session, matter, WAITING)
    if not tasks:
        return returned(IN_TRANSIT)
    differs = tuple(_differs(case, values))
    if differs:
        return returned(*differs)
    await _answer_all(session, context, matter, case, tasks, values)
    return ACCEPTED


async def _answer_all(
    session: AsyncSession,
    context: Context,
    matter: MatterRow,
    case: RecognitionRow,
    tasks: Mapping[str, TaskRow],
    values: Mapping[str, Any],
) -> None:
    """In their order, each as its own answer: a result contains what leads to it."""
    result = values["result"]
    candidate = result != NOT_CANDIDATE
    if "screening" in tasks:
        screen(case, context.vault, candidate, context.today, values["reason"])
        fields = {} if candidate else {"reason": values["reason"]}
        await answer_by_table(
            session, context, matter, tasks["screening"], "candidate" if candidate else NOT_CANDIDATE, fields
        )
    if not candidate:
        return
    if case.decided_on is None:
        decided = Decision(
            result == RECOGNISED, values["day"], values["category"], values["document"], values["reason"]
        )
        decide(case, context.vault, decided)
    feed_back(case, context.today)
    if "recognition" in tasks:
        await answer_by_table(session, context, matter, tasks["recognition"], result, _fields(values))
    if "feedback" in tasks:
        await answer_by_table(session, context, matter, tasks["feedback"], "fed_back", {})
    else:
        case.days_late = _lateness(context, matter, values["day"])


def _fields(values: Mapping[str, Any]) -> dict[str, Any]:
    said = {"day": values["day"].isoformat()}
    if values["result"] == RECOGNISED:
        return said | {"category": values["category"].value, "document": values["document"]}
    return said | {"reason": values["reason"]}


def _lateness(context: Context, matter: MatterRow, decided_on: date) -> int | None:
    """Of a feedback that came with the decision itself; None while the rule is not known."""
    try:
        due = due_after(context.rulebook, "T-FBK", decided_on, pinned_on=matter.pinned_on)
    except MissingParameter:
        return None
    return days_late(context.rulebook.calendar, due.late_after, context.today)


NOBODY = Reason(
    "nobody-waiting", "没有待反馈的该人该名单，请核对", "nobody of this number waits on that list", "id_number", "C-07"
)
IN_TRANSIT = Reason("in-transit", "该人事项正在流转，请稍后再报", "the case is on its way: hand it in again")


def _wrong(context: Context, values: Mapping[str, Any]) -> Iterator[Reason]:
    recognised, decided = values["result"] == RECOGNISED, values["result"] != NOT_CANDIDATE
    needed = {"category": recognised, "document": recognised, "day": decided, "reason": not recognised}
    for name, must_be in needed.items():
        if must_be and values[name] is None:
            yield Reason("empty-cell", "此结果须填写本栏", "this result needs it", name, "C-07")
    if values["day"] is not None and values["day"] > context.today:
        yield Reason("day-in-future", "决定日期不能晚于今天", "lies in the future", "day")
    category: Category | None = values["category"]
    if recognised and category is not None:
        source = context.rulebook.find(f"CATEGORY_SOURCE({category.value})", context.today)
        if source is not None and source.value != context.department.value:
            label = Department(source.value).label
            yield Reason(
                "not-your-category",
                f"“{category.label}”由{label}部门认定",
                f"{category.value} is recognised by {source.value}",
                "category",
                source.clause,
            )


def _differs(case: RecognitionRow, values: Mapping[str, Any]) -> Iterator[Reason]:
    """What the person's case says already, and the row otherwise."""
    if case.candidate and values["result"] == NOT_CANDIDATE:
        yield Reason("screened-already", "该人已列为认定对象", "has been screened as a candidate", "result")
    if case.decided_on is not None and case.recognised is not (values["result"] == RECOGNISED):
        yield Reason("decided-otherwise", "与已登记的认定结果不同", "has been decided otherwise", "result")
    if case.decided_on is None and values["day"] is not None and values["day"] < case.pushed_on:
        zh, en = "早于推送之日，不是本次推送的结果", "lies before the push"
        yield Reason("day-before-push", zh, en, "day")


def _known(case: RecognitionRow, values: Mapping[str, Any]) -> Fate:
    said = NOT_CANDIDATE if case.candidate is False else RECOGNISED if case.recognised else NOT_RECOGNISED
    if said == values["result"]:
        return duplicate(Reason("fed-back-already", "此前已反馈，结果相同", "was fed back before, the same"))
    return returned(Reason("fed-back-otherwise", "此前已反馈另一结果，请核对", "was fed back otherwise", "result"))


KIND = Kind(
    code="feedback",
    label="认定结果反馈",
    action=Action.UPLOAD_FEEDBACK,
    columns=COLUMNS,
    take=take,
    about="对医保部门推送的高额费用人员，成批反馈初筛和认定结果",
    help=("每行一人；只反馈由本部门初筛的名单。", "认定的填写类别、决定日期和文号；未认定的填写原因。"),
)
