"""Which payables may go into a batch, and by whom: those whose request is open, in no other batch, of one county."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.separation import barred_by
from policy.steps import step

MOST_LINES = 2000
"""Payments of one batch: one request to finance, one file to the bank."""

_PAYABLES = """
select p.id as payment, a.id as application, a.number, p.amount, p.payee_kind, p.status, p.division, t.id as task,
       (select min(d.kind) from task d where d.subject_id = a.id and d.kind = any(:barred)
           and (d.answered_by = :account or d.acted_for = :account)) as barred
  from payment p join application a on a.id = p.application_id
  join task t on t.subject_id = a.id and t.kind = 'payment_request' and t.state = 'open'
 where not exists (select 1 from disbursement_line l where l.payment_id = p.id and l.state = 'in')
   and (cast(:wanted as uuid[]) is null or p.id = any(:wanted))
   and (p.status <> 'on_hold' or p.id = any(:wanted))
 order by a.number limit :most for update of p
"""


@dataclass(frozen=True)
class Gathered:
    """The payments that go in, and those that may not, each with the reason."""

    lines: Sequence[Mapping[str, Any]]
    left_out: Sequence[Mapping[str, Any]]


async def gather(
    session: AsyncSession, account: uuid.UUID, wanted: Sequence[uuid.UUID] | None, most: int = MOST_LINES
) -> Gathered:
    """All that is open in the caller's county, or the `wanted` ones of it; locked.

    One person gathers after the other: a query that waited for a row would still see the lines as they were before.
    What is on hold comes in only when it is named: whoever takes it up again has looked at it.
    """
    await session.execute(text("select pg_advisory_xact_lock(hashtext('gather/' || current_setting('app.scope')))"))
    values = {
        "account": account,
        "barred": sorted(barred_by("payment_request")),
        "wanted": list(wanted) if wanted is not None else None,
        "most": most,
    }
    rows = [dict(row) for row in (await session.execute(text(_PAYABLES), values)).mappings()]
    lines = [row for row in rows if row["barred"] is None]
    left_out = [left(row, "separation-of-duties", _separated(row["barred"])) for row in rows if row["barred"]]
    found = {row["payment"] for row in rows}
    unknown = "没有待申请拨款的这一笔，或已列入其他批次"
    left_out += [
        {"payment": payment, "number": None, "code": "not-open", "why": unknown}
        for payment in wanted or ()
        if payment not in found
    ]
    return Gathered(lines, left_out)


def left(row: Mapping[str, Any], code: str, why: str) -> dict[str, Any]:
    return {"payment": row["payment"], "number": row["number"], "code": code, "why": why}


def _separated(kind: str) -> str:
    return f"您已办理本案的“{step(kind).label}”，不得再申请拨款，请由他人办理"
