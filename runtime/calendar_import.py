"""`jiuzhu calendar import`: a year's holiday notice, and the open deadlines that it moves."""

from collections.abc import Callable
from pathlib import Path

from activities.recalculation import NothingChanged, import_year
from policy.terms import normal_division
from policy.working_days import CalendarStatus
from runtime.clock import clock
from runtime.settings import Settings
from runtime.trouble import StartTrouble
from store.database import WHOLE, Database
from store.packs import BadPack, read_calendar
from store.reference import DivisionRow


async def run(settings: Settings, file: Path, division: str, say: Callable[[str], None]) -> None:
    """Imports the file in one transaction and says what moved. Raises StartTrouble when file or division cannot be right."""
    division = normal_division(division)
    try:
        year = read_calendar(file)
    except BadPack as bad:
        raise StartTrouble(f"日历文件有误，未作任何更改：{bad}") from bad
    database = Database(settings.database_url("worker"))
    try:
        async with database.transaction(WHOLE) as session:
            if await session.get(DivisionRow, division) is None:
                raise StartTrouble(f"没有区划代码 {division}，未作任何更改")
            done = await import_year(session, division, year, clock(settings).now())
    except NothingChanged:
        say(f"{year.year}年工作日历与现行版本一致，未作更改")
        return
    finally:
        await database.close()
    status = "正式" if year.status is CalendarStatus.PUBLISHED else "暂定"
    say(f"已导入{year.year}年工作日历（{division}，{status}，第{done.version}版，{year.source}）")
    say(f"有变动的日期 {len(done.changed_days)} 天；涉及在办期限 {done.touched} 项，其中改期 {done.moved} 项")
