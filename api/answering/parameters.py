"""A missing parameter is entered by the city: checked against the floors, marked 待复核, and all that waited go on (A-05)."""

import uuid
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answering.answer import Answer, wrong_field
from api.errors import wrong_fields
from policy.floors import Finding, check
from policy.parameters import base_of
from policy.problems import Problem
from policy.rulebook import Basis, Parameter
from policy.terms import DocumentKind
from policy.typed_values import BadValue, read_value
from store.outbox import wake
from store.reference import ParameterRow
from store.tasks import TaskRow
from store.timeline import record

MISSING_PARAMETER = "missing_parameter"
CONFIRM_MODULE = "confirm_module"
LISTS_OF_PAPERS = ("REQUIRED_PAPERS", "PENDING_PAPERS")


async def take_turns(session: AsyncSession, task_id: uuid.UUID) -> None:
    """Answers for one key of one city come one after the other; for a task of another kind it does nothing.

    An answer closes all tasks that wait for the key. Two that had locked their own first would wait for each other.
    """
    turn = func.concat_ws("/", MISSING_PARAMETER, TaskRow.office, TaskRow.detail["key"].astext)
    await session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(turn, 0))).where(
            TaskRow.id == task_id, TaskRow.kind.in_((MISSING_PARAMETER, CONFIRM_MODULE))
        )
    )


async def entered(answer: Answer) -> None:
    await _enter(answer, _candidate(answer, answer.values["value"]))


async def confirmed(answer: Answer) -> None:
    """Whether a rule of an old document is applied (AMB-18): written as the module's switch, for all that wait for it."""
    await _enter(answer, _candidate(answer, "是" if answer.outcome.name == "in_use" else "否"))


async def _enter(answer: Answer, candidate: Parameter) -> None:
    findings = check((await answer.rulebook()), candidate)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise wrong_fields([_problem(finding) for finding in errors])
    answer.session.add(await _row(answer, candidate))
    await answer.session.flush()
    released = await _release(answer, candidate.key)
    answer.codes |= {
        "key": candidate.key,
        "effective_from": candidate.effective_from.isoformat(),
        "basis": candidate.basis.value,
        "warnings": [finding.clause for finding in findings],
        "released": released,
    }


def _candidate(answer: Answer, value: str) -> Parameter:
    key = answer.task.detail["key"]
    try:
        typed = read_value(key, value)
    except BadValue as wrong:
        raise wrong_fields([wrong_field("value", f"“参数值”{wrong.zh}", f"value: {wrong.en}")]) from None
    if base_of(key) in LISTS_OF_PAPERS:
        _check_papers(typed.value)
    return Parameter(
        key=key,
        value=typed.value,
        unit=typed.unit,
        division=answer.task.office,
        effective_from=date.fromisoformat(answer.values["effective_from"]),
        effective_to=None,
        document=answer.values["document"],
        basis=Basis.UNREVIEWED,
        clause=answer.step.clause if key.startswith("CONDITIONS") else None,
    )


def _check_papers(kinds: list[str]) -> None:
    known = [kind.value for kind in DocumentKind]
    if any(kind not in known for kind in kinds):
        named = "、".join(f"{kind.value}（{kind.label}）" for kind in DocumentKind)
        raise wrong_fields([wrong_field("value", f"材料种类只能是：{named}", f"only these kinds: {', '.join(known)}")])


async def _row(answer: Answer, candidate: Parameter) -> ParameterRow:
    highest = await answer.session.scalar(
        select(func.max(ParameterRow.version)).where(
            ParameterRow.key == candidate.key,
            ParameterRow.division == candidate.division,
            ParameterRow.effective_from == candidate.effective_from,
        )
    )
    return ParameterRow(
        key=candidate.key,
        division=candidate.division,
        value=candidate.value,
        unit=candidate.unit,
        effective_from=candidate.effective_from,
        effective_to=None,
        document=candidate.document,
        clause=candidate.clause,
        basis=candidate.basis.value,
        note="",
        version=(highest or 0) + 1,
        source="counter",
        entered_by=answer.user.username,
        entered_at=answer.now,
    )


async def _release(answer: Answer, key: str) -> int:
    """Closes the other tasks of the same city that wait for the same key, and wakes their cases."""
    others = await answer.session.scalars(
        select(TaskRow)
        .where(
            TaskRow.kind == answer.task.kind,
            TaskRow.state == "open",
            TaskRow.office == answer.task.office,
            TaskRow.detail["key"].astext == key,
            TaskRow.id != answer.task.id,
        )
        .order_by(TaskRow.id)
        .with_for_update()
    )
    rows = others.all()
    for other in rows:
        other.state, other.closed_reason = "closed", "released"
        record(
            answer.session,
            subject_id=other.subject_id,
            division=other.division,
            at=answer.now,
            day=answer.act_day,
            tag=f"counter:{other.kind}:released",
            actor=answer.user.username,
            codes={"task": str(other.id), "key": key},
            grounds=[answer.step.clause],
        )
        await wake(answer.session, other, at=answer.now)
    return len(rows)


def _problem(finding: Finding) -> Problem:
    return wrong_field("value", finding.zh, finding.en, finding.clause)
