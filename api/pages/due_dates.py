"""计算日期: when a term ends that starts on a day, and why; the same answer as GET /api/v1/policy/due."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal
from api.forms import Form, Wrong, wrongs
from api.pages.desk import AtDesk, Desk
from api.rest.policy import TIMER_UNITS, try_due
from policy.access import Action
from policy.clock import today
from policy.fields import Choice, Field, Kind
from policy.parameters import KINDS

router = APIRouter()
TIMERS = tuple(Choice(key, kind.label) for key, kind in KINDS.items() if TIMER_UNITS & set(kind.units))
FIELDS = (
    Field("key", "期限", Kind.CHOICE, choices=TIMERS),
    Field("division", "区划代码", Kind.LINE),
    Field("from", "起算日", Kind.DATE, required=False, help="按日计算的期限填写"),
    Field("month", "数据所属月份", Kind.LINE, required=False, help="按月计算的期限填写，如 2025-09"),
)


@router.get("/due")
async def due(desk: AtDesk) -> Response:
    """An empty form without a key; else the form with its answer or with what is wrong."""
    desk.demand(Action.TRY_POLICY, "您的岗位不能使用试算")
    query = desk.request.query_params
    if "key" not in query:
        typed = {"division": [desk.signed_in.division], "from": [today(desk.services.clock).isoformat()]}
        return _page(desk, Form("due", typed))
    form = Form("due", {name: query.getlist(name) for name in query})
    try:
        start = date.fromisoformat(form.value("from")) if form.value("from") else None
    except ValueError:
        wrong = Wrong("from", "“起算日”应为日期，如2025-03-12", "from must be a date such as 2025-03-12")
        return _page(desk, Form(form.id, form.typed, (wrong,)), status=422)
    month = "" if start else form.value("month").strip()
    try:
        found = await try_due(
            desk.services, desk.signed_in, form.value("key"), form.value("division").strip(), start, month
        )
    except Refusal as refusal:
        if refusal.status not in (404, 422):
            raise
        wrong_fields = wrongs(refusal.problems) or (Wrong("key", refusal.zh, refusal.en),)
        return _page(desk, Form(form.id, form.typed, wrong_fields), status=422)
    return _page(desk, form, found)


def _page(desk: Desk, form: Form, found: dict[str, Any] | None = None, status: int = 200) -> Response:
    return desk.page("policy/due.html", "due", status=status, form=form, fields=FIELDS, due=found)
