"""The promises I1, I2, I3, I10 and I12 as they hold at any moment of rest, in the midst of cases; SQL of its own.

Nothing here is shared with the product but its tables' names. Each query returns what breaks the promise, one row per case;
an empty answer is a kept promise. Asked of all cases filed after `since` (an application's id), at the moment `now`.
"""

import uuid
from datetime import datetime
from typing import Any

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]

EARLIEST = uuid.UUID(int=0)

_MAIN = """
    (values ('acceptance', 'submitted'), ('refusal_review', 'submitted'), ('supplement', 'supplement'), ('survey', 'survey'),
            ('township_review', 'twp_review'), ('township_notice', 'twp_publicity'),
            ('township_notice_result', 'twp_publicity'), ('objection_review', 'objection'), ('forwarding', 'forwarded'),
            ('returned_file', 'returned_twp'), ('county_review', 'county_review'), ('county_approval', 'county_review'),
            ('county_countersign', 'county_review'), ('identity_check', 'wait_cab'), ('county_notice', 'county_publicity'),
            ('county_notice_result', 'county_publicity'), ('payment_request', 'approved'), ('finance_review', 'approved'),
            ('payment_query', 'approved'), ('transfer_countersign', 'approved'), ('transfer', 'approved'),
            ('bank_inquiry', 'approved'), ('account_correction', 'approved'), ('refusal_notice', 'rejected'),
            ('delivery', 'rejected'), ('remedy_result', 'rejected')) as main (kind, status)"""
"""Which step belongs to which state (the tables of processes 3.1 to 3.3)."""

_APART = """
    (values ('survey', 'township_review'), ('county_review', 'county_approval'), ('county_approval', 'payment_request'),
            ('county_approval', 'finance_review'), ('payment_request', 'finance_review'), ('finance_review', 'transfer'))
    as apart (one, other)"""
"""Never the same person on one case (processes 3.3)."""

_EARNED = """
    round((greatest(f.before + d.base - p.deductible, 0) - greatest(f.before - p.deductible, 0)) * p.rate, 2)"""

_BY_CATEGORY = f"""
    law as (
      select d.id,
             (select (value #>> '{{}}')::numeric from parameter where key = 'RATE(' || held.category || ')'
               and starts_with(d.division, parameter.division)
               and effective_from <= d.as_of and entered_at <= d.made_at order by effective_from desc, version desc limit 1) as rate,
             (select (value #>> '{{}}')::numeric * case unit when 'ratio_of_pcdi' then
                       (select (value #>> '{{}}')::numeric from parameter
                         where starts_with(d.division, parameter.division)
                           and key like 'PCDI(%%' and key <= 'PCDI(' || (extract(year from d.as_of)::int - 1) || ')'
                           and entered_at <= d.made_at order by key desc, version desc limit 1) else 1 end
                from parameter where key = 'DEDUCT(' || held.category || ')'
               and starts_with(d.division, parameter.division)
               and effective_from <= d.as_of and entered_at <= d.made_at order by effective_from desc, version desc limit 1) as deductible,
             (select (value #>> '{{}}')::numeric from parameter where key = 'CAP(' || held.category || ')'
               and starts_with(d.division, parameter.division)
               and effective_from <= d.as_of and entered_at <= d.made_at order by effective_from desc, version desc limit 1) as cap
        from decision d cross join unnest(string_to_array(d.facts->>'categories', ',')) as held (category)),
    worth as (
      select d.id, max(greatest(0, least({_EARNED}, coalesce(p.cap - f.paid, 'infinity')))) as best
        from decision d
        join lateral (select (d.facts->>'base_before')::numeric as before, (d.facts->>'paid_this_year')::numeric as paid) f
          on true
        join law p on p.id = d.id and p.rate is not null
       group by d.id)"""

PROMISES = {
    "I1 an approved case is paid at most once, and what was paid was decided": """
        select a.number from application a
          left join decision d on d.application_id = a.id and d.final
          left join payment p on p.application_id = a.id
         where a.id > %(since)s and (
               (a.status = 'paid') <> coalesce(p.status = 'confirmed', false)
            or (a.status = 'paid' and (d.id is null or d.outcome <> 'eligible' or d.id <> p.decision_id))
            or (p.id is not null and p.amount <> (select amount from decision where id = p.decision_id))
            or (select count(*) from payment q where q.application_id = a.id) > 1
            or (select count(*) from payment_attempt t where t.payment_id = p.id and t.state = 'confirmed')
               <> case a.status when 'paid' then 1 else 0 end)""",
    "I1 the special account gave out exactly what was paid": """
        select a.number from application a join payment p on p.application_id = a.id
         where a.id > %(since)s and (
               select coalesce(sum(case l.side when 'credit' then l.amount else -l.amount end), 0)
                 from ledger_entry e join ledger_line l on l.entry_id = e.id
                where e.payment_id = p.id and l.account = 'special_account')
            <> case a.status when 'paid' then p.amount else 0 end""",
    "I1 debits equal credits": """
        select e.key from ledger_entry e left join ledger_line l on l.entry_id = e.id group by e.id
        having coalesce(sum(l.amount) filter (where l.side = 'debit'), 0) = 0
            or coalesce(sum(l.amount) filter (where l.side = 'debit'), 0)
               <> coalesce(sum(l.amount) filter (where l.side = 'credit'), 0)""",
    "I1 nothing is owed for a case that is not approved": """
        select a.number from application a join payment p on p.application_id = a.id
         where a.id > %(since)s and a.status not in ('approved', 'paid')""",
    "I2 two persons approved, neither of them the one who entered it": """
        select a.number from application a where a.id > %(since)s and a.status = 'paid' and not exists (
          select 1 from task c, task f
           where c.subject_id = a.id and c.kind = 'county_approval' and c.outcome = 'approve' and c.recalled_at is null
             and f.subject_id = a.id and f.kind = 'finance_review' and f.outcome = 'approve' and f.recalled_at is null
             and c.answered_by <> f.answered_by and a.filed_by not in (c.answered_by, f.answered_by))""",
    "I2 steps that must be two persons' are not one person's": f"""
        select a.number, apart.one, apart.other from application a, task t, task u, {_APART}
         where a.id > %(since)s and t.subject_id = a.id and u.subject_id = a.id and t.kind = apart.one
           and u.kind = apart.other and t.answered_by = u.answered_by""",
    "I3 a case is in one state, and waits for exactly one step of it": f"""
        select a.number, a.status, array_agg(t.kind) from application a
          left join task t on t.subject_id = a.id and t.state = 'open' and t.kind in (select kind from {_MAIN})
         where a.id > %(since)s and a.status not in ('paid', 'withdrawn', 'lapsed', 'rejected')
         group by a.id having count(t.id) <> 1
            or bool_or(a.status <> coalesce((select main.status from {_MAIN} where main.kind = t.kind), ''))""",
    "I3 a case that has ended waits for nothing": """
        select a.number, a.status from application a where a.id > %(since)s and (
          (a.status in ('paid', 'withdrawn', 'lapsed', 'rejected')) <> (a.closed_at is not null)
          or (a.status in ('paid', 'withdrawn', 'lapsed')
              and exists (select 1 from task t where t.subject_id = a.id and t.state = 'open')))""",
    "I3 a refused case is being told so, may be appealed, or is final": f"""
        select a.number, r.status, array_agg(t.kind) from application a
          left join refusal r on r.application_id = a.id and r.opening = a.opening
          left join task t on t.subject_id = a.id and t.state = 'open' and t.kind in (select kind from {_MAIN})
         where a.id > %(since)s and a.status = 'rejected' group by a.id, r.id
        having r.id is null or count(t.id) > 1 or (
               case r.status when 'reject_proposed' then bool_and(t.kind = 'refusal_notice')
                             when 'notice_issued' then bool_and(t.kind = 'delivery')
                             when 'remedy_filed' then bool_and(t.kind = 'remedy_result')
                             when 'delivered' then count(t.id) = 0 and r.suit_until is not null
                             when 'final' then count(t.id) = 0 end) is not true""",
    "I3 no answer is without acknowledgement": """
        select t.id from task t where t.subject_id > %(since)s and t.state = 'answered' and t.acknowledged_at is null""",
    "I3 no outbox row is undelivered": """
        select id from outbox where subject_id > %(since)s and state = 'pending'""",
    "I3 an open task has a term, or says why not": """
        select t.id, t.kind from task t join period p on p.id = t.period_id
         where t.subject_id > %(since)s and t.state = 'open' and p.nominal is null
           and not (p.basis ? 'paused') and p.basis->'rule'->>'value' is not null
           and not exists (select 1 from task asked where asked.subject_id = t.subject_id and asked.state = 'open'
                            and asked.kind = 'missing_parameter' and asked.detail->>'key' = p.missing_key)""",
    "I3 the ladder of an open task is armed": """
        select t.id, t.kind from task t join period p on p.id = t.period_id
         where t.subject_id > %(since)s and t.state = 'open' and (p.next_moment <= %(now)s or (p.next_moment is null
           and exists (select 1 from jsonb_array_elements(p.ladder) rung where (rung->>'at')::timestamptz > %(now)s
                          and (p.climbs or rung->>'rung' in ('reminder', 'due_today')))))""",
    "I10 an entitlement is judged on the day of settlement, whenever it was decided": """
        select a.number, d.as_of from decision d join application a on a.id = d.application_id
         where a.id > %(since)s and (d.as_of <> a.settled_on or d.facts->>'on' <> a.settled_on::text) and d.made_at >= (
           select coalesce(max(acted_at), '-infinity') from case_act where subject_id = a.id and act = 'correct')""",
    "I10 an identity counts from its first day to the day before its last": """
        select a.number, d.facts->>'categories' from decision d join application a on a.id = d.application_id
         where a.id > %(since)s and d.final and (select array_agg(distinct c order by c)
                 from unnest(string_to_array(d.facts->>'categories', ',')) c)
               <> (select array_agg(distinct c::text order by c::text) from (select a.category as c union
                     select i.category from identity_period i where i.person_id = a.person_id
                        and i.starts_on <= a.settled_on and (i.ends_on is null or a.settled_on < i.ends_on)) held)""",
    "I12 of several identities the best one's aid is given, never two": f"""
        with {_BY_CATEGORY}
        select a.number, d.amount, worth.best from decision d join application a on a.id = d.application_id
          join worth on worth.id = d.id
         where a.id > %(since)s and d.final and d.amount <> worth.best""",
    "I12 the cap holds over the year": f"""
        with {_BY_CATEGORY}
        select a.person_id, extract(year from d.as_of), sum(coalesce(d.in_cap, d.amount)), max(p.cap)
          from application a join decision d on d.application_id = a.id and d.final
          join lateral (select max(coalesce(cap, 'infinity')) as cap from law where law.id = d.id) p on true
         where a.id > %(since)s group by 1, 2
        having sum(coalesce(d.in_cap, d.amount)) > max(p.cap)""",
    "I12 a bill is aided once": """
        select person_id, count(*) from application
         where id > %(since)s and status not in ('withdrawn', 'rejected', 'lapsed')
         group by person_id, settlement_index having count(*) > 1""",
    "a step of a case was done once": """
        select workflow_id, step, round from task where subject_id > %(since)s group by 1, 2, 3 having count(*) > 1""",
    "an answer is one entry in the timeline": """
        select t.id from task t where t.subject_id > %(since)s and t.state = 'answered' and (
          select count(*) from timeline e where e.subject_id = t.subject_id and e.codes->>'task' = t.id::text
             and e.tag = 'counter:' || t.kind || ':' || t.outcome) <> 1""",
}


def broken(connection: Connection, since: uuid.UUID, now: datetime) -> dict[str, list[tuple[Any, ...]]]:
    """The promises that do not hold, with what breaks them."""
    asked = {"since": since, "now": now}
    found = {name: connection.execute(query.encode(), asked).fetchall() for name, query in PROMISES.items()}
    return {name: rows for name, rows in found.items() if rows}
