"""How much time is left, for many tasks at once: the calendars and the ladder's offsets, looked up once per request."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Light, Rung
from policy.working_days import UnknownYear
from store.rulebook import Law, load_law

LADDER = "ESCALATION"


@dataclass(frozen=True)
class Timekeeping:
    """Answers about due dates as seen on `today`."""

    law: Law
    today: date
    _views: dict[str, Rulebook] = field(default_factory=dict)

    def rulebook(self, division: str) -> Rulebook:
        if division not in self._views:
            self._views[division] = self.law.rulebook(division, self.today)
        return self._views[division]

    def working_days_left(self, division: str, work_target: date | None) -> int | None:
        """Working days after today up to the target, negative when it has passed; None without a term or calendar."""
        if work_target is None:
            return None
        try:
            return self.rulebook(division).calendar.working_days_between(self.today, work_target)
        except UnknownYear:
            return None

    def light(self, division: str, work_target: date | None, late_after: date | None) -> Light:
        """Red when overdue, yellow from the reminder on, else green."""
        if work_target is None or late_after is None:
            return Light.GREEN
        if self.today > late_after:
            return Light.RED
        rulebook = self.rulebook(division)
        try:
            offset = rulebook.parameter(LADDER, self.today).value[Rung.REMINDER.value]
            reminder = rulebook.calendar.shift(work_target, offset)
        except (UnknownYear, MissingParameter):
            reminder = work_target
        return Light.YELLOW if self.today >= reminder else Light.GREEN


async def load_timekeeping(session: AsyncSession, today: date) -> Timekeeping:
    return Timekeeping(await load_law(session), today)
