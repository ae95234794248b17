"""A case as its reader is shown it, with the law and the names that its papers are said in."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from api.case_view import view_case
from api.identity import CurrentUser
from api.services import Services
from policy.clock import today
from policy.rulebook import Rulebook
from policy.terms import ancestors
from store.reference import DivisionRow
from store.rulebook import load_rulebook

Case = Mapping[str, Any]


@dataclass(frozen=True, repr=False)
class CaseReading:
    case: Case
    """As `api/case_view.py` gives it."""
    rulebook: Rulebook
    """Of the case's division, today."""
    place: str
    """阳城县凤城镇."""
    reader: CurrentUser
    read_on: date

    def cite_all(self, clause_ids: Iterable[str]) -> list[str]:
        """Each citation once: several clauses of the catalogue may stand in one section."""
        return list(dict.fromkeys(self.rulebook.cite(clause_id) for clause_id in clause_ids))


async def read_case(services: Services, user: CurrentUser, application_id: uuid.UUID, purpose: str) -> CaseReading:
    """Opens the case for a paper; the look is logged. Raises Refusal as `view_case` does."""
    case = await view_case(services, user, application_id, purpose=purpose)
    read_on = today(services.clock)
    codes = ancestors(case["division"])[:2]
    async with services.database.transaction(user.scope) as session:
        rulebook = await load_rulebook(session, case["division"], read_on)
        known = select(DivisionRow.code, DivisionRow.name).where(DivisionRow.code.in_(codes))
        names = {row.code: row.name for row in await session.execute(known)}
    place = "".join(names[code] for code in reversed(codes) if code in names) or case["division"]
    return CaseReading(case, rulebook, place, user, read_on)
