"""By what a roster is judged, and from which day its changes hold: the parameters and the map, as the engine needs them."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.identity import PROVIDED
from activities.imports.kinds import Context
from exchange.rosters.roster import Terms
from policy.entitlement import AdjustmentDates, changed_on, entitled_from, entitled_until
from policy.rulebook import Rulebook
from policy.terms import Category, Level
from store.reference import DivisionRow

_ENDINGS = ("街道办事处", "街道办", "街道", "镇", "乡")


async def terms_of(session: AsyncSession, context: Context) -> Terms:
    """Of the county and department whose roster it is, on the day on which it is taken in."""
    return (await terms_of_all(session, [context]))[context.upload]


async def terms_of_all(session: AsyncSession, contexts: Sequence[Context]) -> Mapping[uuid.UUID, Terms]:
    """As `terms_of`, by upload."""
    townships = await _townships(session, contexts)
    return {
        context.upload: Terms(
            today=context.today,
            categories=_categories(context),
            own=frozenset(one.value for one in PROVIDED if _source(context, one) == context.department.value),
            townships=frozenset(name for full in townships.get(context.division, ()) for name in _spelled(full)),
        )
        for context in contexts
    }


class Days:
    """From which day the changes of one roster hold (C-11, C-12, J-13); a change of category ends and begins on one day.

    附件2 bears one day, so that day stands for whatever else a rule counts from. Only when a county goes live does a row's own
    day of entitlement count: before that nobody here knew since when.
    """

    def __init__(self, rulebook: Rulebook, listed_on: date, *, goes_live: bool) -> None:
        self._goes_live = goes_live
        self._changed = changed_on(rulebook, self._dates(listed_on)).day
        self._first = entitled_from(rulebook, self._dates(listed_on)).day
        self._last = entitled_until(rulebook, self._dates(listed_on)).day

    def first(self, since: str | None, *, changes: bool) -> date:
        """The first day of somebody who comes."""
        if since and self._goes_live:
            return date.fromisoformat(since)
        return self._changed if changes else self._first

    def last(self, *, changes: bool) -> date:
        """The first day without it, for whoever goes."""
        return self._changed if changes else self._last

    def _dates(self, day: date) -> AdjustmentDates:
        return AdjustmentDates(day, adjusted_on=day, certificate_on=day, source_benefit_from=day)


def _categories(context: Context) -> dict[str, str]:
    """Codes by every name that lists use, in capitals."""
    others = context.rulebook.find("CATEGORY_NAMES", context.today)
    names = {name: code for one in Category for name, code in ((one.value, one.value), (one.label, one.value))}
    return {name.upper(): code for name, code in (names | dict(others.value if others else {})).items()}


def _source(context: Context, category: Category) -> str | None:
    found = context.rulebook.find(f"CATEGORY_SOURCE({category.value})", context.today)
    return None if found is None else str(found.value)


async def _townships(session: AsyncSession, contexts: Sequence[Context]) -> Mapping[str, Sequence[str]]:
    """Their full names by county; of one day, for those who are taken in together are so on the same."""
    day = contexts[0].today
    found = await session.execute(
        select(DivisionRow.parent, func.array_agg(DivisionRow.name))
        .where(
            DivisionRow.parent.in_({context.division for context in contexts}),
            DivisionRow.level == Level.TOWNSHIP.value,
            DivisionRow.valid_from <= day,
            (DivisionRow.valid_to.is_(None)) | (DivisionRow.valid_to > day),
        )
        .group_by(DivisionRow.parent)
    )
    return {county: names for county, names in found if county}


def _spelled(name: str) -> Iterator[str]:
    """凤城镇 is 凤城 as well."""
    yield name
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            yield name.removesuffix(ending)
