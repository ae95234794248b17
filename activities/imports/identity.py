"""Identities 对象身份 as the departments that answer for them provide them: who, which category, from when until when.

What a list may say is in its columns; whose a category is, in CATEGORY_SOURCE; by which other names lists call one, in
CATEGORY_NAMES. How a period is written, and why two never overlap: `store/identities.py`.
"""

import unicodedata
from collections.abc import Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import ACCEPTED, Context, Counts, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.persons import person_of, wrong_number
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from policy.exchange_terms import Carrier, Direction
from policy.terms import Category, Department
from store.identities import Identity, Marked, Period, mark, marked_by
from store.sharings import Provided, find_sharing, record_sharing
from store.uploads import UploadRow

PROVIDED = tuple(category for category in Category if category not in (Category.DSR, Category.PT))
"""What a department provides by list; the others follow from an application, or are nobody's list (catalogue 0.3)."""

COLUMNS = (
    Column("name", "姓名", readers.name, aliases=("家庭成员姓名", "对象姓名"), wide=12),
    Column(
        "id_number",
        "身份证号码",
        readers.id_number,
        aliases=("身份证号", "公民身份号码", "居民身份证号码", "证件号码"),
        help="18位，单元格须为文本格式",
        wide=22,
    ),
    Column(
        "category",
        "对象类别",
        readers.text(60),
        aliases=("类别", "救助对象类别", "身份类别", "人员类别"),
        help="从下拉列表选择",
        choices=tuple(category.label for category in PROVIDED),
        wide=30,
    ),
    Column(
        "from",
        "开始日期",
        readers.day,
        aliases=("起始日期", "生效日期", "享受待遇开始日期"),
        help="自该日起具有此身份，如2025-03-01",
    ),
    Column(
        "until",
        "结束日期",
        readers.day,
        aliases=("终止日期", "停止日期", "享受待遇结束日期"),
        required=False,
        help="自该日起不再具有此身份（不含当日）；仍有效的留空。结束已报送的身份时，类别和开始日期与原报送一致",
    ),
    Column(
        "provided_on",
        "名单提供日期",
        readers.day,
        aliases=("提供日期", "名单日期", "提供名单日期"),
        help="本部门提供该名单之日",
    ),
    Column(
        "certificate",
        "证明文号",
        readers.text(60),
        aliases=("文号", "认定文号", "证明编号", "依据文号"),
        required=False,
        help="认定文件或情况证明的文号",
        wide=24,
    ),
)

_FATES: Mapping[Marked, Fate] = {
    Marked.MARKED: ACCEPTED,
    Marked.ENDED: ACCEPTED,
    Marked.KNOWN: duplicate(Reason("period-known", "此前已报送，内容相同", "was provided before, the same")),
    Marked.ENDED_OTHERWISE: returned(
        Reason(
            "end-already-set",
            "同一身份此前已报送另一结束日期，结束日期只能确定一次，请核对",
            "this period has another end already, which is set once",
            "until",
        )
    ),
    Marked.OVERLAPS: returned(
        Reason(
            "period-overlaps",
            "与该人同一类别的已有身份期间重叠，请核对开始和结束日期",
            "overlaps with a period of the same category",
            "from",
            "C-11",
        )
    ),
    Marked.ELSEWHERE: returned(
        Reason(
            "period-elsewhere",
            "该人同一类别的身份期间已由其他县（市、区）或部门报送，请与其核对",
            "another county or department has provided a period of the same category in that time",
            "category",
        )
    ),
}


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    category = _category(context, values["category"])
    if category is None:
        return returned(Reason("unknown-category", "没有这个对象类别", "there is no such category", "category"))
    reasons = (*wrong_number(context, row), *_not_yours(context, category), *_days(context, row))
    if reasons:
        return returned(*reasons)
    person = await person_of(session, context, row)
    if isinstance(person, Fate):
        return person
    period = Period(category, values["from"], values["until"])
    identity = Identity(
        person, context.division, context.department.value, period, values["provided_on"], values["certificate"]
    )
    return _FATES[await mark(session, context.vault, identity, context.upload, context.now)]


async def after(session: AsyncSession, context: Context, _counts: Counts) -> None:
    await share_marked(session, context)


async def share_marked(session: AsyncSession, context: Context) -> None:
    """A list is at the same time its department's sharing of the month in which it comes (C-02): nothing is handed in twice.

    One of which nothing could be accepted is shared with the first row that has been corrected.
    """
    source = f"upload/{context.upload}"
    if await find_sharing(session, source, Direction.IN, context.department) is not None:
        return
    by_category = await marked_by(session, context.upload)
    if not by_category:
        return
    upload = await session.get_one(UploadRow, context.upload)
    provided = Provided(
        source=source,
        division=context.division,
        month=context.today,
        direction=Direction.IN,
        partner=context.department,
        carrier=Carrier(upload.carrier),
        provided_on=context.today,
        person_times=by_category,
        provided_by=upload.uploaded_by,
        upload=context.upload,
    )
    await record_sharing(session, provided, at=context.now)


def _category(context: Context, typed: str) -> Category | None:
    """By its code, its label or a part of it, or another name that lists use (CATEGORY_NAMES)."""
    others = context.rulebook.find("CATEGORY_NAMES", context.today)
    spelled = typed.upper()
    if others is not None and typed in others.value:
        return Category(others.value[typed])
    return next(
        (category for category in Category if spelled == category.value or typed == as_read(category.label)), None
    )


def as_read(label: str) -> str:
    """A label as it comes out of a cell: its wide brackets and colons have become narrow ones."""
    return unicodedata.normalize("NFKC", label)


def _not_yours(context: Context, category: Category) -> Iterator[Reason]:
    source = context.rulebook.find(f"CATEGORY_SOURCE({category.value})", context.today)
    if source is None:
        yield Reason(
            "no-source", "尚未规定该类别由哪个部门提供", "no document says who provides this category", "category"
        )
    elif source.value != context.department.value:
        label = Department(source.value).label
        yield Reason(
            "not-your-category",
            f"“{category.label}”由{label}部门提供，请由该部门报送",
            f"{category.value} is provided by {source.value}",
            "category",
            source.clause,
        )


def _days(context: Context, row: Row) -> Iterator[Reason]:
    values = row.values
    if values["until"] is not None and values["until"] <= values["from"]:
        yield Reason("ends-before-it-starts", "结束日期应晚于开始日期", "the end must lie after the first day", "until")
    if values["provided_on"] > context.today:
        yield Reason("provided-in-future", "名单提供日期不能晚于今天", "lies in the future", "provided_on")


KIND = Kind(
    code="identity",
    label="救助对象身份",
    action=Action.UPLOAD_IDENTITY,
    columns=COLUMNS,
    about="标识、变更或结束救助对象身份，每行一人一个类别。",
    take=take,
    after=after,
    goes_back=True,
    help=("每行一人一个类别；一人有几个类别的，分行填写。", "只能报送由本部门提供的类别，其他类别的行会退回。"),
)
