"""The board of a month as a list: a line per county and obligation. Counts and dates only."""

from datetime import date

from api.exchange.board import Board, Duty
from policy.lists_out import ListColumn, PlainList

COLUMNS = (
    ListColumn("市", 12),
    ListColumn("县（市、区）", 14),
    ListColumn("区划代码", 10),
    ListColumn("任务", 20),
    ListColumn("情况", 10),
    ListColumn("应完成日期", 13),
    ListColumn("完成日期", 13),
    ListColumn("超期工作日", 10, "number"),
    ListColumn("剩余工作日", 10, "number"),
)
MOST = 5_000
"""Rows of an export; a province has 117 counties with four obligations."""


def board_list(board: Board, month: str, area: str, day: date, unit: str) -> PlainList:
    """One line for each obligation that is owed."""
    rows = [
        (city.name, county.name, county.division, *_duty(duty))
        for city in board.cities
        for county in city.counties
        for duty in county.duties
        if duty.due is not None or duty.done is not None
    ]
    return PlainList(
        title=f"{area}部门间信息共享月度情况（{month}）",
        facts=(("数据月份", month), ("截至", day.isoformat())),
        columns=COLUMNS,
        rows=tuple(rows[:MOST]),
        total=(),
        notes=(f"只导出前{MOST}行。",) if len(rows) > MOST else (),
        signers=(),
        unit=unit,
        day=day,
    )


def _duty(duty: Duty) -> tuple[str, ...]:
    late = duty.days is not None and (duty.standing.finished or duty.standing.value == "overdue")
    days = "" if duty.days is None else str(duty.days)
    return (
        duty.obligation.label,
        duty.standing.label,
        duty.due.isoformat() if duty.due else "",
        duty.done.isoformat() if duty.done else "",
        days if late else "",
        "" if late or days.startswith("-") else days,
    )
