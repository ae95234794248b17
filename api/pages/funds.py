"""基金收支: the fund of a county and year, the sums of a city or province, and the income that finance enters."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal
from api.forms import Form, answer_fields, wrongs
from api.money.funds import Income, enter_income, undo_income, view_fund
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm
from policy.access import Action, may
from policy.clock import today
from policy.fields import Choice, Field, Kind, read_fields
from policy.money import percent
from policy.payment_terms import IncomeSource
from policy.terms import Level, level_of

router = APIRouter(prefix="/funds")
FIRST_YEAR, LAST_YEAR = 2019, 2199
FIELDS = (
    Field(
        "source",
        "来源",
        Kind.CHOICE,
        choices=tuple(Choice(source.value, source.label) for source in IncomeSource),
    ),
    Field("amount", "金额", Kind.MONEY),
    Field("received_on", "到账日期", Kind.DATE),
    Field("document", "凭证号", Kind.LINE, help="加密保存"),
)


@router.get("")
async def mine(desk: AtDesk) -> Response:
    """The fund of one's own area, this year."""
    return see_other(f"/funds/{desk.signed_in.division}/{today(desk.services.clock).year}")


@router.get("/{division}/{year}")
async def show(desk: AtDesk, division: str, year: int) -> Response:
    return await _page(desk, division, year, Form("income"))


@router.post("/{division}/{year}/income")
async def enter(desk: AtDesk, posted: FromForm, division: str, year: int) -> Response:
    posted.demand_fresh()
    form = Form("income", posted.typed)
    values, problems = read_fields(FIELDS, answer_fields(FIELDS, form))
    if problems:
        return await _page(desk, division, year, Form("income", posted.typed, wrongs(problems, "/fields/")), 422)
    try:
        await enter_income(desk.services, desk.signed_in, division, _income(values), posted.once)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return await _page(desk, division, year, Form("income", posted.typed, wrongs(refusal.problems)), 422)
    return see_other(f"/funds/{division}/{date.fromisoformat(values['received_on']).year}")


@router.post("/{division}/{year}/income/{income_id}/undo")
async def undo(desk: AtDesk, posted: FromForm, division: str, year: int, income_id: uuid.UUID) -> Response:
    posted.demand_fresh()
    await undo_income(desk.services, desk.signed_in, division, income_id)
    return see_other(f"/funds/{division}/{year}")


async def _page(desk: Desk, division: str, year: int, form: Form, status: int = 200) -> Response:
    user = desk.signed_in
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    fund = await view_fund(desk.services, user, division, year)
    async with desk.services.database.transaction(user.scope) as session:
        await desk.learn(session, {division})
    return desk.page(
        "funds/fund.html",
        "funds",
        status=status,
        fund=fund,
        form=form,
        fields=FIELDS,
        county=level_of(division) is Level.COUNTY,
        may_enter=may(user.post, Action.ENTER_INCOME) and division == user.division,
        ratio=_percent(fund["ratio"]),
        ratio_max=percent(Decimal(fund["ratio_max"])) if fund["ratio_max"] else None,
        percent=_percent,
    )


def _income(values: dict[str, Any]) -> Income:
    return Income(
        IncomeSource(values["source"]),
        Decimal(values["amount"]),
        date.fromisoformat(values["received_on"]),
        values["document"],
    )


def _percent(ratio: str | None) -> str | None:
    """15.23%; None stays None."""
    return f"{Decimal(ratio) * 100:.2f}%" if ratio is not None else None
