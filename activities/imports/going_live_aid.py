"""Going live 上线补录: the aid of this year that was paid before the system was in use, so that caps hold from the first day."""

from collections.abc import Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import ACCEPTED, Context, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.person_columns import ID_NUMBER, NAME
from activities.imports.persons import person_of, wrong_number
from exchange import readers
from exchange.columns import Column
from policy.access import Action
from policy.money import ZERO
from store.prior_aid import Entered, PriorAid, enter_prior_aid

COLUMNS = (
    NAME,
    ID_NUMBER,
    Column("year", "年度", readers.whole(9999), help="如2026；只收本年度和上一年度"),
    Column(
        "aid",
        "已救助金额",
        readers.money,
        aliases=("本年度已救助金额", "医疗救助支付"),
        help="元；计入年度最高救助限额的部分，含“一站式”结算",
    ),
    Column(
        "deductible_used",
        "已计入起付标准的费用",
        readers.money,
        required=False,
        help="元；本年度以前各次申请已计入起付标准的个人负担合规费用，没有的留空",
        wide=22,
    ),
)

_FATES: Mapping[Entered, Fate] = {
    Entered.ENTERED: ACCEPTED,
    Entered.KNOWN: duplicate(Reason("prior-aid-known", "此前已报送，内容相同", "was provided before, the same")),
    Entered.DIFFERS: returned(
        Reason(
            "prior-aid-differs",
            "该人该年度的已救助金额此前已报送，金额不同，请核对；一人一年只补录一次",
            "another amount is known for this person and year",
            "aid",
            "A-14",
        )
    ),
}


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    reasons = tuple(_wrong(context, row))
    if reasons:
        return returned(*reasons)
    person = await person_of(session, context, row)
    if isinstance(person, Fate):
        return person
    known = PriorAid(person, context.division, values["year"], values["aid"], values["deductible_used"] or ZERO)
    return _FATES[await enter_prior_aid(session, known, context.upload, context.now)]


def _wrong(context: Context, row: Row) -> Iterator[Reason]:
    yield from wrong_number(context, row)
    if row.values["year"] not in (context.today.year - 1, context.today.year):
        yield Reason("other-year", "只补录本年度和上一年度的救助", "only this year and the one before", "year", "A-14")


KIND = Kind(
    code="prior_aid",
    label="上线前已救助金额",
    action=Action.UPLOAD_GOING_LIVE,
    columns=COLUMNS,
    take=take,
    help=("系统启用时补录一次：每人每年一行，全年各次救助合计。", "已在本系统办理的救助不要列入。"),
)
