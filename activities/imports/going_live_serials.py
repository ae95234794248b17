"""Going live 上线补录: the numbers already given out this year, so that the next one follows without gap or double."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import ACCEPTED, Context, Fate, Kind, Reason, Row, duplicate, returned
from activities.refusals import SERIES as REFUSALS
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from policy.terms import normal_division
from store.applications import SerialRow
from store.reference import DivisionRow

SERIES_BY_NAME = {"书面告知书": REFUSALS, "附件5": REFUSALS}
"""The series whose numbers stand on papers that people keep (A-68)."""

COLUMNS = (
    Column("division", "乡镇代码", readers.text(12), aliases=("区划代码",), help="9位，如140522100"),
    Column("series", "编号种类", readers.one_of(SERIES_BY_NAME), help="书面告知书", choices=("书面告知书",)),
    Column("year", "年度", readers.whole(9999), help="如2026"),
    Column("last", "已用到的最后编号", readers.whole(99999), help="如〔2026〕第12号填12", wide=18),
)


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    division = normal_division(values["division"])
    reasons = [*_wrong(context, row, division)]
    if not reasons and await session.scalar(select(DivisionRow.code).where(DivisionRow.code == division)) is None:
        reasons = [Reason("unknown-township", "没有这个乡镇（街道）", "there is no such township", "division")]
    if reasons:
        return returned(*reasons)
    key = {"series": values["series"], "division": division, "year": values["year"]}
    known = await session.scalar(
        select(SerialRow).filter_by(**key).with_for_update()  # a number being given out goes first
    )
    if known is None:
        await session.execute(insert(SerialRow).values(**key, last=values["last"]))
        return ACCEPTED
    if known.last == values["last"]:
        return duplicate(Reason("serial-known", "此前已报送，内容相同", "was provided before, the same"))
    return returned(
        Reason(
            "serial-in-use",
            f"本系统已从该编号序列发出第{known.last}号，不能再改",
            f"number {known.last} of the series has been given out here",
            "last",
            "A-68",
        )
    )


def _wrong(context: Context, row: Row, division: str) -> Iterator[Reason]:
    if not division.startswith(context.division) or len(division) <= len(context.division):
        yield Reason("not-your-township", "只能报送本县（市、区）的乡镇", "not a township of this county", "division")
    if row.values["year"] not in (context.today.year - 1, context.today.year):
        yield Reason("other-year", "只补录本年度和上一年度的编号", "only this year and the one before", "year", "A-68")


KIND = Kind(
    code="prior_serials",
    label="上线前已用编号",
    action=Action.UPLOAD_GOING_LIVE,
    columns=COLUMNS,
    take=take,
    help=("系统启用时补录一次：每个乡镇每年一行。",),
)
