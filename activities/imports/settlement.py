"""Settlements at the institutions 医疗费用结算: what a treatment cost, and whether it was aided there and then (A-36).

Whatever was aided one-stop is not aided again (B-21), and counts into the year's cap (A-14).
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import ACCEPTED, Context, Fate, Kind, Reason, Row, duplicate, returned
from activities.imports.person_columns import ID_NUMBER, NAME
from activities.imports.persons import person_of
from activities.settlement_review import look_for_contradictions
from exchange import readers
from exchange.columns import Column
from policy import identity_number
from policy.access import Action
from policy.costs import DEDUCTIONS, LABELS, Costs, TreatmentDates, check_costs, check_dates
from policy.money import ZERO
from policy.settlement_number import same_number
from store.settlements import Settlement, TakenIn, take_in

ALIASES: Mapping[str, tuple[str, ...]] = {
    "total": ("总费用", "费用总额", "医疗费用总额"),
    "compliant_total": ("合规费用", "政策范围内费用", "政策范围内医疗费用"),
    "basic": ("基本医保报销", "统筹基金支付"),
    "critical_illness": ("大病保险报销",),
    "supplementary": ("补充保险支付",),
    "commercial": ("商业保险报销",),
    "preferential_subsidy": ("优抚补助",),
    "mutual_aid": ("互助帮困",),
}

COLUMNS = (
    NAME,
    ID_NUMBER,
    Column("settlement_no", "结算单号", readers.text(60), aliases=("结算编号", "结算流水号", "单据号"), wide=22),
    Column("institution_code", "医疗机构代码", readers.text(40), aliases=("定点医疗机构代码", "机构编码"), wide=16),
    Column("disease_code", "病种代码", readers.text(40), aliases=("疾病编码",), required=False),
    Column("admitted_on", "入院日期", readers.day, help="如2025-03-01"),
    Column("discharged_on", "出院日期", readers.day),
    Column("settled_on", "结算日期", readers.day, aliases=("结算时间",)),
    *(
        Column(name, label, readers.money, aliases=ALIASES[name], required=name not in DEDUCTIONS, help="元")
        for name, label in LABELS.items()
    ),
    Column(
        "aid",
        "医疗救助支付",
        readers.money,
        aliases=("医疗救助金额", "医疗救助基金支付"),
        required=False,
        help="“一站式”结算时由医疗救助基金支付的金额；没有的留空",
    ),
    Column(
        "one_stop",
        "一站式结算",
        readers.yes_no,
        aliases=("是否一站式结算", "是否一站式"),
        help="是 或 否",
        choices=("是", "否"),
    ),
)

_FATES: Mapping[TakenIn, Fate] = {
    TakenIn.TAKEN_IN: ACCEPTED,
    TakenIn.KNOWN: duplicate(Reason("settlement-known", "此前已报送，内容相同", "was provided before, the same")),
    TakenIn.DIFFERS: returned(
        Reason(
            "settlement-differs",
            "该结算单此前已报送，日期或金额不同，请核对",
            "this settlement is known with other dates or amounts",
            "settlement_no",
            "B-21",
        )
    ),
    TakenIn.ELSEWHERE: returned(
        Reason(
            "settlement-elsewhere",
            "该结算单已由其他县（市、区）报送，请与其核对",
            "another county has provided this settlement",
            "settlement_no",
            "B-21",
        )
    ),
}


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    values = row.values
    costs = Costs(**{part.name: values[part.name] or ZERO for part in fields(Costs)})
    dates = TreatmentDates(values["admitted_on"], values["discharged_on"], values["settled_on"])
    aid = values["aid"] or ZERO
    reasons = tuple(_wrong(context, values, costs, dates))
    if reasons:
        return returned(*reasons)
    person = await person_of(session, context, row)
    if isinstance(person, Fate):
        return person
    settlement = Settlement(
        person=person,
        division=context.division,
        number=same_number(values["settlement_no"]),
        disease_code=values["disease_code"],
        institution_code=values["institution_code"],
        dates=dates,
        costs=costs,
        aid=aid,
        one_stop=values["one_stop"],
    )
    taken = await take_in(session, context.vault, settlement, context.upload, context.now)
    if taken is TakenIn.TAKEN_IN:
        await look_for_contradictions(session, context, person)
    return _FATES[taken]


def _wrong(context: Context, values: Mapping[str, Any], costs: Costs, dates: TreatmentDates) -> Iterator[Reason]:
    number = identity_number.check(values["id_number"], context.today)
    problems = (*((number,) if number else ()), *check_costs(costs), *check_dates(dates, context.today, context.today))
    for problem in problems:
        yield Reason("wrong-value", problem.zh, problem.en, problem.pointer.removeprefix("/"), problem.clause)
    aid = values["aid"] or ZERO
    if aid and not values["one_stop"]:
        yield Reason(
            "aid-without-one-stop",
            "未“一站式”结算的，不应有医疗救助支付",
            "aid can only have been paid where the settlement was one-stop",
            "aid",
            "A-36",
        )
    if aid > costs.base:
        yield Reason(
            "aid-above-base",
            "医疗救助支付不能大于个人负担的合规医疗费用",
            "the aid is above what the person bears of the compliant cost",
            "aid",
            "A-13",
        )


KIND = Kind(
    code="settlement",
    label="医疗费用结算",
    action=Action.UPLOAD_SETTLEMENT,
    columns=COLUMNS,
    about="一站式结算的结果，计入当年救助金额。",
    take=take,
    help=("每行一张结算单；金额单位为元，最多两位小数，没有的留空。",),
)
