"""Answers to many lines of a batch at once: each through the very command of a single answer, each tells its own truth."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, text

from api.commands import Submitted, answer_task
from api.errors import Refusal, not_found
from api.identity import CurrentUser
from api.money.batches import approve, demand
from api.presentation import plain
from api.services import Services
from policy.access import Action
from policy.payment_terms import DisbursementState
from policy.terms import Department, Level, Post, Role
from store.accounts import AccountRow
from store.disbursements import DisbursementRow

AT_ONCE = 4
"""Answers under way together: each takes a connection of its own."""

_OPEN = """
select l.no, a.number, t.id as task, t.done_on
  from disbursement_line l join payment p on p.id = l.payment_id join application a on a.id = p.application_id
  join task t on t.subject_id = a.id and t.kind = :kind and t.state = 'open'
 where l.disbursement_id = :batch and l.state = 'in' and (cast(:lines as int[]) is null or l.no = any(:lines))
 order by l.no
"""


@dataclass(frozen=True)
class Said:
    """What became of one line: done, or refused with the reason."""

    no: int
    number: str
    refusal: Refusal | None = None

    def body(self) -> dict[str, Any]:
        problem = self.refusal.body() if self.refusal else None
        return {"no": self.no, "number": self.number, "done": problem is None, "problem": problem}


async def approve_batch(services: Services, user: CurrentUser, batch_id: uuid.UUID) -> list[Said]:
    """The leader approves, and each line is submitted to finance in the name of whoever prepared the batch.

    Sent again after a reply was lost, it goes on with the lines that are still open. Raises Refusal.
    """
    demand(user, Action.APPROVE_DISBURSEMENT, "拨款批次由县级医疗保障部门负责人审批")
    preparer = await _preparer(services, user, batch_id)  # before it is signed: a signed batch is not sent back
    await approve(services, user, batch_id)
    return await answer_lines(services, preparer, batch_id, "payment_request", Submitted("submit"))


async def approve_at_finance(
    services: Services, user: CurrentUser, batch_id: uuid.UUID, lines: Sequence[int] | None = None
) -> list[Said]:
    """Finance's caseworker approves the open lines, or the named ones of them. Raises Refusal."""
    demand(user, Action.REVIEW_DISBURSEMENT, "拨款批次由县级财政经办人审核")
    await _batch(services, user, batch_id)
    return await answer_lines(services, user, batch_id, "finance_review", Submitted("approve"), lines)


async def answer_lines(
    services: Services,
    user: CurrentUser,
    batch_id: uuid.UUID,
    kind: str,
    submitted: Submitted,
    lines: Sequence[int] | None = None,
) -> list[Said]:
    """The same answer to the open task of that kind of every line, in the name of `user`."""
    async with services.database.transaction(user.scope) as session:
        values = {"batch": batch_id, "kind": kind, "lines": list(lines) if lines is not None else None}
        found = [dict(row) for row in (await session.execute(text(_OPEN), values)).mappings()]
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(line: Mapping[str, Any]) -> Said:
        async with turns:
            try:
                await answer_task(services, user, line["task"], replace(submitted))
            except Refusal as refusal:
                return Said(line["no"], line["number"], refusal)
            return Said(line["no"], line["number"])

    return list(await asyncio.gather(*(one(line) for line in found)))


def told(said: Sequence[Said]) -> dict[str, Any]:
    """{done, refused, lines}: the lines one by one."""
    done = sum(1 for one in said if one.refusal is None)
    return dict(plain({"done": done, "refused": len(said) - done, "lines": [one.body() for one in said]}))


async def _batch(services: Services, user: CurrentUser, batch_id: uuid.UUID) -> DisbursementRow:
    async with services.database.transaction(user.scope) as session:
        batch = await session.get(DisbursementRow, batch_id)
    if batch is None or batch.state == DisbursementState.CANCELLED.value:
        raise not_found()
    return batch


async def _preparer(services: Services, leader: CurrentUser, batch_id: uuid.UUID) -> CurrentUser:
    """Who submitted the batch, in the post that the account holds today: whoever has left submits nothing any more."""
    batch = await _batch(services, leader, batch_id)
    async with services.database.transaction(leader.scope) as session:
        account = (await session.scalars(select(AccountRow).where(AccountRow.id == batch.prepared_by))).one()
    if not account.active:
        raise Refusal(
            409,
            "preparer-left",
            "编制人已离岗，请退回后由他人重新编制",
            "who prepared the batch has left: send it back",
        )
    post = Post(Level(account.level), Department(account.department), Role(account.role))
    return CurrentUser(
        account.id, account.username, account.name, post, account.division, leader.session_id, leader.csrf
    )
