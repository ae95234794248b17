"""试算: what is due when, what a claim would give, until when a refusal may be challenged. Nothing is written."""

import re
from dataclasses import fields
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.errors import Refusal, wrong_fields
from api.filing.shape import ZERO, Code, CostStatement, Day, Money
from api.identity import CurrentUser, User
from api.presentation import json_object
from api.rest.dependencies import At
from api.services import Services
from api.trying import DivisionCode, Tried, check_year, law_tried, missing_parameter
from policy.benefit import assess
from policy.case_facts import CaseFacts
from policy.costs import Costs, check_costs
from policy.deadlines import (
    CALENDAR_DAYS,
    DAY_OF_MONTH,
    DAY_OF_NEXT_MONTH,
    MONTHS,
    WORKING_DAYS,
    Due,
    due_after,
    due_in_month,
)
from policy.decision import Decision
from policy.parameters import KINDS, base_of
from policy.problems import Problem
from policy.remedies import remedies
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Category, Residence
from policy.treatment import Treatment, TreatmentKind, normal_code
from store.periods import basis
from store.rulebook import parameter_record

router = APIRouter(tags=["policy"], prefix="/policy")
MONTHLY = {DAY_OF_NEXT_MONTH, DAY_OF_MONTH}
TIMER_UNITS = {WORKING_DAYS, CALENDAR_DAYS, MONTHS, *MONTHLY}
Division = Annotated[str, Query(min_length=2, max_length=12, pattern=r"^\d+$")]


class CostsTried(Tried):
    """The amounts of a cost statement and the facts of its treatment. Whatever else an application says about its costs
    may stand beside them, unread.
    """

    total: Money
    compliant_total: Money
    basic: Money = ZERO
    critical_illness: Money = ZERO
    supplementary: Money = ZERO
    commercial: Money = ZERO
    preferential_subsidy: Money = ZERO
    mutual_aid: Money = ZERO
    treatment: TreatmentKind = TreatmentKind.INPATIENT
    disease_code: Code | None = None
    joint_replacement: bool = False
    late_stage: bool = False
    institution_code: Code | None = None
    referred: bool = False
    in_province: bool = False

    @model_validator(mode="before")
    @classmethod
    def _what_is_read(cls, sent: Any) -> Any:
        beside = CostStatement.model_fields.keys() - cls.model_fields.keys()
        return {name: value for name, value in sent.items() if name not in beside} if isinstance(sent, dict) else sent


class AssessBody(Tried):
    division: DivisionCode
    on: Day
    categories: Annotated[list[Category], Field(min_length=1, max_length=12)]
    residence: Residence | None = None
    costs: CostsTried
    paid_this_year: Money = ZERO
    deductible_used_this_year: Money = ZERO
    disease_code: Code | None = None
    """The same as in `costs`, which it goes before."""
    age: Annotated[int | None, Field(ge=0, le=150)] = None
    """Full years on that day: some diseases are for children only (A-61)."""
    care_aid_before: bool = False
    outpatient_paid: Money = ZERO
    """Outpatient aid already granted in the period of that day (A-12)."""


class RemediesBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    division: DivisionCode
    received_on: Day


@router.get("/due")
async def due(
    services: At,
    user: User,
    key: Annotated[str, Query(min_length=1, max_length=60)],
    division: Division,
    start: Annotated[date | None, Query(alias="from")] = None,
    month: Annotated[str, Query(max_length=7)] = "",
) -> dict[str, Any]:
    """When `key` is due, and why on that day: from a day, or for the data of a month (monthly dates)."""
    return await try_due(services, user, key, division, start, month)


@router.post("/assess")
async def assess_claim(services: At, user: User, body: AssessBody) -> dict[str, Any]:
    """A Decision; with a parameter missing its outcome says so and names the keys, and there is no amount."""
    return await try_assessment(services, user, body)


@router.post("/remedies")
async def remedy_dates(services: At, user: User, body: RemediesBody) -> dict[str, Any]:
    """Both last days, counted from the day of receipt."""
    check_year("/received_on", body.received_on)
    async with law_tried(services, user, body.division) as rulebook:
        try:
            until = remedies(rulebook, body.received_on)
        except MissingParameter as missing:
            raise missing_parameter(missing.key) from missing
    return json_object(
        {
            "reconsideration_until": until.reconsideration_until.nominal,
            "suit_until": until.suit_until.nominal,
            "grounds": list(until.grounds),
            "why": {"reconsideration": basis(until.reconsideration_until), "suit": basis(until.suit_until)},
        }
    )


async def try_due(
    services: Services, user: CurrentUser, key: str, division: str, start: date | None, month: str
) -> dict[str, Any]:
    """As GET /policy/due answers. Raises Refusal: 404 for a key that is no timer, 422 for neither day nor month."""
    _check_timer(key)
    check_year("/from", start)
    async with law_tried(services, user, division) as rulebook:
        try:
            if month:
                found = _in_month(rulebook, key, _month(month))
            elif start:
                found = _after(rulebook, key, start)
            else:
                raise wrong_fields([Problem("/from", "请填写起算日或月份", "from or month is needed")])
        except MissingParameter as missing:
            raise missing_parameter(missing.key) from missing
    return basis(found)


def _in_month(rulebook: Rulebook, key: str, month: date) -> Due:
    found = rulebook.find(key, month)
    if found is not None and found.unit not in MONTHLY:
        raise wrong_fields(
            [
                Problem(
                    "/from",
                    "该期限自某日起算，请填写起算日，不填月份",
                    "this period needs from, not month",
                )
            ]
        )
    return due_in_month(rulebook, key, month)


def _after(rulebook: Rulebook, key: str, start: date) -> Due:
    found = rulebook.find(key, start)
    if found is not None and found.unit in MONTHLY:
        raise wrong_fields([Problem("/month", "该期限按月计算，请填写月份", "a monthly date needs month")])
    return due_after(rulebook, key, start)


async def try_assessment(services: Services, user: CurrentUser, body: AssessBody) -> dict[str, Any]:
    """As POST /policy/assess answers. Raises Refusal with what cannot be right about the costs."""
    costs = Costs(**{part.name: getattr(body.costs, part.name) for part in fields(Costs)})
    problems = [problem.below("/costs") for problem in check_costs(costs)]
    if problems:
        raise wrong_fields(problems)
    facts = CaseFacts(
        on=body.on,
        categories=body.categories,
        costs=costs,
        residence=body.residence,
        paid_this_year=body.paid_this_year,
        deductible_used_this_year=body.deductible_used_this_year,
        treatment=_treatment(body),
        care_aid_before=body.care_aid_before,
        outpatient_paid=body.outpatient_paid,
    )
    async with law_tried(services, user, body.division) as rulebook:
        return decision_tried(assess(rulebook, facts))


def _treatment(body: AssessBody) -> Treatment:
    costs = body.costs
    return Treatment(
        disease_code=normal_code(body.disease_code or costs.disease_code),
        joint_replacement=costs.joint_replacement,
        late_stage=costs.late_stage,
        age=body.age,
        kind=costs.treatment,
        institution_code=normal_code(costs.institution_code),
        referred=costs.referred,
        in_province=costs.in_province,
    )


def decision_tried(decision: Decision) -> dict[str, Any]:
    shown = {
        "outcome": decision.outcome.value,
        "amount": decision.amount,
        "as_of": decision.as_of,
        "grounds": list(decision.grounds),
        "trace": [
            {"step": line.step, "formula": line.formula, "value": line.value, "clause": line.clause}
            for line in decision.trace
        ],
        "parameters": [parameter_record(parameter) for parameter in decision.parameters],
        "missing": list(decision.missing),
        "marks": list(decision.marks),
        "in_cap": decision.in_cap,
        "care_aid": decision.care_aid,
        "demonstration": "DEMO" in decision.marks,
    }
    if decision.missing:
        del shown["amount"]
        shown["key"] = decision.missing[0]
    return json_object(shown)


def _check_timer(key: str) -> None:
    kind = KINDS.get(base_of(key))
    if kind is None or not TIMER_UNITS & set(kind.units):
        raise Refusal(404, "unknown-timer", f"没有名为{key}的期限", f"there is no timer {key}", key=key)


def _month(month: str) -> date:
    if re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", month):
        return date.fromisoformat(f"{month}-01")
    raise wrong_fields([Problem("/month", "月份应如2025-09", "a month such as 2025-09 is needed")])
