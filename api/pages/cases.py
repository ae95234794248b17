"""案件: the list of a post's area, and one case with all that this reader may see."""

import uuid
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal, not_allowed
from api.pages.case_acts import after_act, offered
from api.pages.case_reading import case_for
from api.pages.desk import AtDesk, Desk
from api.pages.filters import Filters
from api.pages.teamwork import around
from api.rest.applications import list_cases
from policy.access import Action, may
from policy.steps import is_kind, step
from policy.terms import ApplicationStatus

router = APIRouter(prefix="/cases")
SYSTEM = "system"


@router.get("")
async def listing(desk: AtDesk, status: str = "", division: str = "", q: str = "", cursor: str = "") -> Response:
    chosen = {
        "status": status if status in set(ApplicationStatus) else "",
        "division": division.strip() if division.strip().isdigit() else "",
        "q": q,
    }
    found = await _found(desk, chosen, cursor)
    return desk.page(
        "cases/_cases.html" if desk.fragment_wanted else "cases/list.html",
        "cases",
        statuses=list(ApplicationStatus),
        may_file=may(desk.signed_in.post, Action.FILE_APPLICATION),
        may_review_fallback=may(desk.signed_in.post, Action.REVIEW_FALLBACK),
        status=422 if found["refusal"] else 200,
        **found,
    )


@router.get("/{application_id}")
async def show(
    desk: AtDesk, application_id: uuid.UUID, answered: str = "", filed: str = "", acted: str = ""
) -> Response:
    context = await case_for(desk, application_id)
    if context["case"] is None:
        raise not_allowed("您的岗位不能查看案件")
    team = await around(desk, application_id)
    said = team.pop("did")
    notice = _notice(desk, context, answered, filed) or after_act(desk, acted) or said
    acts = offered(desk, context["case"])
    return desk.page("cases/case.html", "cases", **context, **team, **acts, notice=notice)


async def _found(desk: Desk, chosen: dict[str, str], cursor: str) -> dict[str, Any]:
    status = ApplicationStatus(chosen["status"]) if chosen["status"] else None
    try:
        page = await list_cases(
            desk.services, desk.signed_in, status, chosen["division"], chosen["q"], cursor=cursor or None
        )
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        filters = Filters("/cases", chosen | {"q": ""})
        return {"cases": [], "next_page": None, "refusal": refusal, "filters": filters}
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {row["division"] for row in page.items})
    return {"cases": page.items, "next_page": page.next, "refusal": None, "filters": Filters("/cases", chosen)}


def _notice(desk: Desk, shown: Mapping[str, Any], answered: str, filed: str) -> str | None:
    """What was just done; of a filing only to whoever filed, and until the case has gone on."""
    if filed and _just_filed(desk, shown):
        return desk.say("申请已登记，案件编号见下。", "The application has been filed; its number stands below.")
    if is_kind(answered):
        return desk.say(f"“{step(answered).label}”已办理。", "Your answer has been recorded.")
    return None


def _just_filed(desk: Desk, shown: Mapping[str, Any]) -> bool:
    first, *later = shown["timeline"]
    return first["actor"] == desk.signed_in.username and all(entry["actor"] == SYSTEM for entry in later)
