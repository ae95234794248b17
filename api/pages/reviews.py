"""集中复核 and 省级名单比对: the rows of a county's month, the differences of a city's list; bulk acts by ticking."""

import uuid
from typing import Any

from fastapi import APIRouter, Response

from api.errors import wrong_fields
from api.exchange import comparisons, reviews
from api.exchange.handing_out import pdf_of
from api.exchange.review_paper import review_summary
from api.pages.acting import done, ticked
from api.pages.desk import AtDesk, Desk
from api.pages.posted import FromForm
from api.pages.refusals import Way
from policy.joint_review import ReviewMark
from policy.problems import Problem
from policy.provincial_comparison import DifferenceCause, Side

router = APIRouter()
HERE = "matters"
CAUSE_LABELS = {"note": "说明"}


@router.get("/reviews/{matter_id}")
async def review(desk: AtDesk, matter_id: uuid.UUID) -> Response:
    shown = await reviews.view_review(desk.services, desk.signed_in, matter_id)
    await _learn(desk, shown)
    return desk.page("supervision/review.html", HERE, review=shown, timeline=shown["timeline"])


@router.get("/reviews/{matter_id}/summary.pdf")
async def summary(desk: AtDesk, matter_id: uuid.UUID) -> Response:
    return await pdf_of(await review_summary(desk.services, desk.signed_in, matter_id), "集中复核汇总表")


@router.post("/reviews/{matter_id}/marks")
async def mark(desk: AtDesk, posted: FromForm, matter_id: uuid.UUID) -> Response:
    async def do() -> None:
        said = posted.text("mark")
        if said not in set(ReviewMark):
            raise wrong_fields([Problem("/mark", "请选择核对结果", "choose what you found")])
        await reviews.mark_rows(desk.services, desk.signed_in, matter_id, ticked(posted, "row"), ReviewMark(said))

    return await done(desk, posted, {}, Way(f"/reviews/{matter_id}", "返回集中复核"), do)


@router.get("/comparisons/{matter_id}")
async def comparison(desk: AtDesk, matter_id: uuid.UUID, side: str = "") -> Response:
    chosen = Side(side) if side in set(Side) else None
    shown = await comparisons.view_comparison(desk.services, desk.signed_in, matter_id, chosen)
    await _learn(desk, shown)
    return desk.page(
        "supervision/comparison.html", HERE, comparison=shown, sides=list(Side), side=side, timeline=shown["timeline"]
    )


@router.post("/comparisons/{matter_id}/causes")
async def explain(desk: AtDesk, posted: FromForm, matter_id: uuid.UUID) -> Response:
    async def do() -> None:
        said = posted.text("cause")
        if said not in set(DifferenceCause):
            raise wrong_fields([Problem("/cause", "请选择差异原因", "choose the cause")])
        wanted = comparisons.WantedCause(ticked(posted, "item"), DifferenceCause(said), posted.text("note"))
        await comparisons.explain(desk.services, desk.signed_in, matter_id, wanted)

    return await done(desk, posted, CAUSE_LABELS, Way(f"/comparisons/{matter_id}", "返回名单比对"), do)


async def _learn(desk: Desk, shown: dict[str, Any]) -> None:
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        counties = {item["county"] for item in shown.get("items", []) if item["county"]}
        offices = {task["office"]["division"] for task in shown["tasks"]}
        await desk.learn(session, {shown["division"], *offices, *counties})
