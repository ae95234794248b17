"""The board of the monthly exchange, a county's month, what is overdue, and the statistics (design: one row per county)."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.exchange import cycles, statistics
from api.exchange.batches import WantedBatch, enter_batch
from api.exchange.benefits import shared_rows
from api.exchange.months import MonthQuery, month_of
from api.idempotency import KeyHeader
from api.identity import User
from api.rest.dependencies import At
from api.rest.uploads import workbook
from policy.clock import today
from policy.exchange_terms import Carrier
from policy.terms import Department, normal_division

router = APIRouter(tags=["exchange"])

DivisionQuery = Annotated[str, Query(max_length=12, pattern=r"^\d*$")]
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


class BatchBody(BaseModel):
    """`partner`: for the bureau, with whom it shares. `person_times` by kind of data or category; `zero`: 本月无变动."""

    model_config = ConfigDict(extra="forbid")

    carrier: Carrier
    person_times: dict[str, Annotated[int, Field(ge=0, le=10_000_000)]] = Field(default_factory=dict, max_length=20)
    partner: Department | None = None
    zero: bool = False
    provided_on: date | None = None


@router.get("/cycles")
async def board(
    services: At, user: User, month: MonthQuery = None, division: DivisionQuery = "", as_of: date | None = None
) -> dict[str, Any]:
    """The board for the data month (default: the present one): the sharing of it, review and push about it.

    `as_of`: as it stood at the end of that day.
    """
    shown = month_of(month) if month else today(services.clock).replace(day=1)
    return await cycles.board(services, user, shown, normal_division(division), as_of)


@router.get("/cycles/overdue")
async def overdue(services: At, user: User, month: MonthQuery = None, division: DivisionQuery = "") -> dict[str, Any]:
    """What of the exchange is overdue, and who has been told of it."""
    return await cycles.overdue(services, user, normal_division(division), month_of(month) if month else None)


@router.get("/cycles/{division}/{month}")
async def show(
    services: At,
    user: User,
    division: Annotated[str, Path(max_length=12, pattern=r"^\d{6,12}$")],
    month: Annotated[str, Path(pattern=MONTH)],
) -> dict[str, Any]:
    """One county's month with its batches, anomalies, feedback and timeline."""
    return await cycles.view_cycle(services, user, normal_division(division), month_of(month))


@router.post("/cycles/{division}/{month}/batches", status_code=201)
async def enter(
    services: At,
    user: User,
    division: Annotated[str, Path(max_length=12, pattern=r"^\d{6,12}$")],
    month: Annotated[str, Path(pattern=MONTH)],
    body: BatchBody,
    key: KeyHeader = None,
) -> dict[str, Any]:
    """A batch that travelled on paper, by an interface or as a file outside; the receiver is asked to confirm its counts."""
    wanted = WantedBatch(**body.model_dump())
    return await enter_batch(services, user, normal_division(division), month_of(month), wanted, key)


@router.get("/sharings/{sharing_id}/rows.xlsx")
async def rows(services: At, user: User, sharing_id: uuid.UUID) -> Response:
    """The persons of a batch that the bureau has shared with civil affairs: for these two offices of that county; logged."""
    return workbook(await shared_rows(services, user, sharing_id), "参保和待遇数据.xlsx")


@router.get("/statistics")
async def counted(services: At, user: User, month: MonthQuery = None, division: DivisionQuery = "") -> dict[str, Any]:
    """ST-1 … ST-10 of a month; what cannot be counted yet is null, with the reason."""
    shown = month_of(month) if month else today(services.clock).replace(day=1)
    return await statistics.statistics_of(services, user, shown, normal_division(division))


@router.get("/statistics.xlsx")
async def as_workbook(services: At, user: User, month: MonthQuery = None, division: DivisionQuery = "") -> Response:
    """The same as a workbook, a sheet for each."""
    found = await counted(services, user, month, division)
    return workbook(statistics.as_workbook(found), f"信息共享统计{found['month']}.xlsx")


@router.get("/statistics.csv")
async def as_csv(
    services: At,
    user: User,
    code: Literal["ST-1", "ST-2", "ST-8", "ST-9"] = "ST-1",
    month: MonthQuery = None,
    division: DivisionQuery = "",
) -> Response:
    """One of them as csv (UTF-8)."""
    found = await counted(services, user, month, division)
    name = quote(f"{code}-{found['month']}.csv")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
    return Response(statistics.as_csv(found, code), media_type="text/csv; charset=utf-8", headers=headers)
