"""The list of one month: who is above the line of their categories, and whether that was pushed before (B-14, B-15, D-03)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from policy.case_facts import Consulted
from policy.deadlines import add_months
from policy.exchange_terms import Insurance
from policy.high_cost import HighCost, Pushed, monitored, still_heavy
from policy.monitoring_line import Insured, every_line, line_for
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Category, Residence
from store.identities import categories_on
from store.matters import MatterRow
from store.pushes import LISTED, SUPPRESSED, BurdenRow, LastPush, PushItemRow, last_push
from store.rulebook import parameter_record


async def make_list(session: AsyncSession, matter: MatterRow, rulebook: Rulebook) -> None:
    """Writes the items of a push out of its month's burdens; who was on it by an earlier count keeps the item, or loses it.

    Categories and rules are those of the month's last day. Raises MissingParameter.
    """
    month = month_of(matter)
    last_day = add_months(month, 1) - timedelta(days=1)
    rows = await session.scalars(select(PushItemRow).where(PushItemRow.matter_id == matter.id))
    before = {row.person_id: row for row in rows}
    for burden in await _worth_looking_at(session, matter.division, month, rulebook, last_day):
        item = await _item(session, matter, burden, rulebook, last_day)
        if item is None:
            continue
        known = before.pop(burden.person_id, None)
        if known is None:
            session.add(PushItemRow(**item))
        else:
            for name, value in item.items():
                setattr(known, name, value)
    for nobody in before.values():
        await session.delete(nobody)
    await session.flush()


async def track(session: AsyncSession, matter: MatterRow) -> None:
    """How those pushed earlier in the year stand by this month's burdens (B-16); who is in no file keeps what was known."""
    month = month_of(matter)
    await session.execute(
        text(
            "update push_item i set tracked_month = :month, tracked_burden = b.burden, tracked_over = b.burden > i.threshold"
            " from burden b where b.division = :division and b.month = :month and b.person_id = i.person_id"
            " and i.division = :division and i.year = :year and i.pushed_on is not null and i.tracked_month < :month"
        ),
        {"month": month, "division": matter.division, "year": month.year},
    )


def month_of(matter: MatterRow) -> date:
    """The month whose data a push is about. Raises ValueError for a matter without one."""
    if matter.month is None:
        raise ValueError("a push is about a month")
    return matter.month


async def _worth_looking_at(
    session: AsyncSession, division: str, month: date, rulebook: Rulebook, on: date
) -> list[BurdenRow]:
    """Those above the lowest line that anybody stands under; all, while one of the lines is not known."""
    asked = select(BurdenRow).where(BurdenRow.division == division, BurdenRow.month == month).order_by(BurdenRow.id)
    law = Consulted(rulebook)
    lines = [line.amount for line in every_line(law, on)]
    known = bool(lines) and not law.missing
    return list(await session.scalars(asked.where(BurdenRow.burden > min(lines)) if known else asked))


async def _item(
    session: AsyncSession, matter: MatterRow, burden: BurdenRow, rulebook: Rulebook, on: date
) -> dict[str, Any] | None:
    """The person's item, if the burden is over their line; what has not changed since the last push is suppressed."""
    categories = await categories_on(session, burden.person_id, on)
    insured = Insured(categories, Residence(burden.residence), Insurance(burden.insurance))
    found = monitored(rulebook, insured, burden.burden, on)
    if found.missing:
        raise MissingParameter(found.missing[0], matter.division, on)
    if found.line is None or not found.over:
        return None
    before = await last_push(session, matter.division, burden.person_id, on.year, found.line.list, burden.month)
    if before is not None:
        found = monitored(rulebook, insured, burden.burden, on, Pushed(before.burden, on.year, before.list_type))
    return _written(matter, burden, found, _category(rulebook, insured, found, on), before, rulebook, on)


def _written(
    matter: MatterRow,
    burden: BurdenRow,
    found: HighCost,
    category: Category,
    before: LastPush | None,
    rulebook: Rulebook,
    on: date,
) -> dict[str, Any]:
    assert found.line is not None
    return {
        "matter_id": matter.id,
        "division": matter.division,
        "month": burden.month,
        "year": on.year,
        "person_id": burden.person_id,
        "list_type": found.line.list.value,
        "category": category.value,
        "residence": burden.residence,
        "insurance": burden.insurance,
        "burden": burden.burden,
        "aid": burden.aid,
        "threshold": found.line.amount,
        "fallback": found.line.fallback,
        "grounds": list(found.grounds),
        "rule": parameter_record(found.line.rule) | {"formula": found.line.formula},
        "state": SUPPRESSED if found.suppressed else LISTED,
        "previous_burden": before.burden if before else None,
        "previous_month": before.month if before else None,
        "still_heavy": bool(still_heavy(rulebook, burden.burden - burden.aid, on)),
        "pushed_on": None,
        "tracked_month": burden.month,
        "tracked_burden": burden.burden,
        "tracked_over": True,
    }


def _category(rulebook: Rulebook, insured: Insured, found: HighCost, on: date) -> Category:
    """The category that the person stands under that line by."""
    law = Consulted(rulebook)
    for category in insured.categories:
        if line_for(law, Insured((category,), insured.residence, insured.insurance), on) == found.line:
            return category
    return Category.PT
