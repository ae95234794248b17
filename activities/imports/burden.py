"""What persons have borne since 1 January 个人年度累计负担, by the month that the sum runs to the end of (B-14 … B-17, AMB-5).

The product computes no burden before it has every settlement: the bureau loads it. A second table of the month replaces
the sums of whom it names until the list is released; the list is then made again.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.answering import answer_by_table, open_tasks
from activities.imports.kinds import ACCEPTED, Batch, Context, Counts, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.person_columns import ID_NUMBER, NAME
from activities.imports.persons import person_of, wrong_number
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from policy.deadlines import add_months
from policy.exchange_terms import Insurance, MatterStatus
from policy.money import ZERO
from policy.procedures import Procedure
from policy.terms import Residence
from store.matters import MatterRow, find_matter, locked_matter, record_in
from store.outbox import wake
from store.pushes import BurdenRow
from store.uploads import UploadLineRow

STILL_OPEN = (MatterStatus.SNAPSHOT.value, MatterStatus.SELECTED.value)
RECALLED = "recalled"
"""The procedure goes back and makes the list again (`workflows/waiting.py`)."""

RESIDENCES = {"农村": Residence.RURAL, "农村居民": Residence.RURAL, "城镇": Residence.URBAN, "城市": Residence.URBAN}
INSURANCES = {
    "居民医保": Insurance.RESIDENTS,
    "城乡居民": Insurance.RESIDENTS,
    "居民": Insurance.RESIDENTS,
    "职工医保": Insurance.EMPLOYEES,
    "城镇职工": Insurance.EMPLOYEES,
    "职工": Insurance.EMPLOYEES,
}

COLUMNS = (
    NAME,
    ID_NUMBER,
    Column(
        "residence",
        "城乡属性",
        readers.one_of(RESIDENCES),
        aliases=("城乡类别", "户籍性质"),
        help="农村 或 城镇",
        choices=("农村", "城镇"),
    ),
    Column(
        "insurance",
        "参保险种",
        readers.one_of(INSURANCES),
        aliases=("险种", "医保类型"),
        help="居民医保 或 职工医保",
        choices=("居民医保", "职工医保"),
    ),
    Column(
        "burden",
        "个人年度累计负担",
        readers.money,
        aliases=("累计负担", "个人累计负担", "个人年度累计负担医疗费用", "累计负担金额"),
        help="元，当年1月1日至数据月月末，医疗救助以前",
        wide=20,
    ),
    Column(
        "aid",
        "其中医疗救助已支付",
        readers.money,
        aliases=("医疗救助已支付", "累计救助金额"),
        required=False,
        help="元，同期医疗救助基金已支付的金额；没有的留空",
        wide=20,
    ),
)

NO_MONTH = Reason("no-month", "请选择数据所属月份", "the month of the data is needed")
NOT_OPEN = Reason("not-open", "该月的高额费用推送尚未开启", "the push about this month is not open", clause="B-17")
RELEASED = Reason(
    "released-already",
    "该月名单已放行推送，其后的累计负担请在下月报送时列入",
    "the list of this month has been released: hand these burdens in with the next month's",
    clause="B-17",
)
PUSHED = Reason("pushed-already", "该月名单已推送，不能再更改", "the list of this month has been pushed", clause="B-17")
NO_DEFINITION = Reason(
    "no-definition", "尚未规定个人累计负担的口径（BURDEN_DEF）", "no rule says what a burden is", clause="B-14"
)


async def begin(session: AsyncSession, context: Context, _batch: Batch) -> tuple[Reason, ...]:
    """The table as a whole: a month whose list may still be made."""
    return tuple(_not_now(context, await _matter(session, context)))


async def refused(session: AsyncSession, context: Context, batch: Batch, reasons: Sequence[Reason]) -> None:
    """What came after the release is named with the push that it came too late for."""
    if RELEASED in reasons:
        await _tell_later(session, context, batch.rows_in)


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    if wrong_one := tuple(wrong_number(context, row)):
        return returned(*wrong_one)
    if (values["aid"] or ZERO) > values["burden"]:
        zh, en = "医疗救助支付不能大于救助以前的个人负担", "the aid is above what was borne before it"
        return returned(Reason("aid-above-burden", zh, en, "aid", "B-14"))
    matter = await _matter(session, context)
    wrong = tuple(_not_now(context, matter))
    if wrong or matter is None:
        return returned(*wrong)
    await locked_matter(session, matter.id)  # a release under way comes first, or finds this row
    wrong = tuple(_not_now(context, matter))
    if wrong:
        return returned(*wrong)
    person = await person_of(session, context, row)
    if isinstance(person, Fate):
        return person
    written = {
        "residence": values["residence"].value,
        "insurance": values["insurance"].value,
        "burden": values["burden"],
        "aid": values["aid"] or ZERO,
        "definition": _definition(context),
    }
    known = await session.scalar(
        select(BurdenRow).where(
            BurdenRow.division == context.division,
            BurdenRow.month == _month(context),
            BurdenRow.person_id.in_(select(func.one_person(person))),
        )
    )
    if known is None:
        await _write(session, context, {**written, "person_id": person})
        return ACCEPTED
    if written.items() <= vars(known).items():
        return duplicate(Reason("burden-known", "此前已报送，内容相同", "was provided before, the same"))
    if known.upload_id == context.upload:
        zh, en = "同一人在本表中出现两次，金额或属性不同", "the person stands twice in this table, otherwise"
        return returned(Reason("twice-in-table", zh, en, "id_number"))
    for name, value in {**written, "upload_id": context.upload, "loaded_at": context.now}.items():
        setattr(known, name, value)
    await session.flush()
    return ACCEPTED


async def after(session: AsyncSession, context: Context, counts: Counts) -> None:
    """Answers the task that waits for the burdens; a list that was made before is made again."""
    if overtaken := await _overtaken(session, context):
        await _tell_later(session, context, overtaken)
    found = await _matter(session, context)
    if found is None or not (counts.accepted or counts.duplicate):
        return
    matter = await locked_matter(session, found.id)
    tasks = await open_tasks(session, matter, ("push_burden", "push_release"))
    if "push_burden" in tasks:
        codes = {"rows": counts.accepted}
        await answer_by_table(session, context, matter, tasks["push_burden"], "loaded", {}, codes)
    elif "push_release" in tasks and counts.accepted:
        task = tasks["push_release"]
        task.state, task.closed_reason = "closed", RECALLED
        record_in(
            session,
            matter,
            "loaded_again",
            at=context.now,
            day=context.today,
            codes={"task": str(task.id), "rows": counts.accepted, "upload": str(context.upload)},
            grounds=["B-17"],
        )
        await wake(session, task, at=context.now)


async def _overtaken(session: AsyncSession, context: Context) -> int:
    """Rows of this table that a release came before."""
    told = UploadLineRow.reasons.contains([{"code": RELEASED.code}])
    asked = select(func.count()).where(UploadLineRow.upload_id == context.upload, told)
    return await session.scalar(asked) or 0


async def _tell_later(session: AsyncSession, context: Context, rows: int) -> None:
    """Once for each table."""
    found = await _matter(session, context)
    if found is None:
        return
    matter = await locked_matter(session, found.id)
    later = matter.facts.get("later_burdens", {})
    if str(context.upload) in later:
        return
    matter.facts = {**matter.facts, "later_burdens": {**later, str(context.upload): rows}}
    record_in(
        session,
        matter,
        "burdens_later",
        at=context.now,
        day=context.today,
        codes={"rows": rows, "upload": str(context.upload)},
        grounds=["B-17"],
    )


async def _write(session: AsyncSession, context: Context, values: dict[str, object]) -> None:
    await session.execute(
        insert(BurdenRow).values(
            division=context.division,
            month=_month(context),
            upload_id=context.upload,
            loaded_at=context.now,
            **values,
        )
    )


async def _matter(session: AsyncSession, context: Context) -> MatterRow | None:
    return await find_matter(session, Procedure.PUSH, f"{context.division}/{context.month}") if context.month else None


def _not_now(context: Context, matter: MatterRow | None) -> Iterator[Reason]:
    if not context.month:
        yield NO_MONTH
    elif matter is None:
        yield NOT_OPEN
    elif matter.status not in STILL_OPEN or matter.facts.get("pushed_on"):
        yield PUSHED
    elif matter.facts.get("released_on"):
        yield RELEASED
    if context.month and not _definition(context):
        yield NO_DEFINITION


def _definition(context: Context) -> str:
    found = context.rulebook.find("BURDEN_DEF", add_months(_month(context), 1) - timedelta(days=1))
    return str(found.value) if found is not None else ""


def _month(context: Context) -> date:
    """The first day of the month that the table is about; `begin` has refused a table without one."""
    return date.fromisoformat(f"{context.month}-01")


KIND = Kind(
    code="burden",
    label="个人年度累计负担",
    action=Action.UPLOAD_BURDEN,
    columns=COLUMNS,
    take=take,
    begin=begin,
    refused=refused,
    after=after,
    about="每月高额费用推送的依据：截至数据月月末的个人年度累计负担",
    help=(
        "每行一人；金额为当年1月1日至数据月月末的累计数，单位为元，最多两位小数。",
        "推送以前可以再次报送，同一人以后报的为准。",
    ),
)
