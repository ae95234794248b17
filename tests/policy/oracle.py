"""A second, independent implementation of the arithmetic: day by day from the YAML, money in whole fen.

It imports nothing of the product, so that a mistake has to be made twice to go unseen.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import yaml

CALENDARS = Path(__file__).resolve().parents[2] / "policy" / "packs" / "14" / "calendar"


@dataclass(frozen=True)
class Diary:
    """Every day of the years loaded, as worked or not."""

    worked: dict[date, bool]

    @classmethod
    def of(cls, first_year: int, last_year: int) -> "Diary":
        worked: dict[date, bool] = {}
        for year in range(first_year, last_year + 1):
            notice = yaml.safe_load((CALENDARS / f"{year}.yaml").read_text(encoding="utf-8"))
            day = date(year, 1, 1)
            while day.year == year:
                weekday = day.isoweekday() <= 5
                worked[day] = (weekday or day in notice["make_up"]) and day not in notice["rest"]
                day += timedelta(1)
        return cls(worked)

    def last_working_day(self, start: date, number: int) -> date:
        later = sorted(day for day, works in self.worked.items() if day > start and works)
        return later[number - 1]

    def shift(self, day: date, number: int) -> date:
        """Working days before (negative) or after `day`."""
        if number >= 0:
            return self.last_working_day(day, number) if number else day
        earlier = sorted((d for d, works in self.worked.items() if d < day and works), reverse=True)
        return earlier[-number - 1]

    def number_between(self, start: date, end: date) -> int:
        return sum(works for day, works in self.worked.items() if start < day <= end)

    def rolled(self, day: date) -> date:
        return min(d for d, works in self.worked.items() if d >= day and works)


def aid_in_fen(
    base: int,
    *,
    deductible: int = 0,
    tiers: tuple[tuple[int, int], ...],
    cap: int | None = None,
    paid: int = 0,
    before: int = 0,
) -> int:
    """Aid for `base` fen when `before` fen of base came earlier in the year; tiers are (above in fen, per ten thousand).

    As the difference of two totals: what the year's base would earn with this claim, less what it earned without it.
    """
    exact = _earned(before + base, deductible, tiers) - _earned(before, deductible, tiers)
    rounded = (2 * exact + 10_000) // 20_000
    return rounded if cap is None else max(0, min(rounded, cap - paid))


def _earned(total: int, deductible: int, tiers: tuple[tuple[int, int], ...]) -> int:
    """In ten-thousandths of a fen: each tier adds the step by which its rate exceeds the one below it."""
    earned, below = 0, 0
    for above, rate in tiers:
        earned += (rate - below) * max(0, total - max(above, deductible))
        below = rate
    return earned


def by_disease_in_fen(
    cost: int, *, ceiling: int, fund: int, aid: int, paid: int = 0, takes_rest: bool = False
) -> tuple[int, int, int, int]:
    """(fund, aid, patient, hospital) in fen; shares in ten-thousandths of the cost inside the ceiling.

    Counted from the patient's side: what is left after the fund goes to aid up to its share (all of it for `takes_rest`),
    but never more than others have left unpaid.
    """
    inside = cost if cost < ceiling else ceiling
    of_fund, of_aid = (2 * inside * fund + 10_000) // 20_000, (2 * inside * aid + 10_000) // 20_000
    due = max(of_aid, inside - of_fund) if takes_rest else of_aid
    given = max(0, min(due, inside - paid))
    return of_fund, given, inside - of_fund - due, cost - inside


def tilt_in_fen(burden: int, *, threshold: int, rate: int) -> int:
    """What lies above the threshold, at the rate in ten-thousandths."""
    return (2 * max(0, burden - threshold) * rate + 10_000) // 20_000
