"""The persons of a roster's changes: found by their ID numbers, entered where nobody has the number, many at a time."""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ARRAY, String, Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.applications import ApplicationRow
from store.people import PersonRow
from store.registration import LAST_FOUR, Somebody, name_index, number_index
from store.vault import Vault

_ENTER = text(
    """
insert into person (id, division, id_index, name_index, last4_index, sealed, created_at)
select cast(p[1] as uuid), p[6], decode(p[2], 'hex'), decode(p[3], 'hex'), decode(p[4], 'hex'), decode(p[5], 'hex'), :now
  from (select string_to_array(line, ',') as p from string_to_table(:people, chr(10)) as line) as lines
"""
)
_KNOWN = text(
    """
select encode(p.id_index, 'hex'), coalesce(p.merged_into, p.id), p.name_index
  from json_array_elements_text(cast(:wanted as json)) w join person p on p.id_index = decode(w, 'hex')
"""
)
_LOCK_NUMBERS = text("select pg_advisory_xact_lock(k) from unnest(cast(:keys as bigint[])) k")
_LOCK_PEOPLE = text("select pg_advisory_xact_lock(hashtextextended(p, 0)) from unnest(:people) p").bindparams(
    bindparam("people", type_=ARRAY(String))
)


@dataclass(frozen=True)
class Known:
    """`person`: who they are now, also after a merge. `name_index` is that of the row with this number.

    `entered_as`: the name under which this very transaction has entered them; nobody else sees them yet.
    """

    person: uuid.UUID
    name_index: bytes
    entered_as: str | None = None

    def is_called(self, vault: Vault, name: str) -> bool:
        return name == self.entered_as or name_index(vault, name) == self.name_index


async def people_of(session: AsyncSession, indexes: Mapping[bytes, str]) -> dict[str, Known]:
    """Who has these ID numbers, each given by its blind index."""
    found = await session.execute(_KNOWN, {"wanted": json.dumps([index.hex() for index in indexes])})
    return {indexes[bytes.fromhex(index)]: Known(person, name) for index, person, name in found}


async def known_or_entered(
    session: AsyncSession,
    vault: Vault,
    somebodies: Sequence[tuple[Somebody, str]],
    others: Iterable[str],
    now: datetime,
) -> dict[str, Known]:
    """The person of each ID number; whom nobody knows is entered, by the division given with them.

    Holds the lock on every such number until the end. `others`: further numbers, under which nobody is entered.
    """
    indexes = {number_index(vault, one.id_number): one.id_number for one, _division in somebodies}
    if indexes:
        keys = [int.from_bytes(one[:8], signed=True) for one in sorted(indexes)]
        await session.execute(_LOCK_NUMBERS, {"keys": keys})
    known = await people_of(session, indexes | {number_index(vault, number): number for number in others})
    people = {one.id_number: (one, division) for one, division in somebodies}
    fresh = {index: people[number] for index, number in indexes.items() if number not in known}
    if fresh:
        known |= await _enter(session, vault, fresh, now)
    return known


async def hold_people(session: AsyncSession, people: Collection[uuid.UUID]) -> None:
    """As `store.people.hold_year`, for many: in the order of their keys, so that nobody waits in a circle."""
    await session.execute(_LOCK_PEOPLE, {"people": [str(person) for person in sorted(people)]})


async def aliases_of(session: AsyncSession, people: Collection[uuid.UUID]) -> Mapping[uuid.UUID, uuid.UUID]:
    """Every key under which periods of these persons may stand, with the person that it means now."""
    merged = await session.execute(
        select(PersonRow.id, PersonRow.merged_into).where(
            PersonRow.merged_into == func.any(bindparam("wanted", list(people), type_=ARRAY(Uuid)))
        )
    )
    return {**{person: person for person in people}, **{alias: person for alias, person in merged if person}}


async def died(session: AsyncSession, people: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of whom a case says that they have died."""
    found = await session.scalars(
        select(ApplicationRow.person_id).where(
            ApplicationRow.person_id == func.any(bindparam("wanted", list(people), type_=ARRAY(Uuid))),
            ApplicationRow.deceased_on.is_not(None),
        )
    )
    return set(found)


async def _enter(
    session: AsyncSession, vault: Vault, fresh: Mapping[bytes, tuple[Somebody, str]], now: datetime
) -> dict[str, Known]:
    ids = await session.scalars(text("select uuidv7() from generate_series(1, :count)"), {"count": len(fresh)})
    tails: dict[str, str] = {}
    entered, lines = {}, []
    for person, (index, (one, division)) in zip(ids, fresh.items(), strict=True):
        name, number = one.name, one.id_number
        known = entered[number] = Known(person, name_index(vault, name), entered_as=name)
        sealed = vault.seal("person", "sealed", person, {"name": name, "id_number": number})
        tail = tails.get(number[-4:]) or tails.setdefault(number[-4:], vault.blind(LAST_FOUR, number[-4:]).hex())
        lines.append(f"{person},{index.hex()},{known.name_index.hex()},{tail},{sealed.hex()},{division}")
    await session.execute(_ENTER, {"people": "\n".join(lines), "now": now})
    return entered
