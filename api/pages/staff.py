"""人员: who is in the unit, who is away and who stands in, who has left; and days on which an office is closed."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from activities.closing import Shutting
from api.errors import Refusal, wrong_fields
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm, Posted
from api.pages.refusals import Way, refused
from api.teamwork import absences, closures, staff
from policy.problems import Problem
from policy.teamwork import may_close_office
from policy.terms import normal_division

router = APIRouter(prefix="/staff")
BACK = Way("/staff", "返回上一页")
LABELS = {"from": "起始日期", "to": "截止日期", "substitute": "代理人", "reason": "原因", "document": "依据"}
DID = {
    "absence": "请假和代理已登记。",
    "ended": "请假已撤销。",
    "left": "已登记离岗，其待办事项已全部转出。",
    "returned": "离岗已撤销。",
    "closed": "停办已登记，受影响的期限已重新计算。",
    "reopened": "停办登记已撤销。",
}


@router.get("")
async def listing(desk: AtDesk) -> Response:
    user = desk.signed_in
    people = await staff.staff_of(desk.services, user)
    closes = may_close_office(user.post, user.division, user.division)
    return desk.page(
        "staff/list.html",
        "staff",
        people=people,
        active=[person for person in people if person["active"]],
        heads=any(person["may_leave"] for person in people),
        closures=await closures.closures_in(desk.services, user) if closes else [],
        closes=closes,
        division=user.division,
        notice=DID.get(desk.request.query_params.get("did", "")),
    )


@router.post("/absences")
async def enter_absence(desk: AtDesk, posted: FromForm) -> Response:
    async def do() -> object:
        who, substitute = posted.text("who") or desk.signed_in.username, posted.text("substitute")
        first, last = _day(posted, "from"), _day(posted, "to")
        return await absences.enter_absence(desk.services, desk.signed_in, who, first, last, substitute)

    return await _done(desk, posted, "absence", do)


@router.post("/absences/{absence_id}/end")
async def end_absence(desk: AtDesk, posted: FromForm, absence_id: UUID) -> Response:
    return await _done(desk, posted, "ended", lambda: absences.end_absence(desk.services, desk.signed_in, absence_id))


@router.post("/leave")
async def leave(desk: AtDesk, posted: FromForm) -> Response:
    who, successor = posted.text("who"), posted.text("successor") or None
    return await _done(desk, posted, "left", lambda: staff.leave(desk.services, desk.signed_in, who, successor))


@router.post("/return")
async def come_back(desk: AtDesk, posted: FromForm) -> Response:
    who = posted.text("who")
    return await _done(desk, posted, "returned", lambda: staff.come_back(desk.services, desk.signed_in, who))


@router.post("/closures")
async def close(desk: AtDesk, posted: FromForm) -> Response:
    async def do() -> object:
        reason = posted.text("reason")[:40]
        if not reason:
            raise wrong_fields([Problem("/reason", "请填写停办原因", "say why")])
        shutting = Shutting(
            normal_division(posted.text("division")),
            _day(posted, "from"),
            _day(posted, "to"),
            reason,
            posted.text("document")[:80],
        )
        return await closures.close_offices(desk.services, desk.signed_in, shutting, posted.once)

    return await _done(desk, posted, "closed", do)


@router.post("/closures/{closure_id}/withdraw")
async def reopen(desk: AtDesk, posted: FromForm, closure_id: UUID) -> Response:
    return await _done(desk, posted, "reopened", lambda: closures.take_back(desk.services, desk.signed_in, closure_id))


async def _done(desk: Desk, posted: Posted, act: str, do: Callable[[], Awaitable[object]]) -> Response:
    posted.demand_fresh()
    try:
        await do()
    except Refusal as refusal:
        typed = [(label, posted.text(name)) for name, label in LABELS.items() if posted.text(name)]
        return refused(desk, refusal, typed=typed, ways=(BACK,))
    return see_other(f"/staff?did={act}")


def _day(posted: Posted, name: str) -> date:
    try:
        return date.fromisoformat(posted.text(name))
    except ValueError:
        zh = f"“{LABELS[name]}”应为日期，如2025-03-12"
        raise wrong_fields([Problem(f"/{name}", zh, f"{name} must be a date")]) from None
