"""The person and household behind an application: one row per ID number, found by blind index (decision 4)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.filing.shape import Applicant, Member
from policy.identity_number import normal
from store.people import HouseholdRow, PersonRow
from store.vault import Vault

ID_NUMBER, NAME, LAST_FOUR = "id_number", "name", "last4"
"""The kinds of blind index."""


@dataclass(frozen=True)
class Somebody:
    name: str
    id_number: str


@dataclass(frozen=True)
class Registered:
    person: uuid.UUID
    household: uuid.UUID


async def register(
    session: AsyncSession, vault: Vault, applicant: Applicant, division: str, now: datetime
) -> Registered:
    """The applicant's person and household, made where they are not there yet, under locks on their ID numbers."""
    everybody: list[Applicant | Member] = [applicant, *applicant.household]
    people = [Somebody(member.name, normal(member.id_number)) for member in everybody]
    indexes = [vault.blind(ID_NUMBER, somebody.id_number) for somebody in people]
    for index in sorted(indexes):
        await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(index[:8], signed=True))))
    known = [await _known(session, index) for index in indexes]
    household = await _household(session, known, division, now)
    ids = [
        found or await _new_person(session, vault, somebody, index, household, division, now)
        for somebody, index, found in zip(people, indexes, known, strict=True)
    ]
    return Registered(ids[0], household)


async def known_person(session: AsyncSession, vault: Vault, id_number: str) -> uuid.UUID | None:
    """The person of this ID number, wherever they are registered; None where nobody has it."""
    return await _known(session, vault.blind(ID_NUMBER, normal(id_number)))


async def _known(session: AsyncSession, index: bytes) -> uuid.UUID | None:
    known: uuid.UUID | None = await session.scalar(text("select person_known(:index)"), {"index": index})
    return known


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


async def _new_person(
    session: AsyncSession,
    vault: Vault,
    somebody: Somebody,
    index: bytes,
    household: uuid.UUID,
    division: str,
    now: datetime,
) -> uuid.UUID:
    person: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    session.add(
        PersonRow(
            id=person,
            division=division,
            household_id=household,
            id_index=index,
            name_index=vault.blind(NAME, somebody.name),
            last4_index=vault.blind(LAST_FOUR, somebody.id_number[-4:]),
            sealed=vault.seal("person", "sealed", person, {"name": somebody.name, "id_number": somebody.id_number}),
            created_at=now,
        )
    )
    await session.flush()
    return person
