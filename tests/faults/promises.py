"""The promises I1, I2, I3 and I5 as SQL of its own: nothing here is shared with the product but its tables' names.

Each query returns what breaks the promise, one row per case; an empty answer is a kept promise.
"""

from typing import Any

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]

PROMISES = {
    "I1 an approved application is paid exactly once": """
        select a.number from application a join decision d on d.application_id = a.id and d.final
         where (select count(*) from payment p where p.application_id = a.id and p.status = 'confirmed') <> 1
            or (select count(*) from ledger l where l.decision_id = d.id and l.side = 'debit') <> 1
            or (select count(*) from ledger l where l.decision_id = d.id and l.side = 'credit') <> 1
            or a.status <> 'paid'""",
    "I1 nothing else is paid": """
        select l.id from ledger l
         where not exists (select 1 from decision d join application a on a.id = d.application_id
                            where d.id = l.decision_id and d.final and d.outcome = 'eligible' and a.status = 'paid')""",
    "I1 debits equal credits and the decision's amount": """
        select d.application_id from decision d join ledger l on l.decision_id = d.id group by d.id
        having coalesce(sum(l.amount) filter (where l.side = 'debit'), 0) <> d.amount
            or coalesce(sum(l.amount) filter (where l.side = 'credit'), 0) <> d.amount""",
    "I1 the books balance": """
        select 1 where (select coalesce(sum(case side when 'debit' then amount else -amount end), 0) from ledger) <> 0""",
    "I2 two persons approved, neither of them the one who entered it": """
        select a.number from application a where a.status = 'paid' and not exists (
          select 1 from task c, task f
           where c.subject_id = a.id and c.kind = 'county_approval' and c.outcome = 'approve'
             and f.subject_id = a.id and f.kind = 'finance_review' and f.outcome = 'approve'
             and c.answered_by <> f.answered_by and a.filed_by not in (c.answered_by, f.answered_by))""",
    "I3 every case has come to its end": """
        select number from application where status not in ('paid', 'rejected', 'withdrawn') or closed_at is null""",
    "I3 a refused case has been told so": """
        select a.number from application a left join refusal r on r.application_id = a.id
         where a.status = 'rejected' and (r.delivered_on is null or r.number_serial is null)""",
    "I3 no task is open": "select id from task where state = 'open'",
    "I3 no answer is without acknowledgement": """
        select id from task where state = 'answered' and acknowledged_at is null""",
    "I3 no outbox row is undelivered": """
        select id from outbox where state not in ('delivered', 'closed')""",
    "a step of a case was done once": """
        select subject_id, kind, round from task group by 1, 2, 3 having count(*) > 1""",
    "an answer is one entry in the timeline": """
        select t.id from task t where t.state = 'answered' and (
          select count(*) from timeline e where e.subject_id = t.subject_id and e.codes->>'task' = t.id::text
             and e.tag = 'counter:' || t.kind || ':' || t.outcome) <> 1""",
    "a rung was climbed once": """
        select period_id, rung, deadline_version from rung group by 1, 2, 3 having count(*) > 1""",
    "a rung is one entry in the timeline": """
        select subject_id, tag, codes->>'task' from timeline where tag like 'deadline:%' group by 1, 2, 3
        having count(*) > 1
        union all
        select null, 'rungs and entries', null
         where (select count(*) from rung) <> (select count(*) from timeline where tag like 'deadline:%')""",
    "I5 a rung is one message to each reader": """
        select account_id, occasion from notice group by 1, 2 having count(*) > 1""",
}

UNDELIVERED = (
    "I3 every case has come to its end",
    "I3 a refused case has been told so",
    "I3 no task is open",
    "I3 no answer is without acknowledgement",
    "I3 no outbox row is undelivered",
)
"""The promises that hold only when everything has come to rest."""


def broken(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """The promises that do not hold, with what breaks them."""
    found = {name: connection.execute(query.encode()).fetchall() for name, query in PROMISES.items()}
    return {name: rows for name, rows in found.items() if rows}


def at_rest(connection: Connection) -> bool:
    return not any(connection.execute(PROMISES[name].encode()).fetchall() for name in UNDELIVERED)
