"""The province's monitoring list of a month as the city's bureau received it 省级监测名单 (W18, J-22).

Nobody is entered as a person by it: whom the counties do not know stays a sealed row of the comparison. The table opens
the city's comparison of that month; a second one adds to it until the list has been confirmed.
"""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import ACCEPTED, Batch, Context, Counts, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.person_columns import ID_NUMBER, NAME
from activities.imports.persons import wrong_number
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from policy.exchange_terms import ListType, MatterStatus
from policy.procedures import Procedure
from policy.provincial_comparison import Side
from policy.terms import Department
from store.comparisons import ComparisonItemRow
from store.matters import MatterRow, Opening, find_matter, locked_matter, open_matter
from store.outbox import start
from store.registration import number_index

TYPES = {label: kind for kind in ListType for label in (kind.label, f"{kind.label}风险", f"{kind.label}预警")}

COLUMNS = (
    NAME,
    ID_NUMBER,
    Column(
        "list_type",
        "名单类型",
        readers.one_of(TYPES),
        aliases=("预警类型", "监测类型"),
        help="返贫 或 致贫",
        choices=tuple(kind.label for kind in ListType),
    ),
    Column(
        "burden",
        "个人年度累计负担",
        readers.money,
        aliases=("累计负担", "个人累计负担"),
        help="元，省级名单所列金额",
        wide=20,
    ),
    Column("county", "参保县区代码", readers.text(12), aliases=("县区代码", "参保地"), required=False, help="如370829"),
)

NO_MONTH = Reason("no-month", "请选择数据所属月份", "the month of the data is needed")
CONFIRMED = Reason(
    "comparison-closed", "该月名单已比对确认，不能再更改", "the comparison of this month is closed", clause="J-22"
)


async def begin(session: AsyncSession, context: Context, _batch: Batch) -> tuple[Reason, ...]:
    """A month whose list has not been confirmed."""
    if not context.month:
        return (NO_MONTH,)
    matter = await _matter(session, context)
    if matter is None:
        matter = await _open(session, context)
    return (CONFIRMED,) if _closed(matter) else ()


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    if wrong_one := tuple(wrong_number(context, row)):
        return returned(*wrong_one)
    found = await _matter(session, context)
    matter = await locked_matter(session, found.id) if found else None  # a list that is being confirmed comes first
    if matter is None or _closed(matter):
        return returned(CONFIRMED)
    index = number_index(context.vault, values["id_number"])
    known = await session.scalar(
        select(ComparisonItemRow)
        .where(
            ComparisonItemRow.matter_id == matter.id,
            ComparisonItemRow.id_index == index,
            ComparisonItemRow.list_type == values["list_type"].value,
        )
        .with_for_update()
    )
    if known is None:
        await _write(session, context, matter, row, index)
        return ACCEPTED
    if known.province_burden == values["burden"]:
        return duplicate(Reason("item-known", "此前已报送，内容相同", "was provided before, the same"))
    if known.province_burden is not None:
        zh, en = "同一人同一名单类型此前已报送另一金额，请核对", "the person is known with another amount"
        return returned(Reason("item-differs", zh, en, "burden", "J-22"))
    known.province_burden, known.side = values["burden"], Side.BOTH.value
    known.cause = known.note_sealed = known.explained_by = known.explained_at = None
    return ACCEPTED


async def after(session: AsyncSession, context: Context, counts: Counts) -> None:
    """The comparison begins, or looks again at what the new table has brought."""
    found = await _matter(session, context)
    if found is not None and counts.accepted:
        matter = await locked_matter(session, found.id)
        matter.facts = {**matter.facts, "listed": matter.facts.get("listed", 0) + counts.accepted}
        await start(session, Procedure.COMPARISON, matter.key, {"matter_id": str(matter.id)}, at=context.now)


async def _open(session: AsyncSession, context: Context) -> MatterRow:
    opening = Opening(
        procedure=Procedure.COMPARISON,
        key=_key(context),
        division=context.division,
        departments=(Department.MEDICAL_INSURANCE,),
        status=MatterStatus.PROVINCE_LIST_IN,
        month=date.fromisoformat(f"{context.month}-01"),
    )
    return (await open_matter(session, opening, at=context.now, day=context.today))[0]


async def _write(session: AsyncSession, context: Context, matter: MatterRow, row: Row, index: bytes) -> None:
    key = (await session.execute(select(func.uuidv7()))).scalar_one()
    person = {"name": row.values["name"], "id_number": row.values["id_number"]}
    await session.execute(
        insert(ComparisonItemRow).values(
            id=key,
            matter_id=matter.id,
            division=context.division,
            month=matter.month,
            county=row.values["county"] or None,
            id_index=index,
            list_type=row.values["list_type"].value,
            person_sealed=context.vault.seal("comparison_item", "person", key, person),
            province_burden=row.values["burden"],
            side=Side.PROVINCE_ONLY.value,
        )
    )


async def _matter(session: AsyncSession, context: Context) -> MatterRow | None:
    return await find_matter(session, Procedure.COMPARISON, _key(context))


def _key(context: Context) -> str:
    return f"{context.division}/{context.month}"


def _closed(matter: MatterRow) -> bool:
    return matter.closed_at is not None or matter.status in (
        MatterStatus.EXPLAINED.value,
        MatterStatus.CONFIRMED.value,
    )


KIND = Kind(
    code="provincial_list",
    label="省级监测名单",
    action=Action.UPLOAD_PROVINCIAL_LIST,
    columns=COLUMNS,
    take=take,
    begin=begin,
    after=after,
    about="省医保局推送的高额费用监测名单，与本地结果比对后逐条复核",
    help=("每行一人一种名单类型；金额单位为元。", "同一月份可分次报送，名单确认以前均可补报。"),
)
