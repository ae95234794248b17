"""`jiuzhu calendar import`: a year's holiday notice, and the open deadlines that it moves."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from activities.recalculation import NothingChanged, import_year
from policy.terms import normal_division
from policy.working_days import CalendarStatus, CalendarYear
from runtime.clock import clock
from runtime.settings import Settings
from runtime.trouble import StartTrouble
from store.database import WHOLE, Database
from store.packs import BadPack, calendar_owners, read_calendar
from store.reference import DivisionRow


async def run(settings: Settings, file: Path, division: str, say: Callable[[str], None]) -> None:
    """Imports the file in one transaction and says what moved: for one division, or where none is named for every pack that
    holds the country's calendar. Raises StartTrouble when file or division cannot be right; then nothing has changed."""
    divisions = [normal_division(division)] if division else calendar_owners()
    try:
        year = read_calendar(file)
    except BadPack as bad:
        raise StartTrouble(f"日历文件有误，未作任何更改：{bad}") from bad
    database = Database(settings.database_url("worker"))
    try:
        async with database.transaction(WHOLE) as session:
            said = await import_for(session, divisions, year, clock(settings).now())
    finally:
        await database.close()
    for line in said:
        say(line)


async def import_for(
    session: AsyncSession, divisions: Sequence[str], year: CalendarYear, now: datetime
) -> Sequence[str]:
    """For each of the divisions, in this transaction; what it did, in words. Raises StartTrouble for an unknown code."""
    status = "正式" if year.status is CalendarStatus.PUBLISHED else "暂定"
    said = []
    for division in divisions:
        if await session.get(DivisionRow, division) is None:
            raise StartTrouble(f"没有区划代码 {division}，未作任何更改")
        try:
            done = await import_year(session, division, year, now)
        except NothingChanged:
            said.append(f"{year.year}年工作日历（{division}）与现行版本一致，未作更改")
        else:
            said += [
                f"已导入{year.year}年工作日历（{division}，{status}，第{done.version}版，{year.source}）",
                f"有变动的日期 {len(done.changed_days)} 天；涉及在办期限 {done.touched} 项，其中改期 {done.moved} 项",
            ]
    return said
