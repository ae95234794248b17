"""Who holds which identity within a time, for the bureau's own systems: in our words and in the national field names."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import wrong_fields
from api.partners.asking import Partner
from api.partners.keys import IDENTITIES
from api.services import Services
from exchange.national import Held, national, without_code
from policy.clock import today
from policy.problems import Problem
from policy.terms import Category
from store.disclosure import Cell, Look, disclose
from store.paging import decode, encode, row_id
from store.rulebook import load_rulebook

CODES = "NATIONAL_CODES"
_HELD = text("""
select i.id, i.person_id, i.category, i.source_department, i.division, i.starts_on, i.ends_on, i.provided_on, p.sealed
  from identity_period i join person p on p.id = i.person_id
 where i.division = :division and i.starts_on <= :until and (i.ends_on is null or i.ends_on > :since)
   and (cast(:after as uuid) is null or i.id > :after)
 order by i.id limit :limit
""")


@dataclass(frozen=True)
class Within:
    """Both days count."""

    since: date
    until: date
    cursor: str | None
    limit: int


async def identities_within(services: Services, partner: Partner, within: Within) -> dict[str, Any]:
    """The periods that touch the time, a page at a time; each person opened is logged. Raises Refusal, paging.BadCursor."""
    partner.demand(IDENTITIES)
    if within.until < within.since:
        raise wrong_fields([Problem("/until", "结束日期不能早于开始日期", "lies before since")])
    after = decode(within.cursor, 1)
    user = partner.user
    async with services.database.transaction(user.scope) as session:
        asked = {
            "division": user.division,
            "since": within.since,
            "until": within.until,
            "after": row_id(after[0]) if after else None,
            "limit": within.limit + 1,
        }
        rows = (await session.execute(_HELD, asked)).mappings().all()
        found = (await load_rulebook(session, user.division, today(services.clock))).find(CODES, within.until)
        codes = found.value if found is not None else {}
        shown = rows[: within.limit]
        items = [_item(services, session, partner, row, codes) for row in shown]
    return {
        "items": items,
        "without_national_code": without_code({Category(row["category"]) for row in shown}, codes),
        "next": encode([str(shown[-1]["id"])]) if len(rows) > within.limit else None,
    }


def _item(
    services: Services, session: AsyncSession, partner: Partner, row: RowMapping, codes: dict[str, str]
) -> dict[str, Any]:
    look = Look(
        str(partner.user.id), "person", row["person_id"], row["division"], "partner.identities", services.clock.now()
    )
    person = disclose(
        session, services.vault, look, {"person": Cell("person", "sealed", row["person_id"], row["sealed"])}
    )["person"]
    held = Held(Category(row["category"]), row["starts_on"], row["ends_on"], row["division"])
    return {
        "name": person["name"],
        "id_number": person["id_number"],
        "category": row["category"],
        "source_department": row["source_department"],
        "from": row["starts_on"].isoformat(),
        "until": row["ends_on"].isoformat() if row["ends_on"] else None,
        "provided_on": row["provided_on"].isoformat(),
        "idetinfo": national(held, codes),
    }
