"""`jiuzhu month`: opening a month by hand, and seeing whether it stands open everywhere."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select

from activities.months import divisions_of, gaps, open_month, openings, provinces
from policy.clock import today
from policy.exchange_terms import MatterStatus
from policy.procedures import Procedure
from policy.terms import normal_division
from runtime.clock import clock
from runtime.settings import Settings
from runtime.trouble import StartTrouble
from store.database import WHOLE, Database
from store.matters import MatterRow, open_matter
from store.rulebook import load_law


async def open_by_hand(settings: Settings, month: str, division: str, say: Callable[[str], None]) -> None:
    """Opens the month in the division and everything inside it, wherever it is not open yet. Raises StartTrouble."""
    first, now = month_named(month), clock(settings).now()
    if first > now.date():
        raise StartTrouble(f"{month}尚未开始，不能开启")
    database, opened = Database(settings.database_url("worker")), Counter[str]()
    try:
        for area in await _areas(database, division):
            async with database.transaction(WHOLE) as session:
                divisions = await divisions_of(session, area)
            if not divisions:
                raise StartTrouble(f"没有区划代码 {area}")
            for code in divisions:
                async with database.transaction(WHOLE) as session:
                    opened.update(matter.procedure for matter in await open_month(session, code, first, now))
    finally:
        await database.close()
    for procedure, number in sorted(opened.items()):
        say(f"{procedure}：新开启 {number} 项")
    if not opened:
        say(f"{month}已全部开启，未作更改")


async def open_one(settings: Settings, procedure: Procedure, division: str, month: date) -> None:
    """Opens of a division's month what is of one procedure, and nothing else; `month` is its first day."""
    database = Database(settings.database_url("worker"), pool_size=1)
    try:
        async with database.transaction(WHOLE) as session:
            for opening in openings(await load_law(session), division, month):
                if opening.procedure is procedure:
                    await open_matter(session, opening, at=clock(settings).now(), day=month)
    finally:
        await database.close()


async def show(settings: Settings, month: str, division: str, say: Callable[[str], None]) -> None:
    """What is open of a month (default: the present one), by procedure and status, and where something is missing."""
    now = clock(settings)
    first = month_named(month) if month else today(now).replace(day=1)
    database = Database(settings.database_url("worker"))
    try:
        for area in await _areas(database, division):
            async with database.transaction(WHOLE) as session:
                found = await session.execute(
                    select(MatterRow.procedure, MatterRow.status, func.count())
                    .where(MatterRow.opened_on == first, MatterRow.division >= area, MatterRow.division < area + ":")
                    .group_by(MatterRow.procedure, MatterRow.status)
                    .order_by(MatterRow.procedure, MatterRow.status)
                )
                missing = await gaps(session, area, first) if first <= today(now) else ()
            say(f"{area} {first:%Y-%m}")
            for procedure, status, number in found:
                say(f"  {procedure} {MatterStatus(status).label}：{number}")
            say("  应开启而未开启：" + ("、".join(gap.division for gap in missing) or "无"))
    finally:
        await database.close()


async def _areas(database: Database, division: str) -> list[str]:
    if division:
        return [normal_division(division)]
    async with database.transaction(WHOLE) as session:
        return list(await provinces(session))


def month_named(written: str) -> date:
    """The first day of 2026-11. Raises StartTrouble for what is no month."""
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", written):
        raise StartTrouble(f"月份应写作 2026-11，不能是“{written}”")
    return date.fromisoformat(f"{written}-01")
