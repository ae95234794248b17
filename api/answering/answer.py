"""An answer on its way through the counter: everything that a check or an effect of its kind may look at."""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.answering.subject import Subject
from api.errors import parameter_missing
from api.identity import CurrentUser
from api.services import Services
from policy.problems import Problem
from policy.rulebook import MissingParameter, Parameter, Rulebook
from policy.step import Outcome, Step
from store.applications import ApplicationRow
from store.matters import MatterRow
from store.rulebook import load_rulebook
from store.tasks import PeriodRow, TaskRow

AfterRefusal = Callable[[Services, AsyncSession, ApplicationRow], Awaitable[None]]


@dataclass
class Answer:
    """`values` are the fields as read; `codes` go to the timeline entry, so they hold codes, dates and amounts only."""

    services: Services
    session: AsyncSession
    user: CurrentUser
    task: TaskRow
    period: PeriodRow
    subject: Subject
    step: Step
    outcome: Outcome
    values: dict[str, Any]
    act_day: date
    today: date
    now: datetime
    codes: dict[str, Any] = field(default_factory=dict)
    grounds: list[str] = field(default_factory=list)
    after_refusal: AfterRefusal | None = None
    """What is to be written although the answer was refused, in a transaction of its own."""

    application_id: uuid.UUID = field(init=False)
    """As long as the answer lives: a row is no longer readable once its transaction was rolled back."""

    def __post_init__(self) -> None:
        self.application_id = self.subject.id

    @property
    def application(self) -> ApplicationRow:
        """What a step of the application procedure is about."""
        if not isinstance(self.subject, ApplicationRow):
            raise TypeError("the task is about a matter of the exchange")
        return self.subject

    @property
    def matter(self) -> MatterRow:
        """What a step of the exchange is about."""
        if not isinstance(self.subject, MatterRow):
            raise TypeError("the task is about an application")
        return self.subject

    async def rulebook(self) -> Rulebook:
        """The law of the case's division as the tables have it now."""
        return await load_rulebook(self.session, self.subject.division, self.today)

    async def setting(self, key: str) -> Any:
        """The value of a procedural parameter, pinned on the day of submission. Raises Refusal `parameter-missing`."""
        return (await self.parameter(key)).value

    async def parameter(self, key: str) -> Parameter:
        try:
            return (await self.rulebook()).parameter(key, self.subject.pinned_on)
        except MissingParameter as missing:
            raise parameter_missing(missing.key) from missing


def wrong_field(name: str, zh: str, en: str, clause: str | None = None) -> Problem:
    return Problem(f"/fields/{name}", zh, en, clause)
