"""附件4 beside the list: what was typed into the form, or stands on a sheet of the file; and the list held against it.

The category is what the form, the certificate and the boxes above the list say alike; nothing is guessed.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Batch, Context, Reason, Row
from activities.imports.parts import COUNTS as COUNTED
from activities.imports.parts import Part, parts_of, said
from activities.roster_change_opening import period_of
from activities.roster_change_providing import Given
from exchange.heads import Head
from exchange.tables import Tables
from policy.adjustment_lists import Difference, ListedRow, Stated, adds, differences
from policy.adjustment_steps import PROVIDED
from policy.deadlines import SHANGHAI
from policy.exchange_terms import Carrier, RosterChange
from policy.fields import Choice, Field, Kind
from policy.problems import Problem
from policy.terms import Category
from store.accounts import AccountRow
from store.uploads import UploadRow

COUNTS = dict(zip(COUNTED, ("新增户数", "新增人数", "减少户数", "减少人数"), strict=True))
CARRIERS = (Carrier.FILE, Carrier.PAPER, Carrier.INTERFACE)
FIELDS = (
    Field(
        "category",
        "对象类别",
        Kind.CHOICE,
        required=False,
        choices=tuple(Choice(category.value, category.label) for category in PROVIDED),
        help="名单或证明上已勾选的可不填",
        clause="A-67",
    ),
    *(
        Field(name, f"证明载明的{label}", Kind.LINE, required=False, help="没有的填0", clause="A-67")
        for name, label in COUNTS.items()
    ),
    Field("certificate_no", "证明文号", Kind.LINE, required=False, help="没有文号的可不填"),
    Field("certificate_on", "证明日期", Kind.DATE, required=False, help="与名单填报时间一致", clause="A-64"),
    Field("list_on", "名单填报日期", Kind.DATE, required=False, help="名单上已写明的可不填", clause="A-64"),
    Field("adjusted_on", "调整完成日期", Kind.DATE, required=False, help="未事先报告调整完成的填写", clause="A-30"),
    Field(
        "provided_on",
        "名单提供日期",
        Kind.DATE,
        required=False,
        help="不填的为报送当日；纸质名单此前已提供的，填提供之日",
        clause="C-11",
    ),
    Field(
        "carrier",
        "载体",
        Kind.CHOICE,
        required=False,
        choices=tuple(Choice(carrier.value, carrier.label) for carrier in CARRIERS),
        help="不填的为文件",
        clause="C-29",
    ),
)
"""All may stay empty for a corrected 错误回执, and those that the file itself says for a first list."""


async def check_fields(_session: AsyncSession, _division: str, fields: Mapping[str, Any]) -> Sequence[Problem]:
    """At the counter: counts are whole numbers, and no day lies before the one it follows."""
    problems = [
        Problem(f"/{name}", f"“证明载明的{label}”应为整数", f"{name} must be a whole number", "A-67")
        for name, label in COUNTS.items()
        if fields.get(name) is not None and not _is_count(fields[name])
    ]
    certified, listed = fields.get("certificate_on"), fields.get("list_on")
    if certified and listed and certified != listed:
        zh = f"名单填报时间{listed}与动态调整情况证明时间{certified}不一致，应当一致"
        problems.append(Problem("/certificate_on", zh, "must be the day of the list", "A-64"))
    provided = fields.get("provided_on")
    if provided and certified and provided < certified:
        zh = "名单提供日期不能早于证明日期"
        problems.append(Problem("/provided_on", zh, "must not lie before the certificate", "A-31"))
    return problems


async def given_by(session: AsyncSession, context: Context, batch: Batch) -> Given | Sequence[Reason]:
    """The list as it is to be provided, or why it goes back as a whole."""
    category = category_of(context, batch)
    if isinstance(category, Reason):
        return [category]
    stated = _stated(context, batch, category)
    if isinstance(stated, Reason):
        return [stated]
    upload = await session.get_one(UploadRow, context.upload)
    handed_in = upload.provided_at.astimezone(SHANGHAI).date()
    list_on = _day(context, "list_on") or _first(sheet.head.day for sheet in batch.sheets)
    provided_on = _day(context, "provided_on") or handed_in
    ticked = [known for head in _heads(batch) for word in head.ticked if (known := category_named(context, word))]
    found = differences(stated, listed_rows(batch.rows), batch.rows_in, list_on=list_on, ticked=ticked)
    wrong = [*(_reason(one) for one in found), *_days(context, stated, provided_on, handed_in)]
    if found and len(batch.sheets) > 1:
        wrong.append(_by_sheet(batch))
    if wrong:
        return wrong
    adjusted_on = _day(context, "adjusted_on") or stated.day
    by = await session.get_one(AccountRow, upload.uploaded_by)
    named = named_period(context)
    return Given(
        stated=stated,
        certificate_no=context.fields.get("certificate_no"),
        list_on=list_on,
        provided_on=provided_on,
        adjusted_on=adjusted_on,
        period=named or period_of(context.rulebook, adjusted_on),
        carrier=Carrier(context.fields.get("carrier") or Carrier.FILE.value),
        rows=batch.rows_in,
        uploaded_by=upload.uploaded_by,
        actor=by.username,
        bound=named is not None or _day(context, "adjusted_on") is not None,
    )


def category_named(context: Context, word: str) -> Category | None:
    """By its code, its label or another name that lists use (CATEGORY_NAMES)."""
    others = context.rulebook.find("CATEGORY_NAMES", context.today)
    if others is not None and word in others.value:
        return Category(others.value[word])
    return next((category for category in Category if word.upper() == category.value or word == category.label), None)


def lists_of(context: Context, tables: Tables) -> Sequence[Part]:
    """One list for each category that has a sheet. Raises TableTrouble."""
    return parts_of(context, tables, category_named)


def change_of(row: Row) -> RosterChange | None:
    """动态调整工作类型 as it is written; None for another word."""
    typed = str(row.values["change"])
    return next((change for change in RosterChange if typed in (change.label, change.value)), None)


def listed_rows(rows: Sequence[Row]) -> Sequence[ListedRow]:
    """By their heads; a row without a head is a household of its own."""
    known = ((row, change_of(row)) for row in rows)
    return [ListedRow(_household(row), adds(change)) for row, change in known if change is not None]


def _household(row: Row) -> str:
    head = row.values.get("head_id") or row.values.get("head")
    return str(head or row.values["id_number"])


def category_of(context: Context, batch: Batch) -> Category | Reason:
    """What was typed stands first: where the boxes say otherwise, `differences` tells."""
    typed = context.fields.get("category")
    if typed:
        return Category(typed)
    certificate = batch.certificate.ticked if batch.certificate else ()
    words = [*certificate, *(word for head in _heads(batch) for word in head.ticked)]
    named = {category_named(context, word) for word in words}
    if len(named) == 1 and (category := next(iter(named))) is not None:
        return category
    return Reason(
        "category-missing",
        "请写明对象类别：名单和证明上应勾选一类，或在报送时选择",
        "say which category the list is of: tick one on both forms, or choose it",
        clause="A-67",
    )


def _stated(context: Context, batch: Batch, category: Category) -> Stated | Reason:
    certificate, fields = batch.certificate, context.fields
    day = _day(context, "certificate_on") or (certificate.day if certificate else None)
    typed = {name: fields.get(name) for name in COUNTS}
    counts = {
        name: int(value) if value is not None else getattr(certificate, name, None) for name, value in typed.items()
    }
    if day is None or all(count is None for count in counts.values()):
        return Reason(
            "certificate-missing",
            "名单须附动态调整情况证明（附件4）：请填写证明日期和新增、减少的户数、人数，或在文件中附证明页",
            "a list needs its certificate: give its day and its counts, or add its sheet",
            clause="A-31",
        )
    return Stated(category, day, **{name: count or 0 for name, count in counts.items()})


def _days(context: Context, stated: Stated, provided_on: date, handed_in: date) -> Sequence[Reason]:
    wrong = []
    if provided_on > handed_in:
        wrong.append(Reason("provided-in-future", "名单提供日期不能晚于报送当日", "lies in the future"))
    if stated.day > provided_on:
        zh = "证明日期不能晚于名单提供日期"
        wrong.append(Reason("certificate-after-list", zh, "the certificate lies after the provision", clause="A-31"))
    adjusted_on = _day(context, "adjusted_on")
    if adjusted_on is not None and adjusted_on > provided_on:
        zh = "调整完成日期不能晚于名单提供日期"
        wrong.append(Reason("adjusted-after-list", zh, "the adjustment lies after the provision", clause="A-30"))
    return wrong


def named_period(context: Context) -> str | None:
    """The period of the month named beside the file; the title's blanks are often filled in wrongly and bind nothing."""
    if context.month is None:
        return None
    return period_of(context.rulebook, date.fromisoformat(f"{context.month}-01"))


def _heads(batch: Batch) -> Sequence[Head]:
    return [sheet.head for sheet in batch.sheets]


def _day(context: Context, name: str) -> date | None:
    typed = context.fields.get(name)
    return date.fromisoformat(typed) if typed else None


def _first(days: Any) -> date | None:
    return next((day for day in days if day is not None), None)


def _reason(difference: Difference) -> Reason:
    return Reason(difference.code, difference.zh, difference.en, clause=difference.clause)


def _by_sheet(batch: Batch) -> Reason:
    """Of a list on several sheets: how many rows each has, so that the one that contradicts is found."""
    zh = "，".join(f"{said([sheet.number])}工作表{sheet.rows}行" for sheet in batch.sheets)
    en = ", ".join(f"sheet {sheet.number} has {sheet.rows} rows" for sheet in batch.sheets)
    return Reason("list-on-several-sheets", f"该类别的名单在几张工作表中合并计算：{zh}", en, clause="A-67")


def _is_count(typed: Any) -> bool:
    return isinstance(typed, str) and typed.isascii() and typed.isdigit() and len(typed) <= 6
