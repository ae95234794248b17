"""What a row of a list does to a person's identity: a period begins, ends, or gives way to another without a gap.

The days follow the rule of the jurisdiction (`policy/entitlement.py`), never the moment at which the row is taken in.
"""

import uuid
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context
from policy.entitlement import AdjustmentDates, changed_on, entitled_from, entitled_until
from policy.exchange_terms import RosterChange
from policy.terms import Category
from store.identities import (
    Identity,
    IdentityPeriodRow,
    Marked,
    Period,
    end_period,
    hold_identity,
    mark,
    periods_in_full,
)


class Marking(StrEnum):
    """What became of the row: marked, known already, or why it cannot be."""

    MARKED = "marked"
    KNOWN = "known"
    ALREADY_ACTIVE = "already-active"
    ELSEWHERE = "period-elsewhere"
    NOT_ACTIVE = "not-active"
    ENDS_BEFORE_IT_STARTS = "ends-before-it-starts"
    WHICH_CATEGORY = "which-category"


@dataclass(frozen=True)
class Wanted:
    """What a row says about a known person; `leaves` is the category before a change, where it is named."""

    person: uuid.UUID
    category: Category
    change: RosterChange
    dates: AdjustmentDates
    certificate: str | None = None
    leaves: Category | None = None


@dataclass(frozen=True)
class MarkedOn:
    """`day` is the first day of the new period, or the first day without the old one."""

    marking: Marking
    day: date | None = None


async def mark_row(session: AsyncSession, context: Context, wanted: Wanted) -> MarkedOn:
    """Writes what the row says, unless something stands in its way. Raises MissingParameter and MissingDate."""
    await hold_identity(session, wanted.person)
    if wanted.change is RosterChange.CATEGORY_CHANGE:
        return await _change(session, context, wanted)
    if wanted.change.removes:
        return await _remove(session, context, wanted)
    return await _add(session, context, wanted, entitled_from(context.rulebook, wanted.dates).day)


async def _add(session: AsyncSession, context: Context, wanted: Wanted, day: date) -> MarkedOn:
    identity = Identity(
        wanted.person,
        context.division,
        context.department.value,
        Period(wanted.category, day, None),
        wanted.dates.provided_on,
        wanted.certificate,
    )
    marked = await mark(session, context.vault, identity, context.upload, context.now)
    return MarkedOn(_OF_MARK[marked], day)


_OF_MARK = {
    Marked.MARKED: Marking.MARKED,
    Marked.KNOWN: Marking.KNOWN,
    Marked.OVERLAPS: Marking.ALREADY_ACTIVE,
    Marked.ENDED_OTHERWISE: Marking.ALREADY_ACTIVE,
    Marked.ELSEWHERE: Marking.ELSEWHERE,
}


async def _remove(session: AsyncSession, context: Context, wanted: Wanted) -> MarkedOn:
    day = entitled_until(context.rulebook, wanted.dates).day
    held = [row for row in await periods_in_full(session, wanted.person) if row.category == wanted.category.value]
    open_ones = [row for row in held if row.ends_on is None]
    ours = next((row for row in open_ones if _ours(row, context)), None)
    if ours is None:
        if any(_ours(row, context) and row.ends_on == day for row in held):
            return MarkedOn(Marking.KNOWN, day)
        return MarkedOn(Marking.ELSEWHERE if open_ones else Marking.NOT_ACTIVE)
    return MarkedOn(_end(ours, day, wanted, context), day)


async def _change(session: AsyncSession, context: Context, wanted: Wanted) -> MarkedOn:
    """The old period ends and the new one begins on one day. Without the old category's name there must be one only."""
    day = changed_on(context.rulebook, wanted.dates).day
    held = [row for row in await periods_in_full(session, wanted.person) if _ours(row, context)]
    left = [
        row
        for row in held
        if row.ends_on is None
        and row.category != wanted.category.value
        and wanted.leaves in (None, Category(row.category))
    ]
    if not left:
        begun = any(row.category == wanted.category.value and row.starts_on == day for row in held)
        return MarkedOn(Marking.KNOWN if begun else Marking.NOT_ACTIVE, day)
    if len(left) > 1:
        return MarkedOn(Marking.WHICH_CATEGORY)
    ended = _end(left[0], day, wanted, context)
    if ended is not Marking.MARKED:
        return MarkedOn(ended, day)
    await session.flush()
    return await _add(session, context, wanted, day)


def _end(row: IdentityPeriodRow, day: date, wanted: Wanted, context: Context) -> Marking:
    if day <= row.starts_on:
        return Marking.ENDS_BEFORE_IT_STARTS
    end_period(row, day, wanted.dates.provided_on, context.upload)
    return Marking.MARKED


def _ours(row: IdentityPeriodRow, context: Context) -> bool:
    return (row.division, row.source_department) == (context.division, context.department.value)
