"""`jiuzhu month crossed`: who of a province's yearly sums stands newly above a monitoring line, by the law of the place.

What a push lists is decided person by person where the burdens are loaded (W09). This is for whoever holds the sums of
everybody, and looks for those about whom burdens are to be handed in. No ID number stands in what goes in or comes out.
"""

import csv
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from exchange.crossings import newly_crossed
from policy.case_facts import Consulted
from policy.clock import today
from policy.deadlines import add_months
from policy.exchange_terms import ListType
from policy.monitoring_line import every_line
from policy.rulebook import Rulebook
from policy.terms import normal_division
from runtime.clock import clock
from runtime.months import month_named
from runtime.settings import Settings
from runtime.trouble import StartTrouble
from store.database import WHOLE, Database
from store.rulebook import load_rulebook

COLUMNS = ("person", "division", "list", "burden", "before", "threshold")


async def run(
    settings: Settings, before: Path, now: Path, month: str, division: str, out: Path, say: Callable[[str], None]
) -> None:
    """Writes the list as a table. Raises StartTrouble when a file is none, or a line of the place is not known."""
    division, on = normal_division(division), last_day_of(month_named(month))
    database = Database(settings.database_url("worker"), pool_size=1)
    try:
        async with database.transaction(WHOLE) as session:
            rulebook = await load_rulebook(session, division, today(clock(settings)))
    finally:
        await database.close()
    found = write_crossed(rulebook, before, now, on, out)
    say(f"{month} 新超过监测标准 {found} 人：{out}")


def write_crossed(rulebook: Rulebook, before: Path, now: Path, on: date, out: Path) -> int:
    """Raises StartTrouble."""
    lines = thresholds(rulebook, on)
    try:
        crossed = newly_crossed(before, now, lines, division=rulebook.division)
    except duckdb.Error as error:
        raise StartTrouble("年度累计文件有误：须为 Parquet，含 person、division、group、burden（分）四列") from error
    with out.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for one in sorted(crossed, key=lambda one: (one.division, one.person)):
            money = (_yuan(one.burden), _yuan(one.before), f"{lines[one.group]:.2f}")
            table.writerow((one.person, one.division, one.group, *money))
    return len(crossed)


def thresholds(rulebook: Rulebook, on: date) -> Mapping[str, Decimal]:
    """What the burden of each list must exceed there on that day. Raises StartTrouble when one of them is not known."""
    law = Consulted(rulebook)
    lines = every_line(law, on)
    if law.missing or not lines:
        raise StartTrouble(f"{rulebook.division} 的监测标准缺少参数：{'、'.join(law.missing) or 'PUSH_GROUP'}")
    return {ListType(line.list).value: line.amount for line in lines}


def last_day_of(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)


def _yuan(amount: int) -> str:
    return f"{Decimal(amount) / 100:.2f}"
