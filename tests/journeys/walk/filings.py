"""What is handed in for somebody, and what may later be found wrong in it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.journeys.walk.counter import Counter
from tests.journeys.walk.people import SETTLED_ON, TOWN, Applicant

CLERK = "township.township_government.caseworker@{town}"
SUBMITTED_ON = date(2025, 1, 6)
REASON = "按纸质档案补录"
BASES = (4000, 9000, 25000, 60000)
"""Below every deductible, above one of them, below every cap, above them all; in yuan."""
PAPERS = ("diagnosis", "receipts", "history", "insurance_proof")


def application(
    counter: Counter, person: Applicant, household: Sequence[Applicant], *, bill: str, base: int, lacking: bool
) -> dict[str, Any]:
    """Right in every way; `base` is what the person bears. Without the insurance's paper if `lacking`."""
    clerk = CLERK.format(town=TOWN)
    kinds = [kind for kind in PAPERS if not (lacking and kind == "insurance_proof")]
    papers: list[dict[str, Any]] = [{"kind": kind, "file": counter.hand_in(clerk)} for kind in kinds]
    recognition = {"kind": "recognition", "file": counter.hand_in(clerk)}
    papers.append({**recognition, "no": "阳民认〔2025〕6号", "date": "2025-01-03"})
    members = [{"name": one.name, "id_number": one.id_number, "relation": "配偶"} for one in household]
    return {
        "division": TOWN,
        "category": person.category,
        "applicant": {
            "name": person.name,
            "id_number": person.id_number,
            "phone": "13900000077",
            "address": "虚构村77号",
            "residence": "rural",
            "registered_in": TOWN,
            "household": members,
        },
        "costs": {
            **costs(base),
            "basic": "15000.00",
            "critical_illness": "2000.00",
            "commercial": "1000.00",
            "institution_code": "H14052200001",
            "settlement_no": bill,
            "admitted_on": "2024-12-01",
            "discharged_on": SETTLED_ON,
            "settled_on": SETTLED_ON,
        },
        "payee": {"kind": "person", "name": person.name, "account": "6200000000000000077", "bank": "虚构银行"},
        "documents": papers,
        "submitted_on": SUBMITTED_ON.isoformat(),
        "paper_reason": REASON,
    }


def costs(base: int) -> dict[str, str]:
    return {"total": f"{base + 21000}.00", "compliant_total": f"{base + 18000}.00"}


def correction(person: Applicant, number: int) -> dict[str, Any]:
    """A part of the application as it should have been."""
    parts: tuple[dict[str, Any], ...] = (
        {"costs": costs(BASES[number % len(BASES)])},
        {"costs": {"settled_on": "2024-12-21"}},
        {"category": "DBBY" if person.category == "DB" else "DB"},
        {"payee": {"account": "6200000000000000078"}},
    )
    return parts[number % len(parts)]
