"""一户（人）一条救助链 (C-05): everything that concerns a person and their household in one line, with what is still open.

What a reader may not see elsewhere is not here either: row-level security, and the parts that a department needs. From
above the county only with a reason that is recorded first (catalogue 1.11).
"""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found
from api.exchange.chain_links import Link, applications, identities, make_good, pushes, recognitions
from api.exchange.persons import with_a_reason
from api.identity import CurrentUser
from api.presentation import plain
from api.services import Services
from policy.access import Action, PersonalView, may
from policy.masking import mask_id_number, mask_name
from policy.terms import Level
from store.disclosure import Cell, Look, disclose, log_look
from store.people import PersonRow

PURPOSE = "people.chain"
LONGEST_HOUSEHOLD = 30


async def chain_of(
    services: Services, user: CurrentUser, person_id: uuid.UUID, reason: str | None = None
) -> dict[str, Any]:
    """{person, household, links, open}. Raises Refusal: 404 for a person that the reader's area does not hold."""
    if not may(user.post, Action.VIEW_CHAIN):
        raise not_allowed("您的岗位不能查看救助链")
    above = user.post.level in (Level.CITY, Level.PROVINCE)
    if above and not reason:
        zh = "上级查看个人救助链须说明理由，并予记录"
        en = "from above the county a reason is needed: POST it to the same address"
        raise Refusal(403, "reason-needed", zh, en, clause="C-22")
    async with services.database.transaction(user.scope) as session:
        if above:
            await with_a_reason(session)
        person = await _person(session, person_id)
        look = Look(str(user.id), "person", person.id, person.division, PURPOSE, services.clock.now(), reason)
        members = await _household(session, person)
        whole = [person, *members]
        links = [link for one in whole for link in await _links(session, one.id)]
        return {
            "person": _shown(services, session, user, person, look),
            "household": [_shown(services, session, user, member, look) for member in members],
            "links": [plain(vars(link)) for link in sorted(links, key=lambda link: (link.day, link.kind))],
            "open": [plain(vars(link)) for link in links if link.open],
        }


async def _person(session: AsyncSession, person_id: uuid.UUID) -> PersonRow:
    """The person, or whom they turned out to be (R-MERGE)."""
    row = await session.get(PersonRow, person_id)
    if row is not None and row.merged_into is not None:
        row = await session.get(PersonRow, row.merged_into)
    if row is None:
        raise not_found()
    return row


async def _household(session: AsyncSession, person: PersonRow) -> Sequence[PersonRow]:
    if person.household_id is None:
        return []
    rows = await session.scalars(
        select(PersonRow)
        .where(
            PersonRow.household_id == person.household_id,
            PersonRow.id != person.id,
            PersonRow.merged_into.is_(None),
        )
        .order_by(PersonRow.id)
        .limit(LONGEST_HOUSEHOLD)
    )
    return rows.all()


async def _links(session: AsyncSession, person: uuid.UUID) -> list[Link]:
    ids = list(await session.scalars(select(func.one_person(person))))
    found: list[Link] = []
    for part in (identities, pushes, recognitions, applications, make_good):
        found += await part(session, person, ids)
    return found


def _shown(
    services: Services, session: AsyncSession, user: CurrentUser, person: PersonRow, look: Look
) -> dict[str, Any]:
    mine = Look(look.reader, "person", person.id, person.division, PURPOSE, look.at, look.words)
    opened = disclose(session, services.vault, mine, {"person": Cell("person", "sealed", person.id, person.sealed)})[
        "person"
    ]
    log_look(session, mine, ["chain"])
    full = user.view in (PersonalView.FULL, PersonalView.IDENTITY)
    return {
        "id": str(person.id),
        "name": opened["name"] if full else mask_name(opened["name"]),
        "id_number": opened["id_number"] if full else mask_id_number(opened["id_number"]),
        "division": person.division,
    }
