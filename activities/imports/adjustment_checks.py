"""What is wrong with one row of a list, before anything is written of it (processes 3.11)."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.adjustment_certificate import change_of
from activities.imports.kinds import Context, Reason, Row
from policy import identity_number
from policy.exchange_terms import RosterChange
from policy.terms import Category, Department, RowFate
from store.adjustments import AdjustmentLineRow, AdjustmentRow
from store.registration import number_index

UNKNOWN_CHANGE = Reason(
    "unknown-change",
    "应为新识别、自然增加、自然减少、退出或身份变更",
    "must be one of 新识别, 自然增加, 自然减少, 退出, 身份变更",
    "change",
    "A-65",
)
DUPLICATE = Reason("duplicate-in-batch", "本批名单中已有此人，内容相同", "stands in this batch already, the same")
DUPLICATE_OTHERWISE = Reason(
    "duplicate-in-batch",
    "本批名单中已有此人，调整类型不同，请核对",
    "stands in this batch already, with another kind of change",
    "id_number",
    "J-16",
)


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


def wrong_with(context: Context, row: Row) -> Sequence[Reason]:
    """By the row alone."""
    return tuple(_wrong(context, row))


def _wrong(context: Context, row: Row) -> Iterator[Reason]:
    problem = identity_number.check(row.values["id_number"], context.today)
    if problem:
        yield Reason("bad-id-number", problem.zh, problem.en, "id_number", problem.clause)
    if change_of(row) is None:
        yield UNKNOWN_CHANGE
    changed_in = row.values.get("changed_in")
    if changed_in is not None and changed_in > context.today:
        yield Reason("future-date", "动态调整时间不能晚于今天", "lies in the future", "changed_in", "A-63")


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
        return RowFate.DUPLICATE, DUPLICATE
    return RowFate.RETURNED, DUPLICATE_OTHERWISE


def _is_itself(known: AdjustmentLineRow, context: Context, row: Row) -> bool:
    return (known.upload_id, known.sheet, known.row_number) == (context.upload, row.sheet, row.number)
