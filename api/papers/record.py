"""The papers of a case that are drawn from its record when they are asked for: receipt, list of missing papers, delivery.

The posters and 附件5 are issued once and kept (`activities/issuing.py`); these are not, since they say only what the
record says. Only who may see the applicant in full is shown them.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from api.papers.reading import Case, CaseReading
from notifications.papers import (
    PROVISIONAL_CALENDAR,
    AcceptanceReceipt,
    DeliveryRecord,
    MissingPapers,
    Paper,
    RefusalNotice,
    period_in_words,
)
from policy.access import PersonalView
from policy.offices import office_name
from policy.refusal_steps import DELIVERY
from policy.remedies import may_still_move, remedies
from policy.terms import Department, DocumentKind


def papers_of(case: Case) -> dict[str, str]:
    """Name in the address and title of each paper that the record of the case can fill."""
    if PersonalView(case["view"]) is not PersonalView.FULL:
        return {}
    told = {
        "receipt": case["accepted_on"] is not None,
        "missing-papers": _entry(case, "counter:acceptance:ask_supplement") is not None,
        "delivery": bool(case["refusal"] and case["refusal"]["delivered_on"]),
    }
    return {name: TITLES[name] for name, known in told.items() if known}


def draw(name: str, reading: CaseReading) -> Paper:
    """The paper of that name; one of `papers_of`."""
    return _DRAWN[name](reading)


def _issuer(reading: CaseReading) -> str:
    return office_name(reading.case["division_name"], Department.TOWNSHIP_GOVERNMENT)


def _receipt(reading: CaseReading) -> Paper:
    case, issuer = reading.case, _issuer(reading)
    pending_until = _due(case, "pending_papers")
    kinds = {state: [paper["label"] for paper in case["documents"] if paper["state"] == state] for state in _STATES}
    return AcceptanceReceipt(
        demonstration=reading.rulebook.demonstration,
        case_number=case["number"],
        issuer=issuer,
        applicant_name=case["applicant"]["name"],
        submitted_on=date.fromisoformat(case["submitted_on"]),
        accepted_on=date.fromisoformat(case["accepted_on"]),
        papers=(*kinds["given"], *kinds["supplied"]),
        pending_papers=tuple(kinds["pending"]) if pending_until else (),
        pending_until=pending_until if kinds["pending"] else None,
        survey_until=_due(case, "survey"),
        contact=issuer,
    )


def _missing_papers(reading: CaseReading) -> Paper:
    case, issuer = reading.case, _issuer(reading)
    asked = _entry(case, "counter:acceptance:ask_supplement")
    assert asked is not None
    return MissingPapers(
        demonstration=reading.rulebook.demonstration,
        case_number=case["number"],
        issuer=issuer,
        applicant_name=case["applicant"]["name"],
        submitted_on=date.fromisoformat(case["submitted_on"]),
        told_on=date.fromisoformat(asked["day"]),
        missing=tuple(DocumentKind(kind).label for kind in asked["codes"]["missing"]),
        note=_typed(case, "acceptance", "ask_supplement", "note"),
        citation=reading.rulebook.cite("A-37"),
        supply_until=_due(case, "supplement"),
        contact=issuer,
    )


def _delivery(reading: CaseReading) -> Paper:
    case, issuer = reading.case, _issuer(reading)
    refusal = case["refusal"]
    issued = date.fromisoformat(refusal["issued_on"])
    reconsideration_until = date.fromisoformat(refusal["reconsideration_until"])
    suit_until = _suit_until_from_delivery(reading)
    return DeliveryRecord(
        demonstration=reading.rulebook.demonstration,
        issuer=issuer,
        case_number=case["number"],
        document_title=RefusalNotice.title,
        document_number=refusal["number"],
        recipient_name=case["applicant"]["name"],
        method=METHODS.get(refusal["method"], ""),
        received_by=_typed(case, "delivery", "delivered", "recipient"),
        delivered_on=date.fromisoformat(refusal["delivered_on"]),
        reconsideration_period=period_in_words(reading.rulebook.parameter("T-RECON", issued)),
        reconsideration_until=reconsideration_until,
        suit_period=period_in_words(reading.rulebook.parameter("T-SUIT", issued)),
        suit_until=suit_until,
        remark=PROVISIONAL_CALENDAR if may_still_move(reading.rulebook, reconsideration_until, suit_until) else None,
    )


def _suit_until_from_delivery(reading: CaseReading) -> date:
    """As it was on the day of delivery: a reconsideration that upheld the refusal has its own, later told (SUIT_AFTER_RECON)."""
    refusal = reading.case["refusal"]
    if any(remedy["result"] == "upheld" for remedy in refusal["remedies"]):
        told = remedies(reading.rulebook, date.fromisoformat(refusal["delivered_on"])).suit_until.nominal
        assert told is not None
        return told
    return date.fromisoformat(refusal["suit_until"])


_STATES = ("given", "supplied", "pending")
METHODS = {
    choice.code: choice.label
    for outcome in DELIVERY.outcomes
    for field in outcome.fields
    if field.name == "method"
    for choice in field.choices
}
_DRAWN: Mapping[str, Callable[[CaseReading], Paper]] = {
    "receipt": _receipt,
    "missing-papers": _missing_papers,
    "delivery": _delivery,
}
TITLES = {"receipt": "受理回执", "missing-papers": "一次性补正告知书", "delivery": "送达回证"}


def _entry(case: Case, tag: str) -> Mapping[str, Any] | None:
    """The latest entry of the timeline with that tag."""
    return next((entry for entry in reversed(case["timeline"]) if entry["tag"] == tag), None)


def _due(case: Case, kind: str) -> date | None:
    """The due date that a step was opened with; None without a term."""
    opened = _entry(case, f"desk:{kind}:opened")
    due = opened["codes"].get("due") if opened else None
    return date.fromisoformat(due) if due else None


def _typed(case: Case, kind: str, outcome: str, field: str) -> str | None:
    """What was typed into a field of the latest such answer that stands."""
    answers = [r for r in case["records"] if (r["kind"], r["outcome"]) == (kind, outcome) and not r["recalled"]]
    return ((answers[-1].get("fields") or {}).get(field) or None) if answers else None
