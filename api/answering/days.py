"""The day of an act: today, or an earlier day when an act done on paper is entered later (补录)."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from policy.problems import Problem
from policy.working_days import UnknownYear
from store.rulebook import load_rulebook

ASKED_BACK = 3
"""Working days back beyond which the reason is asked for in so many words (architecture decision 13)."""


async def check_day(
    session: AsyncSession,
    division: str,
    day: date,
    today: date,
    *,
    not_before: date | None,
    reason: str | None,
    pointer: str,
) -> list[Problem]:
    """What is wrong with a typed day of an act: it lies in the past, after the step before, and has a reason."""
    if day > today:
        return [Problem(pointer, "办理日期不能晚于今天", "the day of the act lies in the future")]
    problems: list[Problem] = []
    if not_before and day < not_before:
        problems.append(
            Problem(
                pointer, f"办理日期不能早于上一环节的{not_before.isoformat()}", f"the step before was on {not_before}"
            )
        )
    if day < today and not (reason and reason.strip()):
        problems.append(await _reason_needed(session, division, day, today))
    return problems


async def _reason_needed(session: AsyncSession, division: str, day: date, today: date) -> Problem:
    calendar = (await load_rulebook(session, division, today)).calendar
    try:
        back = calendar.working_days_between(day, today)
    except UnknownYear:
        back = (today - day).days
    if back > ASKED_BACK:
        return Problem(
            "/paper_reason",
            f"办理日期距今已{back}个工作日，超过{ASKED_BACK}个工作日，须说明补录原因",
            f"the act lies {back} working days back: say why it is entered only now",
        )
    return Problem("/paper_reason", "补录须填写补录原因", "a paper entry needs its reason")
