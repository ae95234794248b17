"""What a batch looks like: its lines with their states, counted and added up. No personal data: cases by their numbers."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import not_found
from api.identity import CurrentUser
from api.money.batches import demand
from api.presentation import json_object
from api.services import Services
from api.timeline_text import timeline_text
from policy.access import Action
from policy.money import ZERO
from policy.payment_terms import AttemptState, BounceReason, DisbursementState, LineState
from policy.steps import step
from policy.terms import PayeeKind, PaymentStatus
from store.disbursements import DisbursementRow, ReleaseRow
from store.disclosure import Cell, Look, disclose
from store.paging import Page, decode, page
from store.timeline import TimelineRow

_BATCHES = """
select b.id, b.number, b.division, b.state, b.prepared_on, b.approved_on, prepared.name as prepared_by,
       approved.name as approved_by, b.closed_at,
       count(l.id) filter (where l.state = 'in') as lines,
       coalesce(sum(p.amount) filter (where l.state = 'in'), 0) as amount,
       count(l.id) filter (where l.state = 'in' and p.status = 'confirmed') as paid_lines,
       coalesce(sum(p.amount) filter (where l.state = 'in' and p.status = 'confirmed'), 0) as paid_amount
  from disbursement b
  join account prepared on prepared.id = b.prepared_by
  left join account approved on approved.id = b.approved_by
  left join disbursement_line l on l.disbursement_id = b.id
  left join payment p on p.id = l.payment_id
"""
_LINES = """
select l.no, l.state, l.payment_id as payment, p.application_id as application, a.number, p.amount, p.payee_kind, p.status,
       t.no as attempt, t.state as attempt_state, t.reason, t.ended_on, r.no as release, r.released_on,
       k.id as task, k.kind as waits_for
  from disbursement_line l join payment p on p.id = l.payment_id join application a on a.id = p.application_id
  left join lateral (select * from payment_attempt where payment_id = p.id order by no desc limit 1) t on true
  left join disbursement_release r on r.id = t.release_id
  left join lateral (select id, kind from task where subject_id = a.id and state = 'open' and kind = any(:kinds)
                      order by id desc limit 1) k on true
 where l.disbursement_id = :batch order by l.no
"""
MONEY_KINDS = (
    "payment_request",
    "finance_review",
    "payment_query",
    "transfer_countersign",
    "transfer",
    "bank_inquiry",
    "account_correction",
)


async def list_batches(
    services: Services, user: CurrentUser, state: str = "", *, cursor: str | None = None, limit: int = 50
) -> Page:
    """The batches of the caller's county, newest first. Raises Refusal, paging.BadCursor."""
    demand(user, Action.VIEW_DISBURSEMENTS, "您的岗位不能查看拨款批次")
    values: dict[str, Any] = {"limit": limit + 1}
    conditions = ["true"]
    if state:
        conditions.append("b.state = :state")
        values["state"] = state
    after = decode(cursor, 1)
    if after:
        conditions.append("b.number < :after")
        values["after"] = after[0]
    query = (
        f"{_BATCHES} where {' and '.join(conditions)} group by b.id, prepared.name, approved.name "
        "order by b.number desc limit :limit"
    )
    async with services.database.transaction(user.scope) as session:
        rows = [dict(row) for row in (await session.execute(text(query), values)).mappings()]
    found = page(rows, limit, ("number",))
    return Page([_head(row) for row in found.items], found.next)


async def view_batch(services: Services, user: CurrentUser, batch_id: uuid.UUID) -> dict[str, Any]:
    """The whole batch: head, lines, counts and sums by state, releases, timeline. Raises Refusal 404."""
    demand(user, Action.VIEW_DISBURSEMENTS, "您的岗位不能查看拨款批次")
    async with services.database.transaction(user.scope) as session:
        query = f"{_BATCHES} where b.id = :batch group by b.id, prepared.name, approved.name"
        head = (await session.execute(text(query), {"batch": batch_id})).mappings().one_or_none()
        batch = await session.get(DisbursementRow, batch_id)
        if head is None or batch is None:
            raise not_found()
        values = {"batch": batch_id, "kinds": list(MONEY_KINDS)}
        rows = [_line(dict(row)) for row in (await session.execute(text(_LINES), values)).mappings()]
        return json_object(
            {
                **_head(dict(head)),
                **_typed(services, session, user, batch),
                "items": rows,
                "sums": _sums(rows),
                "releases": await _releases(session, batch_id),
                "timeline": await _timeline(session, batch_id),
            }
        )


def _head(row: Mapping[str, Any]) -> dict[str, Any]:
    return json_object({**row, "state_label": DisbursementState(row["state"]).label})


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line as it stands: what the batch says of it, else what the payment says."""
    state, label = _standing(row)
    return {
        **row,
        "line_state": row["state"],
        "state": state,
        "state_label": label,
        "payee_kind_label": PayeeKind(row["payee_kind"]).label,
        "attempt_label": AttemptState(row["attempt_state"]).label if row["attempt_state"] else None,
        "reason_label": BounceReason(row["reason"]).label if row["reason"] else None,
        "waits_for_label": step(row["waits_for"]).label if row["waits_for"] else None,
    }


def _standing(row: Mapping[str, Any]) -> tuple[str, str]:
    if row["state"] != LineState.IN.value:
        return row["state"], LineState(row["state"]).label
    if row["attempt_state"] == AttemptState.OPEN.value and row["release"]:
        return "released", "已放款，待银行回盘"
    status = PaymentStatus(row["status"])
    return status.value, status.label


def _sums(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every state that occurs, with its number of lines and their sum; together they are all the lines."""
    states: dict[str, dict[str, Any]] = {}
    for row in rows:
        kept = states.setdefault(row["state"], {"state": row["state"], "label": row["state_label"]})
        kept["lines"] = kept.get("lines", 0) + 1
        kept["amount"] = kept.get("amount", ZERO) + row["amount"]
    return list(states.values())


def _typed(services: Services, session: AsyncSession, user: CurrentUser, batch: DisbursementRow) -> dict[str, Any]:
    """The contract's number and the leader's remark, opened for the reader."""
    look = Look(str(user.id), "disbursement", batch.id, batch.division, "disbursement.view", services.clock.now())
    cells = {
        "contract": Cell("disbursement", "contract", batch.id, batch.contract_sealed),
        "remark": Cell("disbursement", "remark", batch.id, batch.remark_sealed),
    }
    return disclose(session, services.vault, look, cells)


async def _releases(session: AsyncSession, batch_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = await session.scalars(
        select(ReleaseRow).where(ReleaseRow.disbursement_id == batch_id).order_by(ReleaseRow.no)
    )
    return [
        {"id": row.id, "no": row.no, "released_on": row.released_on, "released_at": row.released_at} for row in rows
    ]


async def _timeline(session: AsyncSession, batch_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = await session.scalars(select(TimelineRow).where(TimelineRow.subject_id == batch_id).order_by(TimelineRow.id))
    return [
        {"at": row.at, "tag": row.tag, "actor": row.actor, "text": timeline_text(row.tag, row.codes)} for row in rows
    ]
