"""试算: what a claim would give by the parameters in force; the same answer as POST /api/v1/policy/assess."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response
from pydantic import ValidationError

from api.errors import Refusal
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages import try_out_form
from api.pages.desk import AtDesk, Desk
from api.pages.diseases import diseases_for
from api.pages.posted import FromForm
from api.pages.try_out_form import ABOUT, CARE_AID_BEFORE, CATEGORIES, COSTS, PATIENT, SWITCHES, TREATED, USED
from api.rest.policy import AssessBody, try_assessment
from api.wrong_shape import shape_problem
from policy.access import Action
from policy.clock import today
from policy.treatment import TreatmentKind

router = APIRouter(prefix="/assess")
OUTCOMES = {"eligible": "符合救助条件", "not_eligible": "不符合救助条件", "parameter_missing": "缺少参数，不能核算"}


@router.get("")
async def empty(desk: AtDesk) -> Response:
    desk.demand(Action.TRY_POLICY, "您的岗位不能使用试算")
    typed = {
        "division": [desk.signed_in.division],
        "on": [today(desk.services.clock).isoformat()],
        "costs.treatment": [TreatmentKind.INPATIENT.value],
    }
    return _page(desk, Form("assess", typed))


@router.post("")
async def assess(desk: AtDesk, posted: FromForm) -> Response:
    """Nothing is written, so the answer stands on the very page that asked."""
    desk.demand(Action.TRY_POLICY, "您的岗位不能使用试算")
    form = Form("assess", posted.typed)
    if posted.stale:
        return _page(desk, replace(form, problems=(Wrong("", posted.stale.zh, posted.stale.en),)), status=422)
    try:
        body = AssessBody.model_validate(_asked(form))
        decision = await try_assessment(desk.services, desk.signed_in, body)
    except ValidationError as error:
        problems = [shape_problem(found["type"], found["loc"], found.get("ctx")) for found in error.errors()]
        return _page(desk, replace(form, problems=wrongs(problems)), status=422)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        return _page(desk, replace(form, problems=wrongs(refusal.problems)), status=422)
    return _page(desk, form, {"amount": None, **decision})


def _asked(form: Form) -> dict[str, Any]:
    costs: dict[str, Any] = answer_fields((*COSTS, *TREATED), form.part("costs."))
    costs |= {name: True for name, _label in SWITCHES if form.value(f"costs.{name}")}
    before, _label = CARE_AID_BEFORE
    return {
        **answer_fields((*ABOUT, CATEGORIES, *USED, PATIENT), form),
        **({before: True} if form.value(before) else {}),
        "costs": costs,
    }


def _page(desk: Desk, form: Form, decision: dict[str, Any] | None = None, status: int = 200) -> Response:
    return desk.page(
        "policy/assess.html",
        "assess",
        status=status,
        form=form,
        fields=try_out_form,
        diseases=diseases_for(desk),
        decision=decision,
        outcome_label=OUTCOMES[decision["outcome"]] if decision else "",
    )
