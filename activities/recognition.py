"""The hands of recognition: where a case stands, the mark in the register of identities, the end of the chain."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.case import acknowledge, acknowledge_rest, close_open_tasks
from activities.matters import Move
from activities.recognition_marks import mark_fed_back
from policy.clock import Clock, today
from policy.exchange_terms import MatterStatus
from policy.recognition_steps import FEEDBACK
from policy.rulebook import MissingParameter
from policy.terms import level_of
from store.database import WHOLE, Database
from store.identities import Marked as Outcome
from store.matters import MatterRow, end_matter, locked_matter, record_in
from store.recognitions import RecognitionRow, SettlementRequestRow, case_of
from store.rulebook import load_rulebook
from store.tasks import TaskRow
from store.vault import Vault

FROM_THE_PUSH = "RECEIPT_OF_PUSH"


@dataclass
class Case:
    """A recognition as its procedure sees it; days in ISO form, empty where there is none. `missing`: a parameter's key."""

    level: str
    screened_by: str
    pushed_on: str
    binds_the_whole: bool = False
    """T-FBK counts from the receipt of the push, and binds screening and recognition too (AMB-4)."""
    decided_on: str = ""
    recognised: bool = False
    fed_back_on: str = ""
    missing: str = ""


@dataclass
class FedBack:
    matter_id: str
    day: str


@dataclass
class Marked:
    """`in_the_way`: why the identity could not be written; `missing`: the parameter without which its day is not known."""

    in_the_way: str = ""
    missing: str = ""


class Recognitions:
    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    @activity.defn(name="recognition_look_up")
    async def look_up(self, matter_id: str) -> Case:
        async with self._database.transaction(WHOLE) as session:
            matter = await session.get_one(MatterRow, uuid.UUID(matter_id))
            row = await case_of(session, matter)
            rulebook = await load_rulebook(session, matter.division, today(self._clock))
            try:
                binds = rulebook.parameter("FBK_START", matter.pinned_on).value == FROM_THE_PUSH
            except MissingParameter as missing:
                return _seen(row, binds=False, missing=missing.key)
            return _seen(row, binds=binds)

    @activity.defn(name="recognition_mark")
    async def mark(self, asked: FedBack) -> Marked:
        """Writes the recognised person's identity from the day that the rule says, once."""
        now = self._clock.now()
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(asked.matter_id))
            row = await case_of(session, matter)
            if row.marked_on is not None:
                return Marked()
            rulebook = await load_rulebook(session, matter.division, today(self._clock))
            try:
                outcome, grounds = await mark_fed_back(session, self._vault, rulebook, row, now)
            except MissingParameter as missing:
                return Marked(missing=missing.key)
            if outcome in (Outcome.MARKED, Outcome.KNOWN):
                row.marked_on = today(self._clock)
                _note(session, matter, "identity_marked", row, row.marked_on, now, grounds)
                return Marked()
            return Marked(in_the_way=outcome.value)

    @activity.defn(name="recognition_end")
    async def end(self, asked: Move) -> None:
        """The chain is closed: the case's last status, for a request for settlements too."""
        now, day = self._clock.now(), today(self._clock)
        async with self._database.transaction(WHOLE) as session:
            matter = await locked_matter(session, uuid.UUID(asked.matter_id))
            await acknowledge(session, asked.acknowledges, now)
            if matter.closed_at is not None:
                return
            row = await session.scalar(select(RecognitionRow).where(RecognitionRow.matter_id == matter.id))
            if row is not None:
                row.closed_on = day
                if row.recognised and row.marked_on is None:
                    row.marked_on = day
                if row.fed_back_on is not None and row.days_late is None:
                    row.days_late = await _days_late(session, matter)
            end_matter(matter, MatterStatus(asked.status), now)
            await close_open_tasks(session, matter.id, asked.status, now)
            await acknowledge_rest(session, matter.id, now)
            _note(session, matter, asked.status, row, day, now, ["C-05"] if row is not None else ["C-04"])

    @activity.defn(name="settlement_request_asked_on")
    async def asked_on(self, matter_id: str) -> str:
        async with self._database.transaction(WHOLE) as session:
            asked = select(SettlementRequestRow.asked_on).where(SettlementRequestRow.matter_id == uuid.UUID(matter_id))
            return (await session.scalars(asked)).one().isoformat()


async def _days_late(session: AsyncSession, matter: MatterRow) -> int | None:
    """As the feedback's own task has it."""
    answered = select(TaskRow.days_late).where(TaskRow.subject_id == matter.id, TaskRow.kind == FEEDBACK.kind)
    late: int | None = await session.scalar(answered.where(TaskRow.outcome.is_not(None)).limit(1))
    return late


def _seen(row: RecognitionRow, *, binds: bool, missing: str = "") -> Case:
    return Case(
        level=level_of(row.division).value,
        screened_by=row.screened_by,
        pushed_on=row.pushed_on.isoformat(),
        binds_the_whole=binds,
        decided_on=_iso(row.decided_on),
        recognised=bool(row.recognised),
        fed_back_on=_iso(row.fed_back_on),
        missing=missing,
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _note(
    session: AsyncSession,
    matter: MatterRow,
    action: str,
    row: RecognitionRow | None,
    day: date,
    now: datetime,
    grounds: Sequence[str],
) -> None:
    codes = {}
    if row is not None and row.entitled_from is not None:
        codes = {"category": row.category or "", "entitled_from": row.entitled_from.isoformat()}
    record_in(
        session,
        matter,
        action,
        at=now,
        day=day,
        codes=codes,
        grounds=grounds,
    )
