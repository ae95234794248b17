"""Finding a person by ID number and entering a new one: one row per number in the whole province (decision 4)."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.identity_number import normal
from policy.person_name import normal_name
from store.people import PersonRow
from store.vault import Vault

ID_NUMBER, NAME, LAST_FOUR = "id_number", "name", "last4"
"""The kinds of blind index."""


class OtherName(Exception):
    """Somebody of another name is known under the ID number."""


class Somebody(NamedTuple):
    """`id_number` in its normal form."""

    name: str
    id_number: str


def number_index(vault: Vault, id_number: str) -> bytes:
    return vault.blind(ID_NUMBER, normal(id_number))


def name_index(vault: Vault, name: str) -> bytes:
    return vault.blind(NAME, normal_name(name))


async def lock_numbers(session: AsyncSession, indexes: Iterable[bytes]) -> None:
    """Until the transaction ends, nobody else enters a person of these numbers. In their order: no circle of waiting."""
    for index in sorted(indexes):
        await session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(index[:8], signed=True))))


async def known_person(session: AsyncSession, vault: Vault, id_number: str) -> uuid.UUID | None:
    """The person of this ID number, wherever they are registered; None where nobody has it."""
    return await person_at(session, number_index(vault, id_number))


async def person_at(session: AsyncSession, index: bytes) -> uuid.UUID | None:
    known: uuid.UUID | None = await session.scalar(text("select person_known(:index)"), {"index": index})
    return known


async def known_or_entered(
    session: AsyncSession, vault: Vault, somebody: Somebody, division: str, now: datetime
) -> uuid.UUID:
    """The person of a list's row, entered in that county if nobody has the number yet. Raises OtherName.

    For the worker's role, which sees everybody; holds the lock on the number until the transaction ends.
    """
    index = number_index(vault, somebody.id_number)
    await lock_numbers(session, [index])
    known = await person_at(session, index)
    if known is None:
        return await enter(session, vault, somebody, index, None, division, now)
    named = await session.scalar(select(PersonRow.name_index).where(PersonRow.id == known))
    if named != name_index(vault, somebody.name):
        raise OtherName
    return known


async def enter(
    session: AsyncSession,
    vault: Vault,
    somebody: Somebody,
    index: bytes,
    household: uuid.UUID | None,
    division: str,
    now: datetime,
) -> uuid.UUID:
    """A new person. The caller holds the lock on the number."""
    person: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
    session.add(
        PersonRow(
            id=person,
            division=division,
            household_id=household,
            id_index=index,
            name_index=name_index(vault, somebody.name),
            last4_index=vault.blind(LAST_FOUR, somebody.id_number[-4:]),
            sealed=vault.seal("person", "sealed", person, {"name": somebody.name, "id_number": somebody.id_number}),
            created_at=now,
        )
    )
    await session.flush()
    return person
