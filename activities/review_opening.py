"""What opens the joint review of a month on the first day of the next (W08), where a rule of the place asks for it (T-REV)."""

from collections.abc import Sequence
from datetime import date

from activities.place import Place
from policy.deadlines import add_months
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.terms import Department, Level
from store.matters import Opening

SOURCES = "COUNTED_SOURCES"


def joint_review(place: Place, first: date) -> Sequence[Opening]:
    """A county's review of the month that has just ended; none where no document fixes a day for it."""
    if place.level is not Level.COUNTY or place.rulebook.find("T-REV", first) is None:
        return ()
    month = add_months(first, -1)
    sources = [Department(code) for code in place.rulebook.parameter(SOURCES, first).value]
    return (
        Opening(
            procedure=Procedure.REVIEW,
            key=f"{place.division}/{month:%Y-%m}",
            division=place.division,
            departments=(Department.MEDICAL_INSURANCE, *sources),
            status=MatterStatus.DEPT_SELF_CHECK,
            month=month,
            facts={"reviewed_by": sorted(source.value for source in sources)},
        ),
    )
