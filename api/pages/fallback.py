"""沿用上年起付标准的案件: decisions by last year's deductible whose statistic has been published since (B-13, AMB-14)."""

from fastapi import APIRouter, Response

from api.pages.desk import AtDesk
from api.pages.filters import Filters
from api.rest.decisions import list_fallback
from policy.access import Action

router = APIRouter(prefix="/decisions")


@router.get("/fallback")
async def listing(desk: AtDesk, cursor: str = "") -> Response:
    desk.demand(Action.REVIEW_FALLBACK, "您的岗位不能查看沿用上年起付标准的案件")
    found = await list_fallback(desk.services, desk.signed_in, cursor=cursor or None)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {row["division"] for row in found.items})
    filters = Filters("/decisions/fallback", {})
    return desk.page("decisions/fallback.html", "cases", decisions=found.items, next_page=found.next, filters=filters)
