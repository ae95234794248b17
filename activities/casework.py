"""The hands of W01: a case looked up, accepted, assessed, handed on. Each method is one transaction, safe to repeat.

Its notices are in `public_notices.py`, its ends in `case_endings.py`.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from temporalio import activity

from activities.case import answer_fields, locked_application
from activities.handing_over import hand_to
from policy.clock import Clock, today
from policy.routing import Route
from policy.rulebook import MissingParameter
from store.applications import ApplicationRow
from store.assessment import assess_application, final_decision, record_assessment
from store.database import WHOLE, Database
from store.routing import route_of
from store.rulebook import load_rulebook
from store.timeline import record
from store.vault import Vault


@dataclass
class CaseStart:
    """How every workflow about an application is started; `acknowledges` are the answers that led to it."""

    application_id: str
    acknowledges: list[str] = field(default_factory=list)


@dataclass
class Case:
    """The few facts of a case that its procedures steer by. Dates are ISO days.

    `received_on` is when the file last came in: submission, or reopening; `resume_at` the step it begins with.
    """

    application_id: str
    number: str
    received_on: str
    status: str
    resume_at: str
    accepted: bool
    pending_papers: bool = False


@dataclass
class Assessed:
    outcome: str
    missing: list[str]
    made_at: str = ""


@dataclass
class Accepted:
    """The way that an accepted case takes: directly to the county, or the township's; or the key missing to say so."""

    direct: bool = False
    missing: str = ""


@dataclass
class Ending:
    """A step that was done: the answer that led here, its day, and the answers to acknowledge."""

    application_id: str
    task_id: str
    level: str
    day: str
    acknowledges: list[str] = field(default_factory=list)


class Casework:
    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    @activity.defn
    async def look_up(self, application_id: str) -> Case:
        """The case as it stands."""
        async with self._database.transaction(WHOLE) as session:
            row = await session.get_one(ApplicationRow, uuid.UUID(application_id))
            received = row.reopened_on or row.submitted_on
            accepted = row.accepted_on is not None
            return Case(
                str(row.id), row.number, received.isoformat(), row.status, row.resume_at, accepted, row.pending_papers
            )

    @activity.defn
    async def assess(self, application_id: str) -> Assessed:
        """Computes the amount by the rules of the settlement day and keeps the decision with its trace (A-13 … A-19)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            decision = await assess_application(session, self._vault, application, now)
            record_assessment(session, application, decision, now)
            return Assessed(decision.outcome, list(decision.missing), now.isoformat())

    @activity.defn
    async def needs_countersigning(self, application_id: str) -> bool:
        """Whether the approved amount lies above what one supervisor signs alone (COUNTERSIGN_ABOVE, R-BANDS)."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            rulebook = await load_rulebook(session, application.division, today(self._clock))
            above = rulebook.find("COUNTERSIGN_ABOVE", application.submitted_on)
            decision = await final_decision(session, application)
            if above is None or above.value is None or decision is None or decision.amount is None:
                return False
            return decision.amount > Decimal(above.value)

    @activity.defn
    async def undecide(self, application_id: str) -> None:
        """The approval no longer stands: an objection is to be looked into, or the file was sent back. It stays on record."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            decision = await final_decision(session, application)
            if decision is not None:
                decision.final = False

    @activity.defn
    async def move(self, ending: Ending) -> None:
        """Hands the file to the township that the answer names, its clock running on (A-38, wrong township)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            if application.closed_at is not None:
                return  # withdrawn meanwhile: it stays with the office that entered that
            answer = await answer_fields(session, self._vault, ending.task_id, "move", now)
            await hand_to(session, application, answer["division"], date.fromisoformat(ending.day), now)

    @activity.defn
    async def move_on(self, application_id: str) -> str:
        """Hands the file to the township that the household has moved to; the day from which its survey is due."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, application_id)
            if application.moving_to is not None:  # from the day of the act, which may have been entered from paper
                await hand_to(session, application, application.moving_to, application.last_act_on, now)
                application.moving_to = None
            return application.last_act_on.isoformat()

    @activity.defn
    async def accepted(self, ending: Ending) -> Accepted:
        """Writes the day of acceptance: a timeline entry, not a status; and which way the case goes (A-43, D-23)."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, ending.application_id)
            if application.accepted_on == date.fromisoformat(ending.day):
                return Accepted(application.direct)
            try:
                application.direct = await route_of(session, application) is Route.DIRECT
            except MissingParameter as missing:
                return Accepted(missing=missing.key)
            application.accepted_on = date.fromisoformat(ending.day)
            record(
                session,
                subject_id=application.id,
                division=application.division,
                at=now,
                day=application.accepted_on,
                tag="procedure:application:accepted",
                codes={"pending_papers": application.pending_papers, "direct": application.direct},
                grounds=["A-38"],
            )
            return Accepted(application.direct)
