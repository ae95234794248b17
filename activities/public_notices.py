"""The hands of W01's public notices: put up, taken down, put up again after an objection that did not hold (A-40, A-41)."""

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import locked_application
from activities.issuing import Issuing
from policy.clock import Clock, today
from policy.deadlines import notice_last_day
from policy.rulebook import MissingParameter, Rulebook
from policy.terms import Level
from store.applications import ApplicationRow, PublicityRow
from store.database import WHOLE, Database
from store.rulebook import load_rulebook
from store.timeline import TimelineRow, record

OBJECTION = "objection"
OPENING = 100
"""Postings that one opening of a case may have."""
NOTICE_PERIODS = {Level.TOWNSHIP.value: "PUB_TWP_DAYS", Level.COUNTY.value: "PUB_CTY_WD"}


@dataclass
class Posting:
    """A notice that has been posted or whose result is known: level and round, on which day."""

    application_id: str
    level: str
    round: int
    day: str
    result: str = ""


@dataclass
class Reposting:
    """A fresh notice where both are empty. Else the day from which the stopped notice is deemed to have been posted, so that
    only what was left of it is shown; or the key missing to say so."""

    deemed_posted_on: str = ""
    missing: str = ""


@dataclass
class Dismissal:
    """An objection that did not hold: the notice it stopped was posted, stopped and may go on on these days."""

    application_id: str
    posted_on: str
    objected_on: str
    dismissed_on: str


class PublicNotices:
    def __init__(self, database: Database, clock: Clock, issuing: Issuing) -> None:
        self._database, self._clock, self._issuing = database, clock, issuing

    @activity.defn
    async def post_notice(self, posting: Posting) -> None:
        """Writes the public notice with its last day (A-40, A-41) and keeps the poster as it was put up."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, posting.application_id)
            if application.closed_at is not None or application.moving_to is not None:
                return  # withdrawn or moved meanwhile: nothing hangs any more
            posted_on = date.fromisoformat(posting.day)
            rulebook = await load_rulebook(session, application.division, today(self._clock))
            try:
                key = NOTICE_PERIODS[posting.level]
                last_day = notice_last_day(rulebook, key, posted_on, pinned_on=application.submitted_on).nominal
            except MissingParameter:
                last_day = None
            round = _round(application, posting.round)
            publicity_id = uuid.uuid5(application.id, f"publicity/{posting.level}/{round}")
            posted = await session.scalar(
                insert(PublicityRow)
                .values(
                    id=publicity_id,
                    application_id=application.id,
                    division=application.division,
                    level=posting.level,
                    round=round,
                    posted_on=posted_on,
                    last_day=last_day,
                )
                .on_conflict_do_nothing()
                .returning(PublicityRow.id)
            )
            if posted and last_day:
                publicity = await session.get_one(PublicityRow, publicity_id)
                publicity.poster_file = await self._issuing.poster(session, application, publicity, self._clock.now())

    @activity.defn
    async def close_notice(self, posting: Posting) -> None:
        """Writes the result of the public notice, and keeps the poster with the last day that it had in the end."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, posting.application_id)
            publicity = await session.scalar(
                select(PublicityRow).where(
                    PublicityRow.application_id == application.id,
                    PublicityRow.level == posting.level,
                    PublicityRow.round == _round(application, posting.round),
                )
            )
            if publicity is None:
                raise LookupError("no such notice")
            if publicity.result is None:
                publicity.result, publicity.result_on = posting.result, date.fromisoformat(posting.day)
                if publicity.last_day:  # not known when it was put up, or moved since
                    now = self._clock.now()
                    publicity.poster_file = await self._issuing.poster(session, application, publicity, now)

    @activity.defn
    async def dismissed(self, dismissal: Dismissal) -> Reposting:
        """What follows an objection that did not hold: a fresh notice, once, or what was left of the stopped one (AMB-26)."""
        async with self._database.transaction(WHOLE) as session:
            application = await locked_application(session, dismissal.application_id)
            rulebook = await load_rulebook(session, application.division, today(self._clock))
            restarts = rulebook.find("PUB_RESTART_AFTER_OBJECTION", application.submitted_on)
            if restarts is None:
                return Reposting(missing="PUB_RESTART_AFTER_OBJECTION")
            stopped = await session.scalar(
                select(func.count()).where(
                    PublicityRow.application_id == application.id,
                    PublicityRow.level == Level.TOWNSHIP.value,
                    PublicityRow.round > _round(application, 0),
                    PublicityRow.result == OBJECTION,
                )
            )
            if restarts.value and stopped == 1:
                return Reposting()
            stood_still = date.fromisoformat(dismissal.dismissed_on) - date.fromisoformat(dismissal.objected_on)
            deemed = date.fromisoformat(dismissal.posted_on) + stood_still
            if application.closed_at is None and application.moving_to is None:
                await self._record_resumed(session, rulebook, application, deemed, dismissal)
            return Reposting(deemed.isoformat())

    async def _record_resumed(
        self, session: AsyncSession, rulebook: Rulebook, application: ApplicationRow, deemed: date, dismissal: Dismissal
    ) -> None:
        """That the stopped notice goes on, once for a dismissal however often it is asked about; the case is locked."""
        day, tag = date.fromisoformat(dismissal.dismissed_on), "procedure:notice:resumed"
        recorded = await session.scalars(
            select(TimelineRow.codes).where(
                TimelineRow.subject_id == application.id, TimelineRow.tag == tag, TimelineRow.day == day
            )
        )
        if any(codes["posted_on"] == deemed.isoformat() for codes in recorded):
            return
        key = NOTICE_PERIODS[Level.TOWNSHIP.value]
        try:
            last_day = notice_last_day(rulebook, key, deemed, pinned_on=application.submitted_on).nominal
        except MissingParameter:
            last_day = None
        record(
            session,
            subject_id=application.id,
            division=application.division,
            at=self._clock.now(),
            day=day,
            tag=tag,
            codes={"posted_on": deemed.isoformat(), "last_day": last_day.isoformat() if last_day else None},
            grounds=["R-NOTICE"],
        )


def _round(application: ApplicationRow, posting: int) -> int:
    """Notices are numbered through all openings of a case."""
    return (application.opening - 1) * OPENING + posting
