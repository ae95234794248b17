"""Going live 上线补录: what was last pushed of each person this year, so that the first month leaves out what has not changed."""

from collections.abc import Iterator

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.feedback import LISTS
from activities.imports.kinds import ACCEPTED, Context, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.person_columns import ID_NUMBER, NAME
from activities.imports.persons import person_of, wrong_number
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from store.pushes import PriorPushRow, prior_push

COLUMNS = (
    NAME,
    ID_NUMBER,
    Column("list", "监测名单", readers.one_of(LISTS), aliases=("名单", "名单类型"), choices=("返贫", "致贫")),
    Column("month", "数据月份", readers.month, aliases=("数据所属月份",), help="最近一次推送的数据月份，如2026-09"),
    Column("burden", "推送时累计负担", readers.money, aliases=("累计负担", "个人年度累计负担"), help="元", wide=18),
)
KNOWN = Reason("prior-push-known", "此前已报送，内容相同", "was provided before, the same")
DIFFERS = Reason(
    "prior-push-differs", "该人该名单本年度此前已报送，月份或金额不同，请核对", "is known otherwise", "burden", "D-03"
)


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    reasons = tuple(_wrong(context, row))
    if reasons:
        return returned(*reasons)
    person = await person_of(session, context, row)
    if isinstance(person, Fate):
        return person
    known = await prior_push(session, context.division, person, values["month"].year, values["list"])
    if known is not None:
        same = (known.month, known.burden) == (values["month"], values["burden"])
        return duplicate(KNOWN) if same else returned(DIFFERS)
    session.add(
        PriorPushRow(
            division=context.division,
            person_id=person,
            year=values["month"].year,
            list_type=values["list"].value,
            month=values["month"],
            burden=values["burden"],
            upload_id=context.upload,
            taken_in_at=context.now,
        )
    )
    await session.flush()
    return ACCEPTED


def _wrong(context: Context, row: Row) -> Iterator[Reason]:
    yield from wrong_number(context, row)
    if row.values["month"] >= context.today.replace(day=1):
        yield Reason("month-not-over", "该月尚未结束", "the month is not over", "month")


KIND = Kind(
    code="prior_push",
    label="上线前最近一次推送",
    action=Action.UPLOAD_GOING_LIVE,
    columns=COLUMNS,
    take=take,
    about="启用当年已推送的高额费用人员，用于判断负担有无变化",
    help=("系统启用时补录一次：每人每个名单一行，填最近一次推送的月份和金额。",),
)
