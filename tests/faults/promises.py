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
            or (select count(*) from payment p join payment_attempt t on t.payment_id = p.id and t.state = 'confirmed'
                 where p.application_id = a.id) <> 1
            or (select count(*) from ledger_entry e where e.decision_id = d.id and e.kind = 'paid') <> 1
            or a.status <> 'paid'""",
    "I1 nothing else is paid": """
        select e.id from ledger_entry e
         where e.kind = 'paid' and not exists (
           select 1 from decision d join application a on a.id = d.application_id
            where d.id = e.decision_id and d.final and d.outcome = 'eligible' and a.status = 'paid')
        union all
        select l.id from ledger_line l join ledger_entry e on e.id = l.entry_id
         where l.account = 'special_account' and l.side = 'credit' and e.kind not in ('paid', 'undone')""",
    "I1 what was paid is the decision's amount": """
        select e.id from ledger_entry e join decision d on d.id = e.decision_id
          join ledger_line l on l.entry_id = e.id where e.kind in ('payable', 'paid') and l.amount <> d.amount""",
    "I1 nothing is owed for what has been paid": """
        select p.id from payment p join ledger_entry e on e.payment_id = p.id join ledger_line l on l.entry_id = e.id
         where p.status = 'confirmed' and l.account in ('payable', 'returned') group by p.id
        having sum(case l.side when 'debit' then l.amount else -l.amount end) <> 0""",
    "I1 debits equal credits in every entry": """
        select e.id from ledger_entry e left join ledger_line l on l.entry_id = e.id group by e.id
        having count(l.id) < 2 or sum(case l.side when 'debit' then l.amount else -l.amount end) <> 0""",
    "I1 the books balance": """
        select division from ledger_line group by division
        having sum(case side when 'debit' then amount else -amount end) <> 0""",
    "I1 the bank is told of an attempt once": """
        select payment_id from payment_attempt where release_id is not null group by payment_id, no having count(*) > 1
        union all
        select t.payment_id from payment_attempt t join payment_attempt u on u.payment_id = t.payment_id and u.no > t.no
         where t.state in ('open', 'confirmed')""",
    "I2 a batch was approved by somebody else than it was prepared": """
        select number from disbursement where state in ('approved', 'closed') and approved_by = prepared_by""",
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
