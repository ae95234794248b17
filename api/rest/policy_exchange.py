"""试算 of the monthly exchange: from which day somebody is entitled, and whether a burden is over the monitoring line."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from api.errors import Refusal, wrong_fields
from api.filing.shape import Day, Money
from api.identity import CurrentUser, User
from api.presentation import json_object
from api.rest.dependencies import At
from api.services import Services
from api.trying import FIRST_YEAR, LAST_YEAR, DivisionCode, Tried, check_year, law_tried, missing_parameter
from policy.decision import Outcome
from policy.entitlement import AdjustmentDates, Entitlement, MissingDate, changed_on, entitled_from, entitled_until
from policy.exchange_terms import Insurance, ListType
from policy.high_cost import HighCost, Pushed, monitored
from policy.monitoring_line import Insured
from policy.problems import Problem
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Category, Residence
from store.rulebook import parameter_record

router = APIRouter(tags=["policy"], prefix="/policy")

_DATES = {
    "adjusted_on": "动态调整日期",
    "certificate_on": "证明出具日期",
    "source_benefit_from": "提供部门待遇起始日期",
}


class Change(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    CHANGE = "change"


class EntitlementBody(Tried):
    division: DivisionCode
    change: Change
    provided_on: Day
    adjusted_on: Day | None = None
    certificate_on: Day | None = None
    source_benefit_from: Day | None = None


class LastPush(Tried):
    burden: Money
    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    list: ListType


class ThresholdsBody(Tried):
    division: DivisionCode
    on: Day
    """The last day of the data month."""
    categories: Annotated[list[Category], Field(default_factory=list, max_length=12)]
    residence: Residence | None = None
    insurance: Insurance | None = None
    burden: Money
    last_pushed: LastPush | None = None


@router.post("/entitlement")
async def entitlement(services: At, user: User, body: EntitlementBody) -> dict[str, Any]:
    """`from` for who is added, `until` (the first day without it) for who is removed, both for a change of category."""
    return await try_entitlement(services, user, body)


@router.post("/thresholds")
async def thresholds(services: At, user: User, body: ThresholdsBody) -> dict[str, Any]:
    """The list and the line, whether the burden is over it, and whether it is pushed or left out as unchanged."""
    return await try_thresholds(services, user, body)


async def try_entitlement(services: Services, user: CurrentUser, body: EntitlementBody) -> dict[str, Any]:
    """As POST /policy/entitlement answers. Raises Refusal: 404 for a missing parameter, 422 for a missing date."""
    for name in ("provided_on", *_DATES):
        check_year(f"/{name}", getattr(body, name))
    dates = AdjustmentDates(body.provided_on, body.adjusted_on, body.certificate_on, body.source_benefit_from)
    async with law_tried(services, user, body.division) as rulebook:
        try:
            found = _entitled(rulebook, body.change, dates)
        except MissingParameter as missing:
            raise missing_parameter(missing.key) from missing
        except MissingDate as missing:
            raise _missing_date(missing.name) from missing
    days = {Change.ADD: ("from",), Change.REMOVE: ("until",), Change.CHANGE: ("until", "from")}[body.change]
    return json_object(
        {"rule": parameter_record(found.rule), **dict.fromkeys(days, found.day), "grounds": list(found.grounds)}
    )


async def try_thresholds(services: Services, user: CurrentUser, body: ThresholdsBody) -> dict[str, Any]:
    """As POST /policy/thresholds answers: what is missing stands in the answer, and then nothing is said."""
    check_year("/on", body.on)
    last = body.last_pushed
    pushed = Pushed(last.burden, last.year, last.list) if last else None
    async with law_tried(services, user, body.division) as rulebook:
        insured = Insured(body.categories, body.residence, body.insurance)
        return _shown(monitored(rulebook, insured, body.burden, body.on, pushed))


def _entitled(rulebook: Rulebook, change: Change, dates: AdjustmentDates) -> Entitlement:
    asked = {Change.ADD: entitled_from, Change.REMOVE: entitled_until, Change.CHANGE: changed_on}
    return asked[change](rulebook, dates)


def _missing_date(name: str) -> Refusal:
    return wrong_fields(
        [
            Problem(
                f"/{name}", f"按现行规定须填写{_DATES[name]}", f"the rule in force counts from {name}, which is missing"
            )
        ]
    )


def _shown(found: HighCost) -> dict[str, Any]:
    line = found.line
    shown: dict[str, Any] = {
        "list": line.list.value if line else None,
        "threshold": line.amount if line else None,
        "formula": line.formula if line else None,
        "over": found.over,
        "pushed": found.pushed,
        "suppressed": found.suppressed,
        "grounds": list(found.grounds),
        "marks": list(found.marks),
        "parameters": [parameter_record(parameter) for parameter in found.parameters],
        "missing": list(found.missing),
        "demonstration": "DEMO" in found.marks,
    }
    if found.missing:
        shown |= {"outcome": Outcome.PARAMETER_MISSING.value, "key": found.missing[0]}
    return json_object(shown)
