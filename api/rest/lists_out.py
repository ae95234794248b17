"""Lists out as files: 附件3 and 附件4 of an adjustment, the list and the feedback of a push, the summary of a month."""

import uuid
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from api.exchange.handing_out import Form, handed_out
from api.exchange.lists_out import annex_3, annex_4
from api.exchange.months import month_of
from api.exchange.push_lists_out import feedback_list, push_list
from api.exchange.roster_out import annex_2
from api.exchange.summary_out import monthly_summary
from api.identity import User
from api.rest.dependencies import At
from policy.terms import Category

router = APIRouter(tags=["exchange"])
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"


@router.get("/adjustments/{matter_id}/annex3.{form}")
async def roster(services: At, user: User, matter_id: uuid.UUID, form: Form) -> Response:
    """附件3 as provided; logged."""
    return await handed_out(await annex_3(services, user, matter_id), "附件3", form)


@router.get("/adjustments/{matter_id}/annex4.{form}")
async def certificate(services: At, user: User, matter_id: uuid.UUID, form: Form) -> Response:
    """附件4 as it was certified."""
    return await handed_out(await annex_4(services, user, matter_id), "附件4", form)


@router.get("/rosters/{category}/annex2.{form}")
async def marked(services: At, user: User, category: Category, form: Form, on: date | None = None) -> Response:
    """附件2 of those who are marked with the category on a day (default: today), in the reader's county; logged."""
    return await handed_out(await annex_2(services, user, category, on), "附件2", form)


@router.get("/pushes/{matter_id}/list.{form}")
async def pushed(services: At, user: User, matter_id: uuid.UUID, form: Form) -> Response:
    """高额费用负担患者名单; logged for each person."""
    return await handed_out(await push_list(services, user, matter_id), "高额费用负担患者名单", form)


@router.get("/pushes/{matter_id}/feedback.{form}")
async def fed_back(services: At, user: User, matter_id: uuid.UUID, form: Form) -> Response:
    """认定反馈名单 of those who were pushed that month; logged for each person."""
    return await handed_out(await feedback_list(services, user, matter_id), "认定反馈名单", form)


@router.get("/cycles/{division}/{month}/summary.{form}")
async def summary(
    services: At,
    user: User,
    division: Annotated[str, Path(max_length=12, pattern=r"^\d{6,12}$")],
    month: Annotated[str, Path(pattern=MONTH)],
    form: Form,
) -> Response:
    """月度信息共享汇总表: counts and signatures only."""
    made = await monthly_summary(services, user, division, month_of(month))
    return await handed_out(made, f"月度信息共享汇总表{month}", form)
