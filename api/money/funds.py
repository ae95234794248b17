"""The fund of a county and year, and its sums above (A-49 … A-54): raised, paid, carried over, balance and ratio."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.money.batches import demand
from api.presentation import json_object
from api.services import Services
from policy.access import Action
from policy.clock import today
from policy.funds import FundYear, Movement, fund_year
from policy.payment_terms import IncomeSource
from policy.problems import Problem
from policy.rulebook import Parameter
from policy.terms import Level, level_of
from store import ledger
from store.disclosure import Cell, Look, disclose
from store.funds import IncomeRow, movements
from store.reference import DivisionRow
from store.rulebook import load_rulebook


@dataclass(frozen=True)
class Income:
    """Money that came in: yuan, from where, when, on which voucher."""

    source: IncomeSource
    amount: Decimal
    received_on: date
    document: str


async def enter_income(
    services: Services, user: CurrentUser, division: str, income: Income, key: str | None = None
) -> dict[str, Any]:
    """Finance enters an income of its own county, and it is booked. Raises Refusal."""
    demand(user, Action.ENTER_INCOME, "基金收入由县级财政经办人登记")
    _check_own(user, division)
    once = Once(services, user, key, f"income/{division}", income)
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        _check(income, today(services.clock))
        row = IncomeRow(
            id=uuid.uuid4(),
            division=division,
            source=income.source.value,
            amount=income.amount,
            received_on=income.received_on,
            entered_at=services.clock.now(),
            entered_by=user.id,
        )
        row.typed_sealed = services.vault.seal("fund_income", "typed", row.id, {"document": income.document.strip()})
        session.add(row)
        booking = ledger.income(row.id, income.source, income.amount, income.received_on)
        await ledger.book(session, booking, division, services.clock.now())
        await once.keep(session, 201, {"id": str(row.id)})
        return {"id": str(row.id)}


async def undo_income(services: Services, user: CurrentUser, division: str, income_id: uuid.UUID) -> None:
    """Takes a wrong entry out again, by an entry of its own on the day of the first (冲销). Raises Refusal."""
    demand(user, Action.ENTER_INCOME, "基金收入由县级财政经办人登记")
    _check_own(user, division)
    async with services.database.transaction(user.scope) as session:
        row = await session.get(IncomeRow, income_id, with_for_update=True)
        if row is None or row.division != division:
            raise not_found()
        if row.undone_on is not None:
            raise Refusal(409, "already-undone", "本笔收入已经冲销", "this income has been undone already")
        row.undone_on, row.undone_by = today(services.clock), user.id
        booking = ledger.income_undone(row.id, IncomeSource(row.source), row.amount, row.received_on)
        await ledger.book(session, booking, division, services.clock.now())


async def view_fund(services: Services, user: CurrentUser, division: str, year: int) -> dict[str, Any]:
    """The year's sums of a county, or of a city or province with each of its parts. Raises Refusal 403, 404."""
    demand(user, Action.VIEW_FUNDS, "您的岗位不能查看基金收支")
    if not division.startswith(user.division):
        raise not_found()
    async with services.database.transaction(user.scope) as session:
        named = await session.get(DivisionRow, division)
        if named is None or level_of(division) is Level.TOWNSHIP:
            raise not_found()
        moved = await movements(session, division)
        most = await _most(services, session, division, year)
        whole = _year_view(division, named.name, fund_year(moved, year), most)
        below = await _parts(session, division, moved, year, most)
        incomes = await _incomes(services, session, user, division, year)
    return json_object({**whole, "parts": below, "incomes": incomes})


def _year_view(division: str, name: str, fund: FundYear, most: Parameter | None) -> dict[str, Any]:
    above = most is not None and fund.above(Decimal(most.value))
    return {
        "division": division,
        "division_name": name,
        "year": fund.year,
        "carried_over": fund.carried_over,
        "raised": fund.raised,
        "raised_by": [
            {"source": source.value, "label": source.label, "amount": amount, "counts": source.raised}
            for source, amount in fund.raised_by.items()
        ],
        "paid": fund.paid,
        "recovered": fund.recovered,
        "balance": fund.balance,
        "owed": fund.owed,
        "claimed_back": fund.claimed_back,
        "ratio": f"{fund.ratio:.4f}" if fund.ratio is not None else None,
        "ratio_max": most.value if most else None,
        "above": above,
        "warning": _warning(most) if above and most else None,
        "grounds": ["A-54"],
    }


def _warning(most: Parameter) -> str:
    percent = f"{(Decimal(most.value) * 100).normalize():f}%"
    return f"基金累计结余一般应不超过当年筹集基金总额的{percent}，现已超过"


async def _most(services: Services, session: AsyncSession, division: str, year: int) -> Parameter | None:
    """The ratio in force at the year's end, or today in a year that goes on."""
    day = min(today(services.clock), date(year, 12, 31))
    return (await load_rulebook(session, division, today(services.clock))).find("BALANCE_RATIO_MAX", day)


async def _parts(
    session: AsyncSession, division: str, moved: Sequence[Movement], year: int, most: Parameter | None
) -> list[dict[str, Any]]:
    """Cities of the province, counties of the city, that have any movement; nothing for a county."""
    if level_of(division) is Level.COUNTY:
        return []
    width = len(division) + 2
    codes = sorted({one.division[:width] for one in moved})
    rows = await session.execute(select(DivisionRow.code, DivisionRow.name).where(DivisionRow.code.in_(codes)))
    names = {row.code: row.name for row in rows}
    return [
        _year_view(
            code,
            names.get(code, code),
            fund_year([one for one in moved if one.division.startswith(code)], year),
            most,
        )
        for code in codes
    ]


async def _incomes(
    services: Services, session: AsyncSession, user: CurrentUser, division: str, year: int
) -> list[dict[str, Any]]:
    """The entries of a county's year, the voucher only for the county's own offices."""
    if level_of(division) is not Level.COUNTY or user.division != division:
        return []
    rows = await session.scalars(
        select(IncomeRow)
        .where(IncomeRow.division == division)
        .where(IncomeRow.received_on.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(IncomeRow.received_on, IncomeRow.id)
    )
    return [_income(services, session, user, row) for row in rows]


def _income(services: Services, session: AsyncSession, user: CurrentUser, row: IncomeRow) -> dict[str, Any]:
    look = Look(str(user.id), "fund_income", row.id, row.division, "fund.view", services.clock.now())
    typed = disclose(session, services.vault, look, {"typed": Cell("fund_income", "typed", row.id, row.typed_sealed)})
    return {
        "id": row.id,
        "source": row.source,
        "source_label": IncomeSource(row.source).label,
        "amount": row.amount,
        "received_on": row.received_on,
        "document": typed["typed"]["document"],
        "undone_on": row.undone_on,
    }


def _check_own(user: CurrentUser, division: str) -> None:
    if division != user.division:
        raise not_found()


def _check(income: Income, now_day: date) -> None:
    problems = []
    if income.amount <= 0:
        problems.append(Problem("/amount", "“金额”应大于0", "amount must be more than 0"))
    if income.received_on > now_day:
        problems.append(Problem("/received_on", "“到账日期”不能晚于今天", "received_on lies in the future"))
    if not income.document.strip():
        problems.append(Problem("/document", "“凭证号”必须填写", "document is required"))
    if problems:
        raise wrong_fields(problems)
