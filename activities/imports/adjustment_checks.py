"""What is wrong with one row of a list (processes 3.11): by itself, by what is known of the person, by the rest of the batch.

The reasons are those of `policy/roster_quality.py`; here stands where their facts come from. A warning is said beside an
accepted row and holds nothing up.
"""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.adjustment_certificate import change_of
from activities.imports.kinds import Batch as Table
from activities.imports.kinds import Context, Reason, Row
from activities.imports.townships import wrong_township
from policy.confirming import STOOD_BY
from policy.exchange_terms import RosterChange
from policy.roster_quality import DUPLICATE, Batch, Known, RosterProblem, RosterRow, check_batch, check_row
from policy.terms import Category, Department, RowFate
from store.adjustments import AdjustmentLineRow, AdjustmentRow
from store.disclosure import Cell, Look, disclose
from store.people import PersonRow
from store.registration import name_index, number_index
from store.roster_people import died

NAMESAKES = 20
"""People of one name in a county whose birth dates are compared."""
BIRTH = slice(6, 14)
UNKNOWN_CHANGE = Reason(
    "unknown-change",
    "应为新识别、自然增加、自然减少、退出或身份变更",
    "must be one of 新识别, 自然增加, 自然减少, 退出, 身份变更",
    "change",
    "A-65",
)
DUPLICATE_OTHERWISE = Reason(
    "duplicate-in-batch",
    "本批名单中已有此人，调整类型不同，请核对",
    "stands in this batch already, with another kind of change",
    "id_number",
    "J-16",
)


def as_reason(problem: RosterProblem) -> Reason:
    """Under the name of our column."""
    cell = {"adjusted_on": "changed_in"}.get(problem.cell, problem.cell)
    return Reason(problem.code, problem.zh, problem.en, cell, problem.clause)


def not_yours(context: Context, category: Category) -> Reason | None:
    """Each department answers for its own categories (J-05)."""
    source = context.rulebook.find(f"CATEGORY_SOURCE({category.value})", context.today)
    if source is not None and source.value == context.department.value:
        return None
    if source is None:
        zh, en = "尚未规定该类别由哪个部门提供", "no document says who provides this category"
        return Reason("no-source", zh, en, clause="J-05")
    label = Department(source.value).label
    return Reason(
        "not-your-category",
        f"“{category.label}”由{label}部门提供，请由该部门报送",
        f"{category.value} is provided by {source.value}",
        clause=source.clause,
    )


async def wrong_with(session: AsyncSession, context: Context, row: Row) -> Sequence[Reason]:
    """By the row alone. What the department stands by is no longer held against it."""
    change = change_of(row)
    if change is None:
        return (UNKNOWN_CHANGE,)
    problems = check_row(_row(row, change), Batch(context.today), Known())
    reasons = [as_reason(problem) for problem in problems if problem.code != "not-active"]
    township = await wrong_township(session, context, row.values["township"])
    found = [*reasons, *([township] if township else [])]
    return [reason for reason in found if not (row.confirmed and reason.code in STOOD_BY)]


async def known_against(
    session: AsyncSession, context: Context, row: Row, person: uuid.UUID, change: RosterChange
) -> tuple[Sequence[Reason], Sequence[Reason]]:
    """By what is known of the person: why the row goes back, and what is only said beside it."""
    known = Known(
        deceased=bool(await died(session, [person])) and not row.confirmed,
        namesakes=await _namesakes(session, context, row, person),
    )
    problems = [
        problem
        for problem in check_row(_row(row, change), Batch(context.today), known)
        if problem.code in ("deceased", "same-name-birth-other-id")
    ]
    held = [as_reason(problem) for problem in problems if not problem.warning]
    return held, [as_reason(problem) for problem in problems if problem.warning]


def households(batch: Table) -> Mapping[tuple[int, int], tuple[Reason, ...]]:
    """Households whose size differs from the rows listed for them: a warning (A-62), never for natural changes (A-66)."""
    rows = [(row, change) for row in batch.rows if (change := change_of(row)) is not None]
    found = check_batch([_row(row, change) for row, change in rows])
    return {
        (rows[place][0].sheet, rows[place][0].number): told
        for place, problems in found.items()
        if (told := tuple(as_reason(problem) for problem in problems if problem.warning))
    }


async def repeated(
    session: AsyncSession, context: Context, adjustment: AdjustmentRow, row: Row, change: RosterChange
) -> tuple[RowFate, Reason] | None:
    """The person stands in the batch already: the same is a duplicate, something else goes back."""
    index = number_index(context.vault, row.values["id_number"])
    known = await session.scalar(
        select(AdjustmentLineRow)
        .where(
            AdjustmentLineRow.matter_id == adjustment.matter_id,
            AdjustmentLineRow.id_index == index,
            AdjustmentLineRow.fate == RowFate.ACCEPTED.value,
        )
        .limit(1)
    )
    if known is None or _is_itself(known, context, row):
        return None
    if known.change == change.value:
        return RowFate.DUPLICATE, as_reason(DUPLICATE)
    return RowFate.RETURNED, DUPLICATE_OTHERWISE


def _row(row: Row, change: RosterChange) -> RosterRow:
    values = row.values
    return RosterRow(
        name=values["name"],
        id_number=values["id_number"],
        change=change,
        head=values.get("head_id") or "",
        household_size=values.get("household_size"),
        adjusted_on=values.get("changed_in"),
    )


async def _namesakes(session: AsyncSession, context: Context, row: Row, person: uuid.UUID) -> Sequence[str]:
    """Others of the same name and birth date in the county, under another number (J-16)."""
    others = await session.scalars(
        select(PersonRow)
        .where(
            PersonRow.name_index == name_index(context.vault, row.values["name"]),
            PersonRow.division == context.division,
            PersonRow.id.not_in(select(func.one_person(person))),
            PersonRow.merged_into.is_(None),
        )
        .limit(NAMESAKES)
    )
    numbers = [_number_of(session, context, other) for other in others]
    return [number for number in numbers if number[BIRTH] == row.values["id_number"][BIRTH]]


def _number_of(session: AsyncSession, context: Context, person: PersonRow) -> str:
    look = Look("system:adjustment", "person", person.id, person.division, "adjustment.namesakes", context.now)
    cell = Cell("person", "sealed", person.id, person.sealed)
    return str(disclose(session, context.vault, look, {"person": cell})["person"]["id_number"])


def _is_itself(known: AdjustmentLineRow, context: Context, row: Row) -> bool:
    return (known.upload_id, known.sheet, known.row_number) == (context.upload, row.sheet, row.number)
