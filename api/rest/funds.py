"""The fund by county and year (A-49 … A-54)."""

import uuid
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from api.idempotency import KeyHeader
from api.identity import User
from api.money.funds import Income, enter_income, undo_income, view_fund
from api.rest.amounts import Yuan
from api.rest.dependencies import At
from policy.payment_terms import IncomeSource
from policy.terms import normal_division

router = APIRouter(prefix="/funds", tags=["funds"])
Division = Annotated[str, Path(pattern=r"^\d{2,12}$")]
Year = Annotated[int, Path(ge=2019, le=2199)]


class IncomeBody(BaseModel):
    """`document`: the voucher; it may name a donor and is kept sealed."""

    model_config = ConfigDict(extra="forbid")

    source: IncomeSource
    amount: Yuan
    received_on: date
    document: Annotated[str, Field(min_length=1, max_length=200)]


@router.get("/{division}/{year}")
async def show(services: At, user: User, division: Division, year: Year) -> dict[str, Any]:
    """Raised, paid, carried over, balance and its ratio; above a county also each part."""
    return await view_fund(services, user, normal_division(division), year)


@router.post("/{division}/income", status_code=201)
async def enter(
    services: At, user: User, division: Division, body: IncomeBody, key: KeyHeader = None
) -> dict[str, Any]:
    income = Income(body.source, body.amount, body.received_on, body.document)
    return await enter_income(services, user, normal_division(division), income, key)


@router.post("/{division}/income/{income_id}/undo", status_code=204)
async def undo(services: At, user: User, division: Division, income_id: uuid.UUID) -> None:
    await undo_income(services, user, normal_division(division), income_id)
