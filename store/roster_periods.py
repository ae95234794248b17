"""Identity periods of a roster's persons, read and written many at a time; who may mark which is for `roster_changes.py`."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ARRAY, Date, Uuid, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from store.identities import IdentityPeriodRow
from store.roster_people import aliases_of

_INSERT = text(
    """
insert into identity_period
  (person_id, category, starts_on, division, source_department, provided_on, upload_id, marked_at)
select cast(n[1] as uuid), n[2], cast(n[3] as date), r.division, r.department, r.listed_on, r.upload, :now
  from (select string_to_array(line, ',') as n from string_to_table(:periods, chr(10)) as line) as lines
  join unnest(cast(:divisions as text[]), cast(:departments as text[]), cast(:days as date[]), cast(:uploads as uuid[]))
    with ordinality as r (division, department, listed_on, upload, place) on r.place = cast(n[4] as bigint)
"""
)
_END = text(
    """
update identity_period i set ends_on = e.ends_on, ended_by = e.upload, end_provided_on = e.listed_on
  from unnest(:periods, :days, :uploads, :listed) as e (period, ends_on, upload, listed_on) where i.id = e.period
"""
).bindparams(
    bindparam("periods", type_=ARRAY(Uuid)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("uploads", type_=ARRAY(Uuid)),
    bindparam("listed", type_=ARRAY(Date)),
)


Brought = tuple[uuid.UUID, str, str, date]
"""By which upload, of which county and department, in a list of which day."""


class Period(NamedTuple):
    """What has to be known of an identity period; rosters ask for thousands, and change none of them in memory."""

    id: uuid.UUID
    person_id: uuid.UUID
    category: str
    division: str
    source_department: str
    starts_on: date
    ends_on: date | None
    upload_id: uuid.UUID | None
    ended_by: uuid.UUID | None


Pair = tuple[uuid.UUID, str]
"""A person and a category."""
_ASKED = [getattr(IdentityPeriodRow, name) for name in Period._fields]


async def periods_of(
    session: AsyncSession, people: Collection[uuid.UUID], categories: Iterable[str]
) -> dict[Pair, list[Period]]:
    """The periods of these persons, also those marked under a number that turned out to be theirs."""
    aliases = await aliases_of(session, people)
    rows = await session.execute(
        select(*_ASKED).where(
            IdentityPeriodRow.person_id == func.any(bindparam("wanted", list(aliases), type_=ARRAY(Uuid))),
            IdentityPeriodRow.category.in_(sorted(categories)),
        )
    )
    found: dict[Pair, list[Period]] = defaultdict(list)
    for row in map(Period._make, rows):
        found[aliases[row.person_id], row.category].append(row)
    return dict(found)


async def insert_periods(
    session: AsyncSession, rosters: Sequence[Brought], lines: Sequence[str], now: datetime
) -> None:
    """`lines`: person, category, first day, and which of the rosters (from 1) has brought it."""
    uploads, divisions, departments, days = zip(*rosters, strict=True)
    told = {"divisions": divisions, "departments": departments, "days": days, "uploads": uploads}
    await session.execute(
        _INSERT, {"periods": "\n".join(lines), "now": now} | {name: list(each) for name, each in told.items()}
    )


async def end_periods(session: AsyncSession, ends: Mapping[uuid.UUID, tuple[date, uuid.UUID, date]]) -> None:
    """`ends`: by period the first day without it, the upload by which it ends, and the day of that list."""
    days, uploads, listed = zip(*ends.values(), strict=True)
    told = {"periods": list(ends), "days": list(days), "uploads": list(uploads), "listed": list(listed)}
    await session.execute(_END, told)
