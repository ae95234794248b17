"""What is registered, as the controls of the form that corrects it, and back: all of it is sent, what is the same is ignored."""

from collections.abc import Mapping
from typing import Any

from api.forms import Form, answer_fields
from api.pages.application_form import AMOUNTS, APPLICANT, HOUSEHOLD, PAYEE, SWITCHES, TREATMENT
from api.pages.filing_form import HOUSEHOLD_LINES
from policy.fields import Field, Kind

EMPTY = {"phone": "", "address": "", "registered_in": "", "bank": "", "treatment": "inpatient"}
"""What an empty control says, where that is not “none”."""


def registered(case: Mapping[str, Any]) -> dict[str, list[str]]:
    """The case as the form's controls hold it at first."""
    applicant, costs, payee = case["applicant"] or {}, case["costs"] or {}, case["payee"] or {}
    typed = {"category": [case["category"]]}
    typed |= {f"applicant.{field.name}": [_text(applicant.get(field.name))] for field in APPLICANT}
    for line, member in enumerate(applicant.get("household", ())):
        typed |= {f"applicant.household.{line}.{field.name}": [_text(member.get(field.name))] for field in HOUSEHOLD}
    typed |= {f"costs.{field.name}": [_text(costs.get(field.name))] for field in (*AMOUNTS, *TREATMENT)}
    typed |= {f"costs.{name}": ["true"] for name, _label in SWITCHES if costs.get(name)}
    typed |= {f"payee.{field.name}": [_text(payee.get(field.name))] for field in PAYEE}
    return typed


def corrected(form: Form) -> dict[str, Any]:
    """The parts of an application as the form has them now."""
    members = [answer_fields(HOUSEHOLD, form.part(f"applicant.household.{n}.")) for n in range(HOUSEHOLD_LINES)]
    switches = {name: bool(form.value(f"costs.{name}")) for name, _label in SWITCHES}
    return {
        "category": form.value("category"),
        "applicant": _part(APPLICANT, form.part("applicant."))
        | {"household": [member for member in members if member]},
        "costs": _part((*AMOUNTS, *TREATMENT), form.part("costs.")) | switches,
        "payee": _part(PAYEE, form.part("payee.")),
    }


def _part(fields: tuple[Field, ...], form: Form) -> dict[str, Any]:
    typed = answer_fields(fields, form)
    return {field.name: typed.get(field.name, _empty(field)) for field in fields}


def _empty(field: Field) -> Any:
    if field.kind is Kind.MONEY and not field.required:
        return "0.00"
    return EMPTY.get(field.name, "" if field.required else None)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
