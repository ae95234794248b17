"""The board: what each county owes for a data month and how far it is, as it stood at the end of a day.

One statement for all counties; read from matters, periods, sharings and the timeline, so there is no personal data in it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.deadlines import SHANGHAI, days_late
from policy.exchange_terms import Obligation, ObligationState
from policy.terms import Light
from store.timekeeping import Timekeeping

_BOARD = text("""
with owed (procedure, obligation, key, direction, fulfilled) as (values
  ('sharing-cycle', 'sharing_in', 'T-SHARE', 'in', null),
  ('sharing-cycle', 'sharing_out', 'T-SHARE', 'out', null),
  ('review', 'review', 'T-REV', null, 'counter:review_summary:signed'),
  ('high-cost-push', 'push', 'T-PUSH', null, 'matter:high-cost-push:pushed')
)
select c.code, c.name, c.parent as city, upper_one.name as city_name, d.*
from division c
left join division upper_one on upper_one.code = c.parent
left join lateral (
  select owed.obligation, m.id as matter, m.procedure, m.closed_at,
         coalesce(cast(moved.was->>'nominal' as date), p.nominal) as nominal,
         coalesce(cast(moved.was->>'work_target' as date), p.work_target) as work_target,
         coalesce(cast(moved.was->>'late_after' as date), p.late_after) as late_after,
         p.missing_key, coalesce(shared.done_on, entered.done_on) as done_on
  from matter m
  join owed on owed.procedure = m.procedure
  left join lateral (
    select * from period p
    where p.subject_id = m.id and p.key = owed.key and p.opened_at < :until
      and (owed.direction is null or p.name = owed.obligation)
    order by p.opened_at desc limit 1
  ) p on true
  left join lateral (
    select t.codes->'was' as was from timeline t join task k on k.id = cast(t.codes->>'task' as uuid)
    where t.subject_id = m.id and t.codes ? 'was' and t.at >= :until and k.period_id = p.id
    order by t.id limit 1
  ) moved on true
  left join lateral (
    select s.reconciled_on as done_on from sharing s
    where s.division = m.division and s.month = m.month and s.direction = owed.direction
      and s.reconciled_at < :until and m.facts->'counted' ? s.partner
    order by s.reconciled_on, s.reconciled_at
    offset greatest(cast(m.facts->>'least' as integer), 1) - 1 limit 1
  ) shared on owed.direction is not null
  left join lateral (
    select coalesce(cast(m.facts->>'done_on' as date), t.day) as done_on from timeline t
    where t.subject_id = m.id and t.tag = owed.fulfilled and t.at < :until
    order by t.id limit 1
  ) entered on owed.fulfilled is not null
  where m.division = c.code and m.month = :month and m.opened_at < :until
) d on true
where c.level = 'county' and c.code >= :division and c.code < :division || ':' and in_scope(c.code)
  and c.valid_from < :until and (c.valid_to is null or c.valid_to > :month)
order by c.code
""")


@dataclass(frozen=True)
class Duty:
    """One obligation of a county. `days_late` are working days, up to the act or, while it is not done, up to the day shown."""

    state: ObligationState
    nominal: date | None
    work_target: date | None
    done_on: date | None
    days_late: int
    light: Light
    matter: UUID


@dataclass(frozen=True)
class CountyDuties:
    """A county's line on the board; None for what is not asked of it or has not been opened yet."""

    division: str
    name: str
    city: str
    city_name: str
    obligations: dict[Obligation, Duty | None]


async def board(session: AsyncSession, month: date, division: str, shown: Timekeeping) -> list[CountyDuties]:
    """The counties inside `division` that the reader may see, as things stood at the end of the day of `shown`.

    `month` is the first day of the month that the data belong to.
    """
    found = await session.execute(_BOARD, {"month": month, "division": division, "until": end_of(shown.today)})
    counties: dict[str, CountyDuties] = {}
    for row in found.mappings():
        county = counties.setdefault(row["code"], _county(row))
        if row["obligation"] is not None:
            county.obligations[Obligation(row["obligation"])] = _duty(row, shown)
    return list(counties.values())


def end_of(day: date) -> datetime:
    """The moment at which the day is over."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def _county(row: RowMapping) -> CountyDuties:
    nothing: dict[Obligation, Duty | None] = dict.fromkeys(Obligation)
    return CountyDuties(row["code"], row["name"], row["city"] or "", row["city_name"] or "", nothing)


def _duty(row: RowMapping, shown: Timekeeping) -> Duty:
    done_on, late_after = row["done_on"], row["late_after"]
    done = done_on is not None
    calendar = shown.rulebook(row["code"]).calendar
    light = Light.GREEN if done else shown.light(row["code"], row["work_target"], late_after)
    return Duty(
        state=_state(row, shown.today),
        nominal=row["nominal"],
        work_target=row["work_target"],
        done_on=done_on,
        days_late=days_late(calendar, late_after, done_on or shown.today),
        light=light,
        matter=row["matter"],
    )


def _state(row: RowMapping, day: date) -> ObligationState:
    done_on, late_after = row["done_on"], row["late_after"]
    if done_on is not None:
        return ObligationState.LATE if late_after and done_on > late_after else ObligationState.MET
    if row["closed_at"] is not None and row["closed_at"] < end_of(day):
        return ObligationState.CLOSED
    return ObligationState.MISSED if late_after and day > late_after else ObligationState.OPEN


_OVERDUE = text("""
select t.id as task, t.kind, m.id as matter, m.procedure, m.key, m.division, d.name, t.office, t.department, t.role,
       m.month, p.nominal, p.work_target, p.late_after, told.rungs
from task t
join matter m on m.id = t.subject_id
join period p on p.id = t.period_id
left join division d on d.code = m.division
left join lateral (
  select json_agg(json_build_object('rung', r.rung, 'at', r.fired_at, 'late', r.late, 'to', (
           select coalesce(json_agg(json_build_object('username', a.username, 'name', a.name, 'sent_at', n.sent_at)
                                    order by a.username), '[]')
           from notice n join account a on a.id = n.account_id where n.occasion = 'rung/' || r.id)) order by r.fired_at) as rungs
  from rung r where r.period_id = p.id
) told on true
where t.state = 'open' and t.subject_type = 'matter' and p.late_after < :today
  and m.division >= :division and m.division < :division || ':' and (cast(:month as date) is null or m.month = :month)
order by p.late_after, m.division, t.id
limit :limit
""")


async def overdue(
    session: AsyncSession, division: str, today: date, *, month: date | None = None, limit: int = 1000
) -> list[RowMapping]:
    """What of the exchange is overdue inside `division`, the oldest first, with every rung climbed and who was told."""
    values = {"division": division, "today": today, "month": month, "limit": limit}
    return list((await session.execute(_OVERDUE, values)).mappings())


_BATCHES = text("""
select s.*, sender.name as provided_by_name, sender.username as provided_by_username,
       receiver.name as received_by_name, receiver.username as received_by_username
from sharing s
left join account sender on sender.id = s.provided_by
left join account receiver on receiver.id = s.received_by
where s.division = :division and s.month = :month
order by s.recorded_at, s.id
""")


async def batches(session: AsyncSession, division: str, month: date) -> list[RowMapping]:
    """All sharings of a county's month, with who signed for them."""
    return list((await session.execute(_BATCHES, {"division": division, "month": month})).mappings())
