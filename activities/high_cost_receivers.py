"""To whom a push goes: the departments that screen a list, each informed of the other's (D-02, X-10)."""

from datetime import date

from policy.exchange_terms import ListType
from policy.rulebook import Rulebook
from policy.terms import Department
from store.recognitions import Screening


def receivers(rulebook: Rulebook, on: date) -> tuple[Department, ...]:
    """In a fixed order, each once. Raises MissingParameter."""
    named = {_screener(rulebook, on, kind) for kind in ListType}
    return tuple(sorted(named, key=lambda department: department.value))


def screening(rulebook: Rulebook, on: date, kind: ListType) -> Screening:
    """Who screens that list, with all who see the person's case. Raises MissingParameter."""
    seen_by = (Department.MEDICAL_INSURANCE, *receivers(rulebook, on))
    return Screening(_screener(rulebook, on, kind), seen_by)


def _screener(rulebook: Rulebook, on: date, kind: ListType) -> Department:
    return Department(rulebook.parameter(f"SCREENED_BY({kind.value})", on).value)
