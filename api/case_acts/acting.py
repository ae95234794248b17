"""Doing an act: who may, at which status, what was sent, from which day; then what belongs to its kind."""

import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.answering.days import check_day
from api.case_acts import correct, death, move, payee, remedies, reopen, withdraw
from api.case_acts.act import Act, check_transit, has_open_task, under_way, wrong
from api.errors import Refusal, not_allowed, not_found, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from policy.case_acts import CASE_ACTS, CaseAct
from policy.clock import today
from policy.fields import read_fields
from policy.problems import Problem
from policy.terms import ApplicationStatus
from store.applications import ApplicationRow

Effect = Callable[[Act], Awaitable[None]]

EFFECTS: Mapping[str, Effect] = {
    "withdraw": withdraw.withdraw,
    "correct": correct.correct,
    "move": move.move,
    "death": death.death,
    "payee": payee.change_payee,
    "reopen": reopen.reopen_case,
    "remedies": remedies.file_remedy,
}
GOES_ON = frozenset({"move", "reopen", "remedies", "recall"})
"""Acts after which the procedure opens a step."""


async def act_on_case(
    services: Services, user: CurrentUser, application_id: uuid.UUID, name: str, sent: Any, key: str | None = None
) -> dict[str, Any]:
    """Commits the act with all that goes with it. Raises Refusal: nothing is written."""
    declared = CASE_ACTS[name]
    once = Once(services, user, key, f"{name}/{application_id}", sent)
    async with services.database.transaction(user.scope) as session:
        if await once.earlier(session) is None:
            act = await _checked(services, session, user, application_id, declared, sent)
            await EFFECTS[name](act)
            await act.keep()
            await session.flush()
            await once.keep(session, 200, {"application": str(application_id)})
        return await outlook_of(session, application_id, name)


async def outlook(services: Services, user: CurrentUser, application_id: uuid.UUID, name: str) -> dict[str, Any]:
    """{act, settled, subject: {type, id, number, status}}: how the case stands after it."""
    async with services.database.transaction(user.scope) as session:
        return await outlook_of(session, application_id, name)


async def outlook_of(session: AsyncSession, application_id: uuid.UUID, name: str) -> dict[str, Any]:
    """A case that has moved is no longer seen from its old office: that it is gone is how it stands."""
    row = await session.get(ApplicationRow, application_id, populate_existing=True)
    if row is None:
        return {"act": name, "settled": True, "subject": {"type": "application", "id": str(application_id)}}
    waits = bool(await under_way(session, row)) or row.moving_to is not None
    opens = name not in GOES_ON or await has_open_task(session, application_id)
    subject = {"type": "application", "id": str(row.id), "number": row.number, "status": row.status}
    return {"act": name, "settled": not waits and opens, "subject": subject}


async def _checked(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    application_id: uuid.UUID,
    declared: CaseAct,
    sent: Any,
) -> Act:
    application = await locked_case(session, application_id)
    _check_post(user, declared)
    _check_status(user, application, declared)
    await check_transit(session, application, declared)
    now_day = today(services.clock)
    if not isinstance(sent, dict):
        raise wrong_fields([wrong("", "应为一个对象", "an object is needed")])
    fields = {name: value for name, value in sent.items() if name not in (*declared.parts, "done_on", "paper_reason")}
    values, problems = read_fields(declared.fields, fields)
    problems = [replace(problem, pointer=problem.pointer.removeprefix("/fields")) for problem in problems]
    done_on, reason = _day(sent, problems), _words(sent, problems)
    day = done_on or now_day
    problems += await check_day(
        session,
        application.division,
        day,
        now_day,
        not_before=application.last_act_on if declared.main else application.submitted_on,
        reason=reason,
        pointer="/done_on",
    )
    if problems:
        raise wrong_fields(problems)
    parts = {name: sent[name] for name in declared.parts if name in sent}
    now = services.clock.now()
    return Act(services, session, user, application, declared, values, parts, day, now_day, now, reason)


async def locked_case(session: AsyncSession, application_id: uuid.UUID) -> ApplicationRow:
    """The case of the caller's area, under its row lock. Raises Refusal 404."""
    row = await session.scalar(select(ApplicationRow).where(ApplicationRow.id == application_id).with_for_update())
    if row is None:
        raise not_found()
    return row


def _check_post(user: CurrentUser, declared: CaseAct) -> None:
    if user.post not in declared.who:
        raise not_allowed(f"“{declared.label}”由{'或'.join(post.label for post in declared.posts)}办理")


def _check_status(user: CurrentUser, application: ApplicationRow, declared: CaseAct) -> None:
    status = ApplicationStatus(application.status)
    if not declared.allows(user.post, status):
        raise Refusal(
            409,
            "act-not-now",
            f"案件现为“{status.label}”，您的岗位此时不能办理“{declared.label}”",
            "this cannot be done at the case's present status by your post",
            clause=declared.clause,
            status_now=status.value,
        )


def _day(sent: Mapping[str, Any], problems: list[Problem]) -> date | None:
    typed = sent.get("done_on")
    if typed is None or typed == "":
        return None
    try:
        return date.fromisoformat(typed)
    except (TypeError, ValueError):
        problems.append(wrong("done_on", "应为日期，如2025-03-12", "must be a date such as 2025-03-12"))
        return None


def _words(sent: Mapping[str, Any], problems: list[Problem]) -> str | None:
    typed = sent.get("paper_reason")
    if typed is None:
        return None
    if not isinstance(typed, str) or len(typed) > 4000:
        problems.append(wrong("paper_reason", "应为文字，不超过4000字", "must be text of at most 4000 characters"))
        return None
    return typed.strip() or None
