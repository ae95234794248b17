"""W06 begins: with each department's period, which ends on its last working day, or with an adjustment at any time.

An adjustment is closed for one category at a time, as 附件4 is ticked: its list, its certificate and its term are one matter.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.place import Place
from policy.adjustment_steps import PROVIDED
from policy.deadlines import add_months, due_after
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Category, Department, Level
from policy.working_days import UnknownYear
from store.adjustments import AdjustmentRow, Series, hold_series, next_batch
from store.matters import MatterRow, Opening, open_matter

RECEIVERS = (Department.MEDICAL_INSURANCE, Department.FINANCE)
"""Whom a list and its certificate are provided to (A-30)."""
CYCLE = "ADJUSTMENT_CYCLE"
QUARTER = "QUARTER"


def adjustment_periods(place: Place, first: date) -> Sequence[Opening]:
    """One for each department of a county that provides categories; by quarters, with the quarter's last month."""
    if place.level is not Level.COUNTY:
        return ()
    cycle = place.rulebook.find(CYCLE, first)
    if cycle is None or (cycle.value == QUARTER and first.month % 3):
        return ()
    period = period_of(place.rulebook, first)
    return tuple(
        Opening(
            procedure=Procedure.ADJUSTMENT_PERIOD,
            key=f"{place.division}/{department.value}/{period}",
            division=place.division,
            departments=(department, Department.MEDICAL_INSURANCE),
            status=MatterStatus.OPEN,
            department=department,
            month=first,
            facts={"period": period},
        )
        for department in sources(place.rulebook, first)
    )


def sources(rulebook: Rulebook, on: date) -> Sequence[Department]:
    """The departments that provide a category (CATEGORY_SOURCE), in the order of their codes."""
    found = (rulebook.find(f"CATEGORY_SOURCE({category.value})", on) for category in PROVIDED)
    return sorted({Department(source.value) for source in found if source is not None})


def categories_of(rulebook: Rulebook, department: Department, on: date) -> Sequence[Category]:
    """What the department provides."""
    found = ((category, rulebook.find(f"CATEGORY_SOURCE({category.value})", on)) for category in PROVIDED)
    return [category for category, source in found if source is not None and source.value == department.value]


def period_of(rulebook: Rulebook, day: date) -> str:
    """2026-11, or 2026-Q4 where adjustments are made by quarters."""
    cycle = rulebook.find(CYCLE, day)
    if cycle is not None and cycle.value == QUARTER:
        return f"{day.year}-Q{(day.month + 2) // 3}"
    return f"{day:%Y-%m}"


def first_day_of(period: str) -> date:
    """2026-11 begins on 2026-11-01, 2026-Q4 on 2026-10-01."""
    year, _, rest = period.partition("-")
    return date(int(year), int(rest[1:]) * 3 - 2 if rest.startswith("Q") else int(rest), 1)


def last_working_day(rulebook: Rulebook, month: date) -> date:
    """Of the month. Raises MissingParameter while the year's calendar has not been loaded."""
    day = add_months(month.replace(day=1), 1) - timedelta(days=1)
    try:
        while not rulebook.calendar.is_working_day(day):
            day -= timedelta(days=1)
    except UnknownYear as error:
        raise MissingParameter(f"WORK_CALENDAR({error.year})", rulebook.division, month) from error
    return day


@dataclass(frozen=True)
class Closing:
    """An adjustment that a department has closed, of one category."""

    division: str
    department: Department
    category: Category
    adjusted_on: date
    period: str
    parent: uuid.UUID | None = None


async def open_adjustment(
    session: AsyncSession, rulebook: Rulebook, closing: Closing, *, at: datetime, facts: dict[str, Any] | None = None
) -> tuple[MatterRow, AdjustmentRow]:
    """The next batch of that category and period, and its procedure started. `facts` go into the matter from the first."""
    await hold_series(session, closing.division, closing.department, closing.category)
    series = Series(closing.division, closing.department, closing.category, closing.period)
    batch = await next_batch(session, series)
    opening = Opening(
        procedure=Procedure.ADJUSTMENT,
        key=series.key(batch),
        division=closing.division,
        departments=(closing.department, *RECEIVERS),
        status=MatterStatus.ADJUSTED,
        department=closing.department,
        month=closing.adjusted_on.replace(day=1),
        parent=closing.parent,
        facts={
            "category": closing.category.value,
            "period": closing.period,
            "batch": batch,
            "adjusted_on": closing.adjusted_on.isoformat(),
            **(facts or {}),
        },
    )
    matter, _ = await open_matter(session, opening, at=at, day=closing.adjusted_on)
    row = AdjustmentRow(
        matter_id=matter.id,
        division=closing.division,
        department=closing.department.value,
        category=closing.category.value,
        period=closing.period,
        batch=batch,
        adjusted_on=closing.adjusted_on,
        due_on=due_on(rulebook, closing.adjusted_on),
    )
    session.add(row)
    await session.flush()
    return matter, row


def due_on(rulebook: Rulebook, adjusted_on: date) -> date | None:
    """T-DYN; None while a calendar or the rule is missing, or no term is set."""
    try:
        return due_after(rulebook, "T-DYN", adjusted_on).nominal
    except MissingParameter:
        return None
