"""Who somebody on a list is, for those who work with that list: in full at their own level, masked for others, logged."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.identity import CurrentUser
from api.services import Services
from policy.masking import mask_id_number, mask_name
from policy.terms import Department, Role
from store.disclosure import Cell, Look, disclose
from store.people import PersonRow

_SCREENERS = (Department.CIVIL_AFFAIRS, Department.AGRICULTURE)


def works_with_lists(user: CurrentUser, division: str) -> bool:
    """Whoever pushes or screens that division's list needs to know who stands on it (catalogue 1.11)."""
    if user.division != division:
        return False
    post = user.post
    if post.department is Department.MEDICAL_INSURANCE:
        return post.role is Role.CASEWORKER
    return post.department in _SCREENERS and post.role in (Role.CASEWORKER, Role.SUPERVISOR)


async def names_of(
    services: Services, session: AsyncSession, user: CurrentUser, people: Sequence[UUID], purpose: str, division: str
) -> dict[UUID, dict[str, Any]]:
    """{person: {name, id_number}}, one entry in the access log for each."""
    found = await session.execute(select(PersonRow.id, PersonRow.sealed).where(PersonRow.id.in_(set(people))))
    full, now = works_with_lists(user, division), services.clock.now()
    names = {}
    for person, sealed in found:
        look = Look(str(user.id), "person", person, division, purpose, now)
        cells = {"person": Cell("person", "sealed", person, sealed)}
        opened = disclose(session, services.vault, look, cells)["person"]
        names[person] = {
            "name": opened["name"] if full else mask_name(opened["name"]),
            "id_number": opened["id_number"] if full else mask_id_number(opened["id_number"]),
        }
    return names


async def with_a_reason(session: AsyncSession) -> None:
    """From here until the transaction ends persons are seen from above their division: the reason has been recorded."""
    await session.execute(text("select set_config('app.reason', 'recorded', true)"))
