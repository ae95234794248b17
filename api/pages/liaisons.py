"""联络员名册 (C-19, C-34): the list with its filters, who has named nobody, the form, one office's history."""

import re
import uuid
from typing import Any

from fastapi import APIRouter, Response

from api.errors import wrong_fields
from api.exchange import liaison_register, liaisons
from api.exchange.handing_out import Form, handed_out
from api.exchange.liaison_out import liaison_list
from api.exchange.liaison_register import Asked
from api.pages.acting import done, typed_day, typed_text
from api.pages.desk import AtDesk, Desk
from api.pages.filters import Filters
from api.pages.posted import FromForm, Posted
from api.pages.refusals import Way
from policy.clock import today
from policy.liaison import WORKERS, LiaisonState
from policy.problems import Problem
from policy.terms import Department, Level
from store.liaisons import named_on

router = APIRouter(prefix="/liaisons")
HERE = "liaisons"
MISSING = "missing"
STATES = {**{state.value: state.label for state in LiaisonState}, "all": "全部", MISSING: "缺少联络员"}
LEVELS = (Level.PROVINCE, Level.CITY, Level.COUNTY)
BUREAUS = tuple(one for one in Department if one is not Department.TOWNSHIP_GOVERNMENT)
PLACE = re.compile(r"\d{0,12}|[\u4e00-\u9fff]{1,20}")
"""What the search box takes: a division's name or code."""
LABELS = {
    "lead_office": "牵头处（科）室",
    "liaison": "联络员",
    "liaison_phone": "联络员电话",
    "cooperating_office": "配合科室",
    "specialist": "专员",
    "specialist_phone": "专员电话",
    "starts_on": "生效日期",
    "ends_on": "截止日期",
    "substitute": "代理人",
    "substitute_phone": "代理人电话",
    "substitute_from": "代理开始日期",
    "substitute_until": "代理结束日期",
    "last_day": "最后一日",
}
WAY = Way("/liaisons", "返回联络员名册")


@router.get("")
async def register(
    desk: AtDesk, q: str = "", level: str = "", department: str = "", state: str = "valid", cursor: str = ""
) -> Response:
    user, chosen = desk.signed_in, _chosen(q, level, department, state)
    absent = await _missing(desk, chosen)
    found = None
    if chosen["state"] != MISSING:
        found = await liaison_register.list_liaisons(desk.services, user, _asked(chosen), cursor=cursor or None)
    async with desk.services.database.transaction(user.scope) as session:
        named = await named_on(session, today(desk.services.clock), user.division)
        kept = [one for one in await liaisons.departments_kept(session, user) if (user.division, one) not in named]
    return desk.page(
        "liaisons/register.html",
        HERE,
        entries=found.items if found else [],
        next_page=found.next if found else None,
        missing=absent,
        filters=Filters("/liaisons", chosen),
        states=STATES,
        levels=LEVELS,
        departments=BUREAUS,
        kept=kept,
        may_export=user.post.role in WORKERS,
    )


@router.get("/list.{form}")
async def list_out(desk: AtDesk, form: Form, q: str = "", level: str = "") -> Response:
    made = await liaison_list(desk.services, desk.signed_in, _asked(_chosen(q, level, "", "valid")))
    return await handed_out(made, "联络员名单", form)


@router.post("")
async def enter(desk: AtDesk, posted: FromForm) -> Response:
    async def do() -> str:
        code = posted.text("department")
        if code not in {one.value for one in BUREAUS}:
            raise wrong_fields([Problem("/department", "请选择部门", "choose the department", "C-19")])
        made = await liaisons.enter(desk.services, desk.signed_in, Department(code), _wanted(posted), posted.once)
        return f"/liaisons/{made['id']}"

    return await done(desk, posted, LABELS, WAY, do)


@router.get("/{liaison_id}")
async def show(desk: AtDesk, liaison_id: uuid.UUID) -> Response:
    shown = await liaison_register.view_liaison(desk.services, desk.signed_in, liaison_id)
    return desk.page("liaisons/entry.html", HERE, entry=shown)


@router.post("/{liaison_id}/changes")
async def change(desk: AtDesk, posted: FromForm, liaison_id: uuid.UUID) -> Response:
    async def do() -> str:
        made = await liaisons.change(desk.services, desk.signed_in, liaison_id, _wanted(posted), posted.once)
        return f"/liaisons/{made['id']}"

    return await done(desk, posted, LABELS, Way(f"/liaisons/{liaison_id}", "返回联络员登记"), do)


@router.post("/{liaison_id}/end")
async def end(desk: AtDesk, posted: FromForm, liaison_id: uuid.UUID) -> Response:
    async def do() -> None:
        last_day = typed_day(posted, "last_day", LABELS["last_day"])
        await liaisons.end(desk.services, desk.signed_in, liaison_id, last_day, posted.once)

    return await done(desk, posted, LABELS, Way(f"/liaisons/{liaison_id}", "返回联络员登记"), do)


async def _missing(desk: Desk, chosen: dict[str, str]) -> list[dict[str, Any]]:
    """Who has named nobody, of those that the filters leave."""
    found = await liaison_register.missing(desk.services, desk.signed_in, department=chosen["department"])
    return [
        one
        for one in found
        if chosen["level"] in ("", one["level"])
        and (chosen["q"] in one["division_name"] or one["division"].startswith(chosen["q"]))
    ]


def _chosen(q: str, level: str, department: str, state: str) -> dict[str, str]:
    return {
        "q": q.strip() if PLACE.fullmatch(q.strip()) else "",
        "level": level if level in set(Level) else "",
        "department": department if department in {one.value for one in BUREAUS} else "",
        "state": state if state in STATES else LiaisonState.VALID.value,
    }


def _asked(chosen: dict[str, str]) -> Asked:
    state = "" if chosen["state"] in ("all", MISSING) else chosen["state"]
    return Asked(department=chosen["department"], level=chosen["level"], state=state, q=chosen["q"])


def _wanted(posted: Posted) -> liaisons.WantedLiaison:
    """What was typed. Raises Refusal 422."""
    days = {
        name: typed_day(posted, name, LABELS[name]) if posted.text(name) else None
        for name in ("ends_on", "substitute_from", "substitute_until")
    }
    return liaisons.WantedLiaison(
        lead_office=typed_text(posted, "lead_office", LABELS["lead_office"]),
        liaison=typed_text(posted, "liaison", LABELS["liaison"]),
        liaison_phone=typed_text(posted, "liaison_phone", LABELS["liaison_phone"]),
        starts_on=typed_day(posted, "starts_on", LABELS["starts_on"]),
        cooperating_office=posted.text("cooperating_office"),
        specialist=posted.text("specialist"),
        specialist_phone=posted.text("specialist_phone"),
        substitute=posted.text("substitute"),
        substitute_phone=posted.text("substitute_phone"),
        **days,
    )
