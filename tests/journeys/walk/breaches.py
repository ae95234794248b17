"""A breach of each promise, to be planted among a paid, a refused and a waiting case and taken back."""

from collections.abc import Mapping

BREACHES: Mapping[str, str] = {
    "I1 an approved case is paid at most once, and what was paid was decided": """
        update payment_attempt set state = 'bounced' where state = 'confirmed'""",
    "I1 the special account gave out exactly what was paid": """
        update ledger_line set amount = amount + 1 where account = 'special_account'""",
    "I1 debits equal credits": "update ledger_line set amount = amount + 1 where side = 'debit'",
    "I1 nothing is owed for a case that is not approved": """
        update application set status = 'survey', closed_at = null where status = 'paid'""",
    "I2 two persons approved, neither of them the one who entered it": """
        update task t set answered_by = a.filed_by from application a where a.id = subject_id and kind = 'finance_review'
           and state = 'answered'""",
    "I2 steps that must be two persons' are not one person's": """
        update task t set answered_by = s.answered_by from task s
         where s.subject_id = t.subject_id and s.kind = 'county_review' and t.kind = 'county_approval'
           and s.state = 'answered' and t.state = 'answered'""",
    "I3 a case is in one state, and waits for exactly one step of it": """
        update task set state = 'closed' where state = 'open' and kind = 'survey'""",
    "I3 a case that has ended waits for nothing": """
        update application set closed_at = null where status = 'rejected'""",
    "I3 a refused case is being told so, may be appealed, or is final": """
        update refusal set status = 'delivered' where status = 'reject_proposed'""",
    "I3 no answer is without acknowledgement": """
        update task set acknowledged_at = null where state = 'answered'""",
    "I3 no outbox row is undelivered": "update outbox set state = 'pending'",
    "I3 an open task has a term, or says why not": """
        update period set nominal = null where id in (select period_id from task where state = 'open')""",
    "I3 the ladder of an open task is armed": """
        update period set next_moment = null where id in (select period_id from task where state = 'open')""",
    "I10 an entitlement is judged on the day of settlement, whenever it was decided": """
        update decision set as_of = made_at::date""",
    "I10 an identity counts from its first day to the day before its last": """
        update identity_period set starts_on = least(starts_on, '2024-12-20'), ends_on = null, ended_by = null""",
    "I12 of several identities the best one's aid is given, never two": """
        update decision set amount = amount + 0.01 where final""",
    "I12 the cap holds over the year": "update decision set amount = 90000.00, in_cap = 90000.00 where final",
    "I12 a bill is aided once": """
        drop index application_settlement_once;
        update application set status = 'submitted' where status = 'rejected';
        update application set settlement_index = (select settlement_index from application order by id desc limit 1)""",
    "a step of a case was done once": """
        alter table task drop constraint task_workflow_id_step_round_key;
        update task set step = 'acceptance' where step = 'county_review'""",
    "an answer is one entry in the timeline": "delete from timeline where tag = 'counter:acceptance:accept'",
}
"""By promise."""
