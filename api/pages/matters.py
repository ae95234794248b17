"""信息共享: the matters that a department takes part in, and one of them with what it waits for and what happened."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Literal, cast

from fastapi import APIRouter, Response

from api.exchange.facts import facts_in_words
from api.exchange.matters import PROCEDURE_LABELS, list_matters, view_matter
from api.exchange.months import month_of
from api.pages.desk import AtDesk, Desk
from api.pages.filters import Filters
from policy.steps import is_kind, step

router = APIRouter(prefix="/matters")
HERE = "matters"
STATES = {"": "全部", "open": "办理中", "closed": "已办结"}
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@router.get("")
async def listing(
    desk: AtDesk, procedure: str = "", month: str = "", division: str = "", state: str = "", cursor: str = ""
) -> Response:
    chosen = {
        "procedure": procedure if procedure in {code.value for code in PROCEDURE_LABELS} else "",
        "month": month if MONTH.fullmatch(month) else "",
        "division": division.strip() if division.strip().isdigit() else "",
        "state": state if state in STATES else "",
    }
    page = await list_matters(
        desk.services,
        desk.signed_in,
        procedure=chosen["procedure"],
        month=month_of(chosen["month"]) if chosen["month"] else None,
        division=chosen["division"],
        state=cast(Literal["", "open", "closed"], chosen["state"]),
        cursor=cursor or None,
    )
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {matter["division"] for matter in page.items})
    return desk.page(
        "matters/_matters.html" if desk.fragment_wanted else "matters/list.html",
        HERE,
        matters=page.items,
        next_page=page.next,
        filters=Filters("/matters", chosen),
        filtered=any(chosen.values()),
        procedures=PROCEDURE_LABELS,
        states=STATES,
        own_page=own_page,
    )


@router.get("/{matter_id}")
async def show(desk: AtDesk, matter_id: uuid.UUID, answered: str = "") -> Response:
    matter = await view_matter(desk.services, desk.signed_in, matter_id)
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {matter["division"], *(task["office"]["division"] for task in matter["tasks"])})
    return desk.page(
        "matters/matter.html",
        HERE,
        matter=matter,
        facts=facts_in_words(matter["facts"]),
        open_tasks=[task for task in matter["tasks"] if task["state"] == "open"],
        done_tasks=[task for task in matter["tasks"] if task["state"] != "open"],
        timeline=matter["timeline"],
        own_page=own_page(matter),
        notice=_notice(desk, answered),
    )


def own_page(matter: Mapping[str, Any]) -> str | None:
    """The address of the procedure's own page, for those that have one."""
    by_id = {
        "adjustment": "/adjustments",
        "anomaly": "/anomalies",
        "settlement-review": "/settlement-reviews",
        "high-cost-push": "/pushes",
        "recognition": "/recognitions",
        "review": "/reviews",
        "provincial-list": "/comparisons",
        "rectification": "/rectifications",
        "problem": "/major-problems",
    }
    procedure = matter["procedure"]
    if procedure == "sharing-cycle":
        return f"/cycles/{matter['key']}"
    return f"{by_id[procedure]}/{matter['id']}" if procedure in by_id else None


def _notice(desk: Desk, answered: str) -> str | None:
    if not is_kind(answered):
        return None
    return desk.say(f"“{step(answered).label}”已办理。", "Your answer has been recorded.")
