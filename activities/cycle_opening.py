"""W07 begins on the 1st of its month, at every level that is held to a monthly sharing (SHARE_LEVELS, C-30)."""

from collections.abc import Sequence
from datetime import date

from activities.place import Place
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.terms import Department
from store.matters import Opening

ALWAYS = (Department.MEDICAL_INSURANCE, Department.CIVIL_AFFAIRS)


def sharing_cycle(place: Place, first: date) -> Sequence[Opening]:
    """The cycle of the month that begins; none where no document asks this level for a monthly sharing."""
    levels = place.rulebook.find("SHARE_LEVELS", first)
    if levels is None or place.level.value not in levels.value:
        return ()
    counted = _listed(place, "COUNTED_SOURCES", first) or [Department.CIVIL_AFFAIRS.value]
    takes_part = {*ALWAYS, *(Department(code) for code in [*counted, *_listed(place, "SHARING_SOURCES", first)])}
    least = place.rulebook.find("SHARE_MIN", first)
    return (
        Opening(
            procedure=Procedure.SHARING_CYCLE,
            key=cycle_key(place.division, first),
            division=place.division,
            departments=sorted(takes_part),
            status=MatterStatus.OPEN,
            month=first,
            facts={"least": least.value if least else 1, "counted": counted},
        ),
    )


def _listed(place: Place, key: str, first: date) -> list[str]:
    found = place.rulebook.find(key, first)
    return list(found.value) if found else []


def cycle_key(division: str, month: date) -> str:
    """140522/2026-11."""
    return f"{division}/{month:%Y-%m}"
