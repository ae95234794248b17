"""Makes <year>.yaml for the years that the library `chinesecalendar` knows (a development dependency, never imported by
the product: it raises, or is silent about make-up days, in a year that has not been announced).

Usage: python policy/packs/14/calendar/make_calendar.py 2024 2025 2026

2027 is written by hand until the State Council's notice appears.
"""

import sys
from datetime import date
from pathlib import Path

from chinese_calendar import constants  # type: ignore[import-untyped]

SOURCES = {
    2024: "国务院办公厅关于2024年部分节假日安排的通知（国办发明电〔2023〕7号）",
    2025: "国务院办公厅关于2025年部分节假日安排的通知（国办发明电〔2024〕12号）",
    2026: "国务院办公厅关于2026年部分节假日安排的通知（2025年11月4日）",
}
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def calendar_text(year: int) -> str:
    lines = [f"year: {year}", "version: 1", "status: published", f"source: {SOURCES[year]}", "rest:"]
    lines += [f"  {day}: {NAMES[name]}" for day, name in _of_year(constants.holidays, year)]
    lines += ["make_up:"]
    lines += [f"  {day}: {NAMES[name]}调休上班" for day, name in _of_year(constants.workdays, year)]
    return "\n".join(lines) + "\n"


def _of_year(days: dict[date, str], year: int) -> list[tuple[date, str]]:
    return sorted((day, name) for day, name in days.items() if day.year == year)


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        target = Path(__file__).parent / f"{argument}.yaml"
        target.write_text(calendar_text(int(argument)), encoding="utf-8")
