"""Acts on a whole case as forms: one page for each, drawn from its declaration; an answer taken back; where it leads."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal, not_allowed, not_found
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages import application_form
from api.pages.case_reading import case_for
from api.pages.correction_form import corrected, registered
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm
from api.pages.refusals import Way, refused
from api.prefer import DEFAULT_WAIT
from api.rest.case_acts import act_and_wait, recall_and_wait
from policy.case_acts import CASE_ACTS, CORRECT, PAYEE, WITHDRAW, CaseAct, acts_for
from policy.fields import Field, Kind
from policy.recall import may_follow, recallable
from policy.steps import is_kind, step
from policy.terms import ApplicationStatus

router = APIRouter()

PAPER_ENTRY = (
    Field("done_on", "实际办理日期", Kind.DATE, required=False, help="不早于上一环节，不晚于今天"),
    Field("paper_reason", "补录原因", Kind.TEXT, required=False, help="补录时必填"),
)


@dataclass(frozen=True)
class Recallable:
    """The reader's own last answer, which nobody has taken up."""

    task: str
    title: str
    outcome: str


def offered(desk: Desk, case: Mapping[str, Any]) -> dict[str, Any]:
    """The context of `templates/case_acts/_offered.html`: what this reader may do to the case now."""
    acts = acts_for(desk.signed_in.post, ApplicationStatus(case["status"]))
    shown = [
        act for act in acts if (act.in_transit or not case["in_transit"]) and (act is not PAYEE or case["deceased_on"])
    ]
    return {"case_acts": shown, "recallable": _recallable(desk.signed_in.username, case)}


def _recallable(username: str, case: Mapping[str, Any]) -> Recallable | None:
    """From the timeline and the open tasks; the counter checks again."""
    back = {entry["codes"]["task"] for entry in case["timeline"] if entry["tag"] == "counter:application:recall"}
    last: tuple[Mapping[str, Any], str, str] | None = None
    for entry in case["timeline"]:
        source, kind, outcome = (*entry["tag"].split(":"), "", "")[:3]
        main = source == "counter" and is_kind(kind) and step(kind).status is not None
        if main and step(kind).outcome(outcome) and entry["codes"].get("task") not in back:
            last = entry, kind, outcome
    if last is None or case["in_transit"] or last[0]["actor"] != username or not recallable(last[1], last[2]):
        return None
    entry, kind, outcome = last
    following = [task for task in case["open_tasks"] if may_follow(kind, outcome, task["kind"])]
    if not following or following[0]["assignee"] is not None:
        return None
    chosen = step(kind).outcome(outcome)
    return Recallable(entry["codes"]["task"], step(kind).label, chosen.label if chosen else outcome)


@router.get("/cases/{application_id}/acts/{name}")
async def form(desk: AtDesk, application_id: uuid.UUID, name: str) -> Response:
    declared, case = await _declared(desk, application_id, name)
    typed = registered(case) if declared is CORRECT else {}
    return _page(desk, declared, case, Form(declared.name, typed))


@router.post("/cases/{application_id}/acts/{name}")
async def submit(desk: AtDesk, posted: FromForm, application_id: uuid.UUID, name: str) -> Response:
    """Does it and leads to the case; a wrong field shows the form again with all that was typed."""
    declared, case = await _declared(desk, application_id, name)
    filled = Form(declared.name, posted.typed)
    if posted.stale:
        return _page(desk, declared, case, filled, (Wrong("", posted.stale.zh, posted.stale.en),))
    try:
        after = await act_and_wait(
            desk.services, desk.signed_in, application_id, name, _sent(declared, filled), DEFAULT_WAIT, posted.once
        )
    except Refusal as refusal:
        if refusal.status not in (409, 422):
            raise
        wrong = wrongs(refusal.problems) or (Wrong("", refusal.zh, refusal.en, refusal.clause),)
        return _page(desk, declared, case, filled, wrong)
    return _led_on(after, name)


@router.post("/cases/{application_id}/recall/{task_id}")
async def recall(desk: AtDesk, posted: FromForm, application_id: uuid.UUID, task_id: uuid.UUID) -> Response:
    posted.demand_fresh()
    reason = posted.text("reason") or None
    try:
        after = await recall_and_wait(desk.services, desk.signed_in, task_id, reason, DEFAULT_WAIT, posted.once)
    except Refusal as refusal:
        return refused(desk, refusal, ways=(Way(f"/cases/{application_id}", "查看案件"),))
    return _led_on(after, "recall")


def _led_on(after: Mapping[str, Any], done: str) -> Response:
    """To the case, which says what was done; to the list where it has gone to another office."""
    subject = after["subject"]
    return see_other(f"/cases/{subject['id']}?acted={done}" if "status" in subject else "/cases")


def after_act(desk: Desk, name: str) -> str | None:
    """What the address says was just done to the case; only words of ours."""
    if name == "recall":
        return desk.say("办理结果已撤回。", "The answer has been taken back.")
    if name in CASE_ACTS:
        return desk.say(f"“{CASE_ACTS[name].label}”已办理。", "This has been done.")
    return None


async def _declared(desk: Desk, application_id: uuid.UUID, name: str) -> tuple[CaseAct, dict[str, Any]]:
    """The act and the case. Raises Refusal for an act that there is not, or not for this post."""
    declared = CASE_ACTS.get(name)
    if declared is None:
        raise not_found("没有这种办理")
    if desk.signed_in.post not in declared.who:
        raise not_allowed(f"您的岗位不能办理“{declared.label}”")
    case = (await case_for(desk, application_id))["case"]
    if case is None:
        raise not_allowed("您的岗位不能查看案件")
    return declared, case


def _page(
    desk: Desk, declared: CaseAct, case: Mapping[str, Any], shown: Form, wrong: tuple[Wrong, ...] = ()
) -> Response:
    return desk.page(
        "case_acts/act.html",
        "cases",
        status=422 if wrong else 200,
        case=case,
        act=declared,
        act_fields=_asked(declared),
        form=Form(shown.id, shown.typed, wrong),
        fields=application_form,
        payee_fields=application_form.PAYEE if declared is PAYEE else (),
        correcting=declared is CORRECT,
        paper_entry_fields=PAPER_ENTRY,
    )


def _asked(declared: CaseAct) -> tuple[Field, ...]:
    """The act's own fields. A withdrawal ends the case: on the page it is not sent off without saying why."""
    if declared is not WITHDRAW:
        return declared.fields
    return tuple(replace(field, required=True) for field in declared.fields)


def _sent(declared: CaseAct, filled: Form) -> dict[str, Any]:
    """What a program would send."""
    sent = answer_fields((*declared.fields, *PAPER_ENTRY), filled)
    if declared is CORRECT:
        sent |= corrected(filled)
    elif declared is PAYEE:
        sent["payee"] = answer_fields(application_form.PAYEE, filled.part("payee."))
    return sent
