"""高额费用推送: the months, one month with its list and its receipts, and the release."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from api.exchange.months import month_of
from api.exchange.persons import works_with_lists
from api.exchange.pushes import list_pushes, view_push
from api.identity import CurrentUser
from api.pages.desk import AtDesk
from api.pages.filters import Filters
from policy.access import Action, may

router = APIRouter(prefix="/pushes")
HERE = "pushes"
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@router.get("")
async def listing(desk: AtDesk, month: str = "", division: str = "", cursor: str = "") -> Response:
    chosen = {
        "month": month if MONTH.fullmatch(month) else "",
        "division": division.strip() if division.strip().isdigit() else "",
    }
    found = await list_pushes(
        desk.services,
        desk.signed_in,
        month=month_of(chosen["month"]) if chosen["month"] else None,
        division=chosen["division"],
        cursor=cursor or None,
    )
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {push["division"] for push in found.items})
    return desk.page(
        "pushes/list.html",
        HERE,
        pushes=found.items,
        next_page=found.next,
        filters=Filters("/pushes", chosen),
        may_load=may(desk.signed_in.post, Action.UPLOAD_BURDEN),
    )


@router.get("/{matter_id}")
async def show(desk: AtDesk, matter_id: uuid.UUID, cursor: str = "") -> Response:
    push = await view_push(desk.services, desk.signed_in, matter_id, cursor=cursor or None)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {push["division"], *(task["office"]["division"] for task in push["tasks"])})
    user = desk.signed_in
    return desk.page(
        "pushes/push.html",
        HERE,
        push=push,
        open_tasks=[task for task in push["tasks"] if task["state"] == "open"],
        mine=[task for task in push["tasks"] if task["state"] == "open" and _is_mine(task, user)],
        named=works_with_lists(user, push["division"]),
        of_this_division=user.division == push["division"],
        filters=Filters(f"/pushes/{matter_id}", {}),
        timeline=push["timeline"],
        may_load=may(user.post, Action.UPLOAD_BURDEN) and user.division == push["division"],
    )


def _is_mine(task: Mapping[str, Any], user: CurrentUser) -> bool:
    office = task["office"]
    wanted = (office["division"], office["department"], office["role"])
    return wanted == (user.division, user.post.department.value, user.post.role.value)
