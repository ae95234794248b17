"""The statistics that the sources ask for (ST-1, ST-2, ST-8, ST-9), counted inside the reader's area; never a person."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

_INSIDE = "{0}.division >= :division and {0}.division < :division || ':'"

SHARINGS = text(f"""
select s.division, d.name, s.direction, s.partner, count(*) filter (where s.state = 'reconciled') as sharings,
       count(*) filter (where s.state = 'reconciled' and s.zero) as zero_reports,
       count(*) filter (where s.state in ('sent', 'disputed')) as unconfirmed
from sharing s left join division d on d.code = s.division
where s.month = :month and s.state <> 'withdrawn' and {_INSIDE.format("s")}
group by 1, 2, 3, 4 order by 1, 3, 4
""")
PERSON_TIMES = text(f"""
select s.division, d.name, s.direction, c.key as category, sum(cast(c.value as integer)) as person_times
from sharing s cross join lateral jsonb_each_text(s.person_times) c left join division d on d.code = s.division
where s.month = :month and s.state = 'reconciled' and {_INSIDE.format("s")}
group by 1, 2, 3, 4 order by 1, 3, 4
""")
HIGH_COST = text(f"""
with pushed as (
  select m.division, list.key as list, sum(cast(coalesce(m.facts->>list.key, '0') as integer)) as pushed
  from matter m cross join (values ('falling_back'), ('falling_into')) list (key)
  where m.procedure = 'high-cost-push' and m.month = :month and {_INSIDE.format("m")}
    and exists (select 1 from timeline t where t.subject_id = m.id and t.tag = 'matter:high-cost-push:pushed')
  group by 1, 2
), followed as (
  select m.division, m.facts->>'list_type' as list,
         count(*) filter (where exists (select 1 from timeline t where t.subject_id = m.id
                            and t.tag like 'counter:%' and t.codes->>'outcome' = 'recognised')) as recognised,
         count(*) filter (where exists (select 1 from timeline t where t.subject_id = m.id
                            and t.tag = 'matter:recognition:identity_marked')) as brought_into_aid
  from matter m where m.procedure = 'recognition' and m.month = :month and {_INSIDE.format("m")}
  group by 1, 2
)
select p.division, d.name, p.list, p.pushed, coalesce(f.recognised, 0) as recognised,
       coalesce(f.brought_into_aid, 0) as brought_into_aid
from pushed p left join followed f on f.division = p.division and f.list = p.list
left join division d on d.code = p.division
order by 1, 3
""")
ADJUSTMENTS = text(f"""
select a.division, d.name, a.category, a.period, sum(a.households_added) as households_added,
       sum(a.persons_added) as persons_added, sum(a.households_removed) as households_removed,
       sum(a.persons_removed) as persons_removed
from adjustment a left join division d on d.code = a.division
where a.period in (:as_month, :as_quarter) and a.provided_on is not null and {_INSIDE.format("a")}
group by 1, 2, 3, 4 order by 1, 3, 4
""")


async def sharings(session: AsyncSession, month: date, division: str) -> Sequence[dict[str, Any]]:
    """ST-1: county × direction × partner; what the receiver has not confirmed is shown and not counted."""
    return await _rows(session, SHARINGS, month=month, division=division)


async def person_times(session: AsyncSession, month: date, division: str) -> Sequence[dict[str, Any]]:
    """ST-2: county × category; what goes out is by kind of data."""
    return await _rows(session, PERSON_TIMES, month=month, division=division)


async def high_cost(session: AsyncSession, month: date, division: str) -> Sequence[dict[str, Any]]:
    """ST-8: pushed about the data month, and what has become of them."""
    return await _rows(session, HIGH_COST, month=month, division=division)


async def adjustments(session: AsyncSession, month: date, division: str) -> Sequence[dict[str, Any]]:
    """ST-9: the counts of the certificates (附件4) of the month, or of the quarter that it lies in."""
    quarter = f"{month.year}-Q{(month.month + 2) // 3}"
    return await _rows(session, ADJUSTMENTS, as_month=f"{month:%Y-%m}", as_quarter=quarter, division=division)


async def _rows(session: AsyncSession, asked: TextClause, **values: Any) -> Sequence[dict[str, Any]]:
    return [dict(row) for row in (await session.execute(asked, values)).mappings()]
