"""Answers of W07: what was provided, that nothing has changed, and whether the other side counts the same (C-28, C-30)."""

import uuid
from collections.abc import Mapping
from typing import Any

from api.answering.answer import Answer
from api.errors import not_found, wrong_fields
from api.exchange.agreements import check_agreement
from policy.exchange_terms import Carrier, Direction
from policy.problems import Problem
from policy.terms import Department
from store.sharings import (
    Provided,
    SharingRow,
    confirm_sharing,
    correct_sharing,
    dispute_sharing,
    record_sharing,
    withdraw_sharing,
)


async def list_provided(answer: Answer) -> None:
    """The list of the source department travelled on paper, by an interface, or as a file outside."""
    await _provided(answer, Direction.IN)


async def data_provided(answer: Answer) -> None:
    await _provided(answer, Direction.OUT)


async def no_change_in(answer: Answer) -> None:
    await _record(answer, Direction.IN, None, {})


async def no_change_out(answer: Answer) -> None:
    await _record(answer, Direction.OUT, None, {})


async def confirmed(answer: Answer) -> None:
    sharing = await _sharing(answer)
    await confirm_sharing(
        answer.session, sharing, by=answer.user.id, on=answer.act_day, at=answer.now, actor=answer.user.username
    )
    answer.codes |= {"rows": sharing.rows_shared}


async def disputed(answer: Answer) -> None:
    sharing = await _sharing(answer)
    await dispute_sharing(answer.session, sharing, at=answer.now, actor=answer.user.username)
    answer.codes |= {"rows": sharing.rows_shared, "received": answer.values.get("received")}


async def corrected(answer: Answer) -> None:
    sharing, counts = await _sharing(answer), _counts(answer.values)
    await correct_sharing(answer.session, sharing, counts, on=answer.act_day, at=answer.now, actor=answer.user.username)
    answer.codes |= {"rows": sharing.rows_shared}


async def withdrawn(answer: Answer) -> None:
    await withdraw_sharing(
        answer.session, await _sharing(answer), on=answer.act_day, at=answer.now, actor=answer.user.username
    )


async def _provided(answer: Answer, direction: Direction) -> None:
    counts = _counts(answer.values)
    if not sum(counts.values()):
        zh = "请填写人次；本月没有变动的，请办理“本月无变动”"
        raise wrong_fields([Problem("/fields", zh, "give the person-times, or answer zero_report", "C-30")])
    await _record(answer, direction, Carrier(answer.values["carrier"]), counts)


async def _record(answer: Answer, direction: Direction, carrier: Carrier | None, counts: Mapping[str, int]) -> None:
    partner = Department(answer.task.department) if direction is Direction.IN else Department.CIVIL_AFFAIRS
    if await check_agreement(answer.session, answer.matter.division, answer.act_day, partner):
        answer.codes |= {"no_agreement": True}
    month = answer.matter.month
    if month is None:
        raise TypeError("a cycle without its month")
    provided = Provided(
        source=f"task/{answer.task.id}",
        division=answer.matter.division,
        month=month,
        direction=direction,
        partner=partner,
        carrier=carrier,
        provided_on=answer.act_day,
        person_times=counts,
        provided_by=answer.user.id,
    )
    await record_sharing(answer.session, provided, at=answer.now, actor=answer.user.username)
    answer.codes |= {"rows": sum(counts.values())}


def _counts(values: Mapping[str, Any]) -> dict[str, int]:
    return {name: value for name, value in values.items() if isinstance(value, int) and value}


async def _sharing(answer: Answer) -> SharingRow:
    found = await answer.session.get(SharingRow, uuid.UUID(answer.task.detail["sharing"]), with_for_update=True)
    if found is None:
        raise not_found()
    return found
