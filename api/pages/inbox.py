"""待办: what waits for me or my office, with its light, its days and the reason for its date."""

from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal
from api.identity import CurrentUser
from api.money.waiting import batches_waiting
from api.pages.desk import AtDesk, Desk
from api.pages.filters import Filters
from api.rest.tasks import OVERSEERS, Box, State, list_tasks
from policy.matter_numbers import as_kept
from policy.steps import every_step, is_kind

router = APIRouter()
STATES: dict[State, str] = {"open": "待办", "overdue": "超期", "suspended": "中止", "stale": "久未办结", "done": "已办"}
FOR_OVERSEERS = ("stale",)
BOXES: dict[Box, str] = {"mine": "我的", "office": "本单位", "area": "辖区"}


@router.get("/inbox")
async def inbox(
    desk: AtDesk, box: Box = "office", state: State = "open", kind: str = "", q: str = "", cursor: str = ""
) -> Response:
    chosen = {"box": box, "state": state, "kind": kind if is_kind(kind) else "", "q": q}
    role = desk.signed_in.post.role
    found = await _found(desk, chosen, cursor)
    return desk.page(
        "inbox/_tasks.html" if desk.fragment_wanted else "inbox/inbox.html",
        "inbox",
        kinds=every_step(),
        boxes={code: label for code, label in BOXES.items() if role in OVERSEERS or code != "area"},
        my_office=_office(desk.signed_in),
        states={code: label for code, label in STATES.items() if role in OVERSEERS or code not in FOR_OVERSEERS},
        batches_waiting=await batches_waiting(desk.services, desk.signed_in),
        ticking=bool(chosen["kind"]) and state in ("open", "overdue"),
        status=422 if found["refusal"] else 200,
        **found,
    )


def _office(user: CurrentUser) -> dict[str, str]:
    """As a task names the office that it waits for."""
    return {"division": user.division, "department": user.post.department.value, "role": user.post.role.value}


async def _found(desk: Desk, chosen: dict[str, Any], cursor: str) -> dict[str, Any]:
    try:
        page = await list_tasks(
            desk.services, desk.signed_in, **(chosen | {"q": as_kept(chosen["q"])}), cursor=cursor or None
        )
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        # What was typed may be a name: it is not repeated in the links of the page.
        filters = Filters("/inbox", chosen | {"q": ""})
        return {"tasks": [], "next_page": None, "refusal": refusal, "filters": filters}
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {task["office"]["division"] for task in page.items})
    return {"tasks": page.items, "next_page": page.next, "refusal": None, "filters": Filters("/inbox", chosen)}
