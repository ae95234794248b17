"""The persons of a roster's changes: found by their ID numbers, entered where nobody has the number, many at a time."""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ARRAY, String, Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.applications import ApplicationRow
from store.people import PersonRow
from store.registration import ID_NUMBER, LAST_FOUR, Somebody, name_index
from store.vault import Vault

_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode
_ENTER = text(
    """
insert into person (id, division, id_index, name_index, last4_index, sealed, created_at)
select cast(p[1] as uuid), p[2], decode(p[3], 'hex'), decode(p[4], 'hex'), decode(p[5], 'hex'), decode(p[6], 'hex'), :now
  from (select string_to_array(line, ',') as p from string_to_table(:people, chr(10)) as line) as lines
"""
)
_KNOWN = text(
    """
select encode(p.id_index, 'hex'), coalesce(p.merged_into, p.id), p.name_index
  from json_array_elements_text(cast(:wanted as json)) w join person p on p.id_index = decode(w, 'hex')
"""
)
_IDS = text("select string_agg(cast(uuidv7() as text), ',') from generate_series(1, :count)")
_LOCK_NUMBERS = text(
    """
select count(pg_advisory_xact_lock(k)), set_config('enable_seqscan', 'off', true)
  from unnest(cast(:keys as bigint[])) k
"""
)
"""A plan lives as long as its connection: one that was made while the tables were small would go through all of them later."""
_LOCK_PEOPLE = text("select pg_advisory_xact_lock(hashtextextended(p, 0)) from unnest(:people) p").bindparams(
    bindparam("people", type_=ARRAY(String))
)


class Known(NamedTuple):
    """`person`: who they are now, also after a merge. `name_index` is that of the row with this number."""

    person: uuid.UUID
    name_index: bytes

    def is_called(self, vault: Vault, name: str) -> bool:
        return name_index(vault, name) == self.name_index


class Entered(NamedTuple):
    """Somebody whom this very transaction has entered; nobody else sees them yet. `person`: the key as text."""

    person: str
    name: str
    name_index: bytes

    def is_called(self, vault: Vault, name: str) -> bool:
        return name == self.name or name_index(vault, name) == self.name_index


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
) -> tuple[dict[str, Known], dict[str, Entered]]:
    """The person of each ID number; whom nobody knows is entered. Holds the lock on every such number until the end.

    `somebodies`: each with the county in which they would be entered. `others`: further numbers, under which nobody is entered.
    """
    people = {one.id_number: (one, division) for one, division in reversed(somebodies)}
    indexes = {vault.blind(ID_NUMBER, number): number for number in people}
    keys = [int.from_bytes(one[:8], signed=True) for one in sorted(indexes)]
    await session.execute(_LOCK_NUMBERS, {"keys": keys})
    known = await people_of(session, indexes | {vault.blind(ID_NUMBER, number): number for number in others})
    fresh = [(index, *people[number]) for index, number in indexes.items() if number not in known]
    return known, await _enter(session, vault, fresh, now) if fresh else {}


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
    session: AsyncSession, vault: Vault, fresh: Sequence[tuple[bytes, Somebody, str]], now: datetime
) -> dict[str, Entered]:
    ids = (await session.scalars(_IDS, {"count": len(fresh)})).one().split(",")
    sealed = vault.seal_texts(
        "person",
        "sealed",
        [
            (person, f'{{"name": {_AS_JSON(who.name)}, "id_number": {_AS_JSON(who.id_number)}}}')
            for person, (_index, who, _division) in zip(ids, fresh, strict=True)
        ],
    )
    tails: dict[str, str] = {}
    entered, lines = {}, []
    for person, (index, (name, number), division), cell in zip(ids, fresh, sealed, strict=True):
        named = name_index(vault, name)
        entered[number] = Entered(person, name, named)
        tail = tails.get(number[-4:]) or tails.setdefault(number[-4:], vault.blind(LAST_FOUR, number[-4:]).hex())
        lines.append(f"{person},{division},{index.hex()},{named.hex()},{tail},{cell.hex()}")
    await session.execute(_ENTER, {"people": "\n".join(lines), "now": now})
    return entered
