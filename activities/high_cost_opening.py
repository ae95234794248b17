"""What opens the push about a month on the 1st of the next (W09): each level its own, for the persons insured there (D-02)."""

from collections.abc import Sequence
from datetime import date

from activities.high_cost_receivers import receivers
from activities.place import Place
from policy.deadlines import add_months
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.rulebook import MissingParameter
from policy.terms import Department
from store.matters import Opening


def high_cost_push(place: Place, first: date) -> Sequence[Opening]:
    """The push about the month that has just ended; none where no document fixes a day for it."""
    if place.rulebook.find("T-PUSH", first) is None:
        return ()
    month = add_months(first, -1)
    return (
        Opening(
            procedure=Procedure.PUSH,
            key=f"{place.division}/{month:%Y-%m}",
            division=place.division,
            departments=(Department.MEDICAL_INSURANCE, *_receivers(place, first)),
            department=Department.MEDICAL_INSURANCE,
            status=MatterStatus.SNAPSHOT,
            month=month,
        ),
    )


def _receivers(place: Place, first: date) -> Sequence[Department]:
    """Nobody yet where no rule says who screens a list: it is asked for before anything is pushed."""
    try:
        return receivers(place.rulebook, first)
    except MissingParameter:
        return ()
