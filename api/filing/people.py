"""The person and household behind an application (decision 4). Who a person is: `store/registration.py`."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.filing.shape import Applicant, Member
from policy.identity_number import normal
from store.people import HouseholdRow, PersonRow
from store.registration import Somebody, enter, lock_numbers, number_index, person_at
from store.vault import Vault


@dataclass(frozen=True)
class Registered:
    person: uuid.UUID
    household: uuid.UUID


async def register(
    session: AsyncSession,
    vault: Vault,
    applicant: Applicant,
    division: str,
    now: datetime,
    *,
    household: uuid.UUID | None = None,
) -> Registered:
    """The applicant's person and household, made where they are not there yet, under locks on their ID numbers.

    `household` is that of the case, where there is one already.
    """
    everybody: list[Applicant | Member] = [applicant, *applicant.household]
    people = [Somebody(member.name, normal(member.id_number)) for member in everybody]
    indexes = [number_index(vault, somebody.id_number) for somebody in people]
    await lock_numbers(session, indexes)
    known = [await person_at(session, index) for index in indexes]
    household = household or await _household(session, known, division, now)
    ids = [
        found or await enter(session, vault, somebody, index, household, division, now)
        for somebody, index, found in zip(people, indexes, known, strict=True)
    ]
    await session.execute(  # those whom only a list had named so far
        update(PersonRow).where(PersonRow.id.in_(ids), PersonRow.household_id.is_(None)).values(household_id=household)
    )
    return Registered(ids[0], household)


async def _household(
    session: AsyncSession, known: Sequence[uuid.UUID | None], division: str, now: datetime
) -> uuid.UUID:
    """The household of the applicant where it can be seen from here, else a new one."""
    seen = await session.scalar(select(PersonRow.household_id).where(PersonRow.id == known[0])) if known[0] else None
    if seen:
        return seen
    row = HouseholdRow(division=division, created_at=now)
    session.add(row)
    await session.flush()
    return row.id
