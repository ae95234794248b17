"""参保和待遇数据: what the bureau shares with civil affairs about persons in a month (C-04), within the agreed data list (C-24).

The table is the month's sharing of this direction; a later one of the same month replaces what it names.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.burden import INSURANCES
from activities.imports.kinds import ACCEPTED, Batch, Context, Counts, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.person_columns import ID_NUMBER, NAME
from activities.imports.persons import wrong_number
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from policy.agreement import without_agreement
from policy.exchange_terms import Carrier, Direction
from policy.terms import Department
from store.agreements import agreement_in_force
from store.benefits import TwiceInTable, counts_of, provide
from store.sharings import Provided, cycle_of, record_sharing
from store.uploads import UploadRow

RECEIVER = Department.CIVIL_AFFAIRS

KINDS_OF_DATA: Mapping[str, tuple[str, ...]] = {
    "enrolment": ("insurance",),
    "basic_benefits": ("basic",),
    "critical_illness_benefits": ("critical_illness",),
    "aid_benefits": ("aid",),
    "burden": ("burden",),
}
"""By the codes of DATA_LIST: the columns that hold it."""


def _money(name: str, label: str, *aliases: str) -> Column:
    return Column(name, label, readers.money, aliases=aliases, required=False, help="元，当年累计；不提供的留空")


COLUMNS = (
    NAME,
    ID_NUMBER,
    Column(
        "insurance",
        "参保险种",
        readers.one_of(INSURANCES),
        aliases=("险种", "医保类型", "参保情况"),
        required=False,
        help="居民医保 或 职工医保；未参保或不提供的留空",
        choices=("居民医保", "职工医保"),
    ),
    _money("basic", "基本医保支付", "基本医疗保险支付", "统筹基金支付"),
    _money("critical_illness", "大病保险支付", "大病支付"),
    _money("aid", "医疗救助支付", "救助金额"),
    _money("burden", "个人累计负担", "个人年度累计负担", "个人负担医疗费用"),
)

NO_MONTH = Reason("no-month", "请选择数据所属月份", "the month of the data is needed")
OVER = Reason("cycle-closed", "该月信息共享已办结，请报入当月", "the month's cycle is closed", clause="C-30")
NO_AGREEMENT = Reason(
    "no-agreement",
    "双方尚未签订信息共享协议，不得共享；请先登记协议",
    "no sharing agreement is in force",
    clause="C-24",
)
KNOWN = Reason("benefit-known", "本月已提供，内容相同", "was provided this month, the same")
TWICE = Reason(
    "twice-in-table", "同一人在本表中出现两次，内容不同", "the person stands twice in this table", "id_number"
)
NOTHING = Reason("nothing-shared", "没有任何参保或待遇数据", "holds no data", "insurance")


async def begin(session: AsyncSession, context: Context, _batch: Batch) -> tuple[Reason, ...]:
    """The table as a whole: a month that is not closed, and an agreement where one is required."""
    if not context.month:
        return (NO_MONTH,)
    cycle = await cycle_of(session, context.division, _month(context))
    if cycle is not None and cycle.closed_at is not None:
        return (OVER,)
    lack = without_agreement(context.rulebook, context.today)
    if lack is not None and lack.blocks:
        agreed = await agreement_in_force(session, context.division, context.today, RECEIVER)
        return () if agreed else (NO_AGREEMENT,)
    return ()


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    kinds = [kind for kind, columns in KINDS_OF_DATA.items() if any(row.values[name] is not None for name in columns)]
    reasons = (*_wrong(context, row, kinds), *[reason async for reason in _not_agreed(session, context, kinds)])
    if reasons:
        return returned(*reasons)
    content = {name: _plain(value) for name, value in row.values.items() if value is not None}
    where: dict[str, Any] = {"division": context.division, "month": _month(context), "upload": context.upload}
    try:
        fresh = await provide(session, context.vault, content, kinds, **where, at=context.now)
    except TwiceInTable:
        return returned(TWICE)
    return ACCEPTED if fresh else duplicate(KNOWN)


async def after(session: AsyncSession, context: Context, _counts: Counts) -> None:
    """The table is a sharing of its month; one of which no row could be accepted is none."""
    rows, by_kind = await counts_of(session, context.upload)
    if not rows:
        return
    upload = await session.get_one(UploadRow, context.upload)
    provided = Provided(
        source=f"upload/{context.upload}",
        division=context.division,
        month=_month(context),
        direction=Direction.OUT,
        partner=RECEIVER,
        carrier=Carrier(upload.carrier),
        provided_on=context.today,
        person_times=by_kind,
        rows=rows,
        provided_by=upload.uploaded_by,
        upload=context.upload,
    )
    await record_sharing(session, provided, at=context.now)


def _wrong(context: Context, row: Row, kinds: list[str]) -> Iterator[Reason]:
    yield from wrong_number(context, row)
    if not kinds:
        yield NOTHING


async def _not_agreed(session: AsyncSession, context: Context, kinds: list[str]) -> Any:
    """What lies outside the data list of the rules, or of the agreement in force (C-24), goes to nobody."""
    allowed = context.rulebook.find(f"DATA_LIST({RECEIVER.value})", context.today)
    listed = set(allowed.value) if allowed is not None else set()
    agreement = await agreement_in_force(session, context.division, context.today, RECEIVER)
    if agreement is not None and RECEIVER.value in agreement.data_lists:
        listed &= set(agreement.data_lists[RECEIVER.value])
    for kind in kinds:
        if kind not in listed:
            zh, en = "不在与民政部门的数据共享清单内，请勿提供", "is not on the agreed list of data"
            yield Reason("not-on-data-list", zh, en, KINDS_OF_DATA[kind][0], "C-24")


def _plain(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _month(context: Context) -> date:
    """The first day of the month that the table is for; `begin` has refused a table without one."""
    return date.fromisoformat(f"{context.month}-01")


KIND = Kind(
    code="benefits_out",
    label="参保和待遇数据（供民政部门）",
    action=Action.UPLOAD_BENEFITS,
    columns=COLUMNS,
    take=take,
    begin=begin,
    after=after,
    about="医保部门每月向民政部门共享的参保、待遇和负担数据，每行一人。",
    help=("每行一人；只填写数据共享清单内的项目，其余留空。", "同一月份再次提供的，同一人以后一次为准。"),
)
