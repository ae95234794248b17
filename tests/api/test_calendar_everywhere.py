"""The country's notice is imported once, and holds for every province's pack."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from policy.deadlines import SHANGHAI
from runtime.calendar_import import import_for
from store.database import WHOLE, Database
from store.packs import PACKS, calendar_owners, read_calendar
from store.reference import CalendarRow
from store.rulebook import load_law
from tests.api.conftest import StoppedClock
from tests.api.test_term_changes import Push

NOW = datetime(2025, 10, 9, 9, 0, tzinfo=SHANGHAI)
RESTS = {date(2025, 10, 10): "虚构", date(2025, 10, 31): "虚构"}


async def test_one_import_moves_the_open_dates_of_both_provinces(worker: Database, clock: StoppedClock) -> None:
    """The push about September is due on Fri 10 October in Shanxi, on Fri 31 October in Jining; both become rest days."""
    clock.moment = datetime(2025, 10, 1, tzinfo=SHANGHAI)
    for county in ("140831", "370829"):
        await Push(worker, clock, date(2025, 9, 1), county).open()
    shipped = read_calendar(PACKS / "14" / "calendar" / "2025.yaml")
    corrected = replace(shipped, version=shipped.version + 1, rest={**shipped.rest, **RESTS})
    assert calendar_owners() == ("14", "3708")
    async with worker.transaction(WHOLE) as session:
        said = await import_for(session, calendar_owners(), corrected, NOW)
        newest = await session.execute(
            select(CalendarRow.division, CalendarRow.version)
            .where(CalendarRow.year == 2025)
            .order_by(CalendarRow.version)
        )
        law = await load_law(session)
        rests = [
            law.rulebook(county, NOW.date()).calendar.is_working_day(date(2025, 10, 31)) for county in ("14", "3708")
        ]
        again = await import_for(session, calendar_owners(), corrected, NOW)
        await session.rollback()
    assert dict(list(newest)) == {"14": corrected.version, "3708": corrected.version}
    assert rests == [False, False]
    assert [line.partition("（")[2][:4] for line in said[::2]] == ["14，正", "3708"]
    assert all("有变动的日期 2 天" in line and "改期 0 项" not in line for line in said[1::2])
    assert [("一致" in line) for line in again] == [True, True]
