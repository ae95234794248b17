"""A decision, made again from what it kept: all facts, and the versions of the parameters that it used.

What the tables say today does not matter, so that the reckoning of a past decision can be shown at any time. The record of
the facts is personal (age, disease): whoever keeps it seals it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from policy.benefit import assess
from policy.case_facts import CaseFacts
from policy.costs import DEDUCTIONS, Costs
from policy.decision import Decision
from policy.rulebook import Basis, Parameter, Rulebook
from policy.terms import Category, Residence
from policy.treatment import Treatment, TreatmentKind
from policy.working_days import WorkCalendar

_AMOUNTS = ("total", "compliant_total", *DEDUCTIONS)


def recompute(
    division: str, made_on: date, facts: Mapping[str, Any], parameters: Sequence[Mapping[str, Any]]
) -> Decision:
    """The decision as its own record gives it: same outcome, amount and trace, or the record is not the decision's."""
    return assess(kept_rulebook(division, made_on, [parameter_of(kept) for kept in parameters]), facts_of(facts))


def recompute_with(
    division: str,
    made_on: date,
    facts: Mapping[str, Any],
    parameters: Sequence[Mapping[str, Any]],
    published: Parameter,
) -> Decision:
    """The same, had `published` been known on the event date (B-13): nothing else is changed."""
    known = facts_of(facts)
    kept = [parameter_of(record) for record in parameters]
    in_time = replace(published, effective_from=min(published.effective_from, known.on), effective_to=None)
    return assess(kept_rulebook(division, made_on, [*kept, in_time]), known)


def kept_rulebook(division: str, made_on: date, parameters: Sequence[Parameter]) -> Rulebook:
    """A rulebook that holds these parameters and nothing else."""
    by_key: dict[str, tuple[Parameter, ...]] = {}
    for parameter in parameters:
        by_key[parameter.key] = (*by_key.get(parameter.key, ()), parameter)
    return Rulebook(division, made_on, {}, {}, by_key, WorkCalendar({}))


def facts_record(facts: CaseFacts) -> dict[str, Any]:
    """All facts as JSON has them; `facts_of` is the inverse."""
    treatment = facts.treatment
    return {
        "on": facts.on.isoformat(),
        "categories": [category.value for category in facts.categories],
        "costs": {name: str(getattr(facts.costs, name)) for name in _AMOUNTS},
        "residence": facts.residence.value if facts.residence else None,
        "paid_this_year": str(facts.paid_this_year),
        "deductible_used_this_year": str(facts.deductible_used_this_year),
        "base_before": str(facts.base_before) if facts.base_before is not None else None,
        "submitted_on": _iso(facts.submitted_on),
        "settled_on": _iso(facts.settled_on),
        "one_stop": facts.one_stop,
        "treatment": {
            "disease_code": treatment.disease_code,
            "joint_replacement": treatment.joint_replacement,
            "late_stage": treatment.late_stage,
            "age": treatment.age,
            "kind": treatment.kind.value,
            "institution_code": treatment.institution_code,
            "referred": treatment.referred,
            "in_province": treatment.in_province,
        },
        "care_aid_before": facts.care_aid_before,
        "outpatient_paid": str(facts.outpatient_paid),
    }


def facts_of(kept: Mapping[str, Any]) -> CaseFacts:
    treatment = {**kept["treatment"], "kind": TreatmentKind(kept["treatment"]["kind"])}
    return CaseFacts(
        on=date.fromisoformat(kept["on"]),
        categories=[Category(category) for category in kept["categories"]],
        costs=Costs(**{name: Decimal(amount) for name, amount in kept["costs"].items()}),
        residence=Residence(kept["residence"]) if kept["residence"] else None,
        paid_this_year=Decimal(kept["paid_this_year"]),
        deductible_used_this_year=Decimal(kept["deductible_used_this_year"]),
        base_before=Decimal(kept["base_before"]) if kept["base_before"] is not None else None,
        submitted_on=_day(kept["submitted_on"]),
        settled_on=_day(kept["settled_on"]),
        one_stop=kept["one_stop"],
        treatment=Treatment(**treatment),
        care_aid_before=kept["care_aid_before"],
        outpatient_paid=Decimal(kept["outpatient_paid"]),
    )


def parameter_of(kept: Mapping[str, Any]) -> Parameter:
    """A parameter out of the record that a decision keeps of it."""
    ends = kept["effective_to"]
    return Parameter(
        **{
            **kept,
            "effective_from": date.fromisoformat(kept["effective_from"]),
            "effective_to": date.fromisoformat(ends) if ends else None,
            "basis": Basis(kept["basis"]),
        }
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None
