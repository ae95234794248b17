"""拨款批次: prepared by one person of the county's bureau, approved by its leader, who neither prepared nor decided any case."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, not_allowed, not_found, parameter_missing, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.money.gathering import MOST_LINES, Gathered, gather
from api.presentation import plain
from api.services import Services
from policy.access import Action, may
from policy.clock import today
from policy.payment_terms import DisbursementState, LineState
from policy.problems import Problem
from policy.rulebook import MissingParameter
from store.applications import SerialRow
from store.disbursements import DisbursementLineRow, DisbursementRow
from store.rulebook import load_rulebook
from store.timeline import record

SERIES = "disbursement"
DECIDED = ("county_approval", "county_countersign")


async def prepare(
    services: Services, user: CurrentUser, wanted: Sequence[uuid.UUID] | None = None, key: str | None = None
) -> dict[str, Any]:
    """Gathers what is open (or what is `wanted`) into a new batch: {id, number, lines, left_out}. Raises Refusal."""
    demand(user, Action.PREPARE_DISBURSEMENT, "只有县级医疗保障经办人可以编制拨款批次")
    once = Once(services, user, key, "disbursements", [str(one) for one in wanted or ()])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        found = await gather(session, user.id, wanted)
        if not found.lines:
            raise _nothing_to_gather(found)
        batch = await _new_batch(services, session, user)
        add_lines(session, batch, found, first=1)
        _record(services, session, user, batch, "prepared", lines=len(found.lines))
        made = plain({"id": batch.id, "number": batch.number, "lines": len(found.lines), "left_out": found.left_out})
        await once.keep(session, 201, made)
    return dict(made)


async def change(
    services: Services,
    user: CurrentUser,
    batch_id: uuid.UUID,
    add: Sequence[uuid.UUID] = (),
    remove: Sequence[uuid.UUID] = (),
) -> dict[str, Any]:
    """Puts payments in and takes others out while the batch is being prepared: {lines, left_out}. Raises Refusal."""
    demand(user, Action.PREPARE_DISBURSEMENT, "只有县级医疗保障经办人可以编制拨款批次")
    async with services.database.transaction(user.scope) as session:
        batch = await locked(session, batch_id, DisbursementState.PREPARED)
        if remove:
            await session.execute(
                text(
                    "update disbursement_line set state = 'taken_out' where disbursement_id = :batch and state = 'in' "
                    "and payment_id = any(:payments)"
                ),
                {"batch": batch.id, "payments": list(remove)},
            )
        count, last = await _size(session, batch)
        found = await gather(session, user.id, add, MOST_LINES - count) if add else Gathered((), ())
        add_lines(session, batch, found, first=last + 1)
        await session.flush()
        count, _last = await _size(session, batch)
        _record(services, session, user, batch, "changed", lines=count)
        return dict(plain({"lines": count, "left_out": found.left_out}))


async def submit(services: Services, user: CurrentUser, batch_id: uuid.UUID, contract: str | None = None) -> None:
    """Lays the batch before the leader. Who submits it is the one who asks for the money, line by line. Raises Refusal."""
    demand(user, Action.PREPARE_DISBURSEMENT, "只有县级医疗保障经办人可以提交拨款批次")
    async with services.database.transaction(user.scope) as session:
        batch = await locked(session, batch_id, DisbursementState.PREPARED)
        await _check_contract(services, session, batch, contract)
        count, _last = await _size(session, batch)
        _check_filled(count)
        barred = await _decided_by(session, batch, user.id, ("county_approval",))
        if barred:
            raise _separated(barred, "您已审批本批次中的案件，不得申请其拨款")
        batch.state, batch.submitted_at = DisbursementState.SUBMITTED.value, services.clock.now()
        batch.prepared_by = user.id
        batch.contract_sealed = (
            services.vault.seal("disbursement", "contract", batch.id, contract) if contract else None
        )
        _record(services, session, user, batch, "submitted", lines=count)


async def cancel(services: Services, user: CurrentUser, batch_id: uuid.UUID) -> None:
    """Gives a batch up that is still being prepared; its number stays used, its payments are free again."""
    demand(user, Action.PREPARE_DISBURSEMENT, "只有县级医疗保障经办人可以撤销拨款批次")
    async with services.database.transaction(user.scope) as session:
        batch = await locked(session, batch_id, DisbursementState.PREPARED)
        await session.execute(
            text("update disbursement_line set state = 'taken_out' where disbursement_id = :batch and state = 'in'"),
            {"batch": batch.id},
        )
        batch.state = DisbursementState.CANCELLED.value
        _record(services, session, user, batch, "cancelled")


async def send_back(services: Services, user: CurrentUser, batch_id: uuid.UUID, reason: str) -> None:
    """The leader does not agree: the batch is prepared again. Raises Refusal."""
    demand(user, Action.APPROVE_DISBURSEMENT, "拨款批次由县级医疗保障部门负责人审批")
    if not reason.strip():
        raise wrong_fields([Problem("/reason", "“退回理由”必须填写", "reason is required")])
    async with services.database.transaction(user.scope) as session:
        batch = await locked(session, batch_id, DisbursementState.SUBMITTED)
        batch.state, batch.submitted_at = DisbursementState.PREPARED.value, None
        batch.remark_sealed = services.vault.seal("disbursement", "remark", batch.id, reason.strip())
        _record(services, session, user, batch, "sent_back")


async def approve(services: Services, user: CurrentUser, batch_id: uuid.UUID) -> None:
    """The leader's signature (R-SEPARATION). Repeated by the same leader it changes nothing. Raises Refusal."""
    demand(user, Action.APPROVE_DISBURSEMENT, "拨款批次由县级医疗保障部门负责人审批")
    async with services.database.transaction(user.scope) as session:
        batch = await _locked(session, batch_id)
        if batch.state == DisbursementState.APPROVED.value and batch.approved_by == user.id:
            return
        _check_state(batch, DisbursementState.SUBMITTED)
        if batch.prepared_by == user.id:
            raise _separated([], "您编制了本批次，不得审批")
        barred = await _decided_by(session, batch, user.id, DECIDED)
        if barred:
            raise _separated(barred, "您已审批本批次中的案件，不得再审批其拨款")
        count, _last = await _size(session, batch)
        _check_filled(count)
        batch.state, batch.approved_by = DisbursementState.APPROVED.value, user.id
        batch.approved_at, batch.approved_on = services.clock.now(), today(services.clock)
        _record(services, session, user, batch, "approved", lines=count)


def demand(user: CurrentUser, action: Action, otherwise: str) -> None:
    """Raises Refusal 403 for a post that may not do it."""
    if not may(user.post, action):
        raise not_allowed(otherwise)


async def locked(session: AsyncSession, batch_id: uuid.UUID, state: DisbursementState) -> DisbursementRow:
    """The batch under its lock, if it is in that state. Raises Refusal 404, 409."""
    batch = await _locked(session, batch_id)
    _check_state(batch, state)
    return batch


def add_lines(session: AsyncSession, batch: DisbursementRow, found: Gathered, first: int) -> None:
    session.add_all(
        DisbursementLineRow(
            disbursement_id=batch.id,
            payment_id=line["payment"],
            division=line["division"],
            no=number,
            state=LineState.IN.value,
        )
        for number, line in enumerate(found.lines, start=first)
    )


async def _locked(session: AsyncSession, batch_id: uuid.UUID) -> DisbursementRow:
    batch = await session.get(DisbursementRow, batch_id, with_for_update=True)
    if batch is None:
        raise not_found()
    return batch


def _check_state(batch: DisbursementRow, wanted: DisbursementState) -> None:
    if batch.state != wanted.value:
        now = DisbursementState(batch.state)
        raise Refusal(
            409,
            "wrong-state",
            f"批次{batch.number}现为“{now.label}”，不能这样办理",
            f"the batch is {now.value}, not {wanted.value}",
            state=now.value,
        )


def _check_filled(count: int) -> None:
    """What was put on hold has left the batch since."""
    if not count:
        raise Refusal(409, "empty-batch", "批次中没有待付款项", "there is nothing in the batch")


async def _new_batch(services: Services, session: AsyncSession, user: CurrentUser) -> DisbursementRow:
    """Numbered under the lock of its series: a batch that is not made leaves no gap."""
    day = today(services.clock)
    statement = insert(SerialRow).values(series=SERIES, division=user.division, year=day.year, last=1)
    serial = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=["series", "division", "year"], set_={"last": SerialRow.last + 1}
        ).returning(SerialRow.last)
    )
    assert serial is not None
    batch = DisbursementRow(
        id=uuid.uuid4(),
        division=user.division,
        year=day.year,
        serial=serial,
        number=f"{user.division}-{day.year}-{serial:04d}",
        state=DisbursementState.PREPARED.value,
        prepared_on=day,
        prepared_at=services.clock.now(),
        prepared_by=user.id,
    )
    session.add(batch)
    await session.flush()
    return batch


async def _check_contract(
    services: Services, session: AsyncSession, batch: DisbursementRow, contract: str | None
) -> None:
    """Where an agency has been commissioned, the batch names the contract (A-52)."""
    day = today(services.clock)
    try:
        required = (await load_rulebook(session, batch.division, day)).parameter("AGENCY_CONTRACT_REQUIRED", day).value
    except MissingParameter as missing:
        raise parameter_missing(missing.key) from missing
    if required and not (contract and contract.strip()):
        zh = "本地委托经办机构办理，须填写合同编号"
        raise wrong_fields([Problem("/contract", zh, "the contract with the agency is required", "A-52")])


async def _size(session: AsyncSession, batch: DisbursementRow) -> tuple[int, int]:
    """How many lines are in it, and the last number given to a line."""
    found = await session.execute(
        select(
            func.count().filter(DisbursementLineRow.state == LineState.IN.value),
            func.coalesce(func.max(DisbursementLineRow.no), 0),
        ).where(DisbursementLineRow.disbursement_id == batch.id)
    )
    count, last = found.one()
    return count, last


async def _decided_by(
    session: AsyncSession, batch: DisbursementRow, account: uuid.UUID, kinds: Sequence[str]
) -> list[str]:
    """The numbers of the batch's cases of which the person has done such a step."""
    rows = await session.scalars(
        text(
            "select distinct a.number from disbursement_line l join payment p on p.id = l.payment_id "
            "join application a on a.id = p.application_id join task t on t.subject_id = a.id "
            "where l.disbursement_id = :batch and l.state = 'in' and t.kind = any(:kinds) "
            "and (t.answered_by = :account or t.acted_for = :account) order by a.number"
        ),
        {"batch": batch.id, "account": account, "kinds": list(kinds)},
    )
    return list(rows)


def _separated(numbers: Sequence[str], zh: str) -> Refusal:
    listed = f"：{'、'.join(numbers[:5])}{'等' if len(numbers) > 5 else ''}" if numbers else ""
    return Refusal(
        403,
        "separation-of-duties",
        f"{zh}{listed}，请由他人办理",
        "another person must do this: you prepared the batch or decided one of its cases",
        clause="R-SEPARATION",
        cases=list(numbers),
    )


def _nothing_to_gather(found: Gathered) -> Refusal:
    return Refusal(
        409,
        "nothing-to-gather",
        "没有可以列入批次的款项",
        "there is nothing to be gathered",
        left_out=plain(found.left_out),
    )


def _record(
    services: Services, session: AsyncSession, user: CurrentUser, batch: DisbursementRow, action: str, **codes: Any
) -> None:
    record(
        session,
        subject_id=batch.id,
        division=batch.division,
        at=services.clock.now(),
        day=today(services.clock),
        tag=f"counter:disbursement:{action}",
        actor=user.username,
        codes={"number": batch.number, **codes},
        grounds=["A-51"],
    )
