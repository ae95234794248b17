"""The hands of W11: what a department has corrected or confirmed is checked again, as if it had just come in.

A row that holds is marked by the rule of the day on which it was first provided, if only its data were wrong; for a person
who was not on that list, by the day of the correction (processes 3.11).
"""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from temporalio import activity

from activities.answering import answer_task
from activities.imports.deciding import as_kept, decide_read, read_typed
from activities.imports.identity import share_marked
from activities.imports.kinds import Context, Correction, Fate, Kind, Row, returned
from activities.imports.registry import KINDS
from activities.imports.returning import same_person
from policy.anomaly_steps import ANOMALY_CORRECTION
from policy.clock import Clock, today
from policy.deadlines import SHANGHAI
from policy.entitlement import provided_after_correction
from policy.exchange_terms import AnomalyState
from policy.procedures import Procedure
from policy.terms import Department, RowFate
from store.accounts import AccountRow
from store.anomalies import AnomalyRow, last_answered, next_answered, settle, tally
from store.database import WHOLE, Database
from store.disclosure import Cell, Look, disclose
from store.matters import MatterRow, locked_matter, record_in
from store.outbox import start
from store.rulebook import load_rulebook
from store.tasks import TaskRow
from store.uploads import UploadRow
from store.vault import Vault


@dataclass
class Rechecked:
    """How many rows there are still to be settled."""

    open: int


class Anomalies:
    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    @activity.defn(name="anomaly_recheck")
    async def recheck(self, matter_id: str) -> Rechecked:
        """Checks what has been answered since; when nothing is open any more, the task is answered. Safe to repeat.

        Each row in a transaction of its own, as when it came: so nobody waits in a circle, nor for more than one row.
        """
        contexts: dict[uuid.UUID, Context] = {}
        while True:
            async with self._database.transaction(WHOLE) as session:
                matter = await locked_matter(session, uuid.UUID(matter_id))
                row = await next_answered(session, matter.id)
                if row is not None:
                    await self._recheck(session, matter, row, contexts)
                    continue
                counts = await tally(session, matter.id)
                matter.facts = {**matter.facts, **counts}
                if counts["open"] == 0:
                    await self._answer(session, matter)
                return Rechecked(counts["open"])

    @activity.defn(name="anomaly_tell_list")
    async def tell_list(self, matter_id: str) -> None:
        """Wakes the list that the rows came from: it may be settled now."""
        async with self._database.transaction(WHOLE) as session:
            matter = await session.get_one(MatterRow, uuid.UUID(matter_id))
            parent = await session.get(MatterRow, matter.parent_id) if matter.parent_id else None
            if parent is not None and parent.closed_at is None:
                of, argument = Procedure(parent.procedure), {"matter_id": str(parent.id)}
                await start(session, of, parent.key, argument, at=self._clock.now())

    async def _recheck(
        self, session: AsyncSession, matter: MatterRow, row: AnomalyRow, contexts: dict[uuid.UUID, Context]
    ) -> None:
        now = self._clock.now()
        reasons = await self._wrong_still(session, row, contexts)
        row.rechecked_at = now
        if reasons:
            row.reasons, row.state, row.confirmed = reasons, AnomalyState.RETURNED.value, False
        else:
            settle(row, AnomalyState.CLOSED, now)
            await session.flush()
            context = contexts.get(row.upload_id) if row.upload_id else None
            if context is not None and KINDS[context.kind].goes_back:
                await share_marked(session, context)
        record_in(
            session,
            matter,
            "row",
            at=now,
            day=today(self._clock),
            codes={"row": row.row_number, "state": row.state, "provided_on": row.provided_on.isoformat()},
            grounds=["C-28"],
        )

    async def _wrong_still(
        self, session: AsyncSession, row: AnomalyRow, contexts: dict[uuid.UUID, Context]
    ) -> list[dict[str, Any]]:
        """Nothing for a row that a review has returned: it is no line of a table, and the department's word settles it."""
        if row.upload_id is None:
            return []
        if row.upload_id not in contexts:
            upload = await session.get_one(UploadRow, row.upload_id)
            contexts[upload.id] = await self._context(session, upload)
        context = contexts[row.upload_id]
        kind = KINDS[context.kind]
        provided, typed = self._opened(session, row)
        first = row.provided_on
        row.provided_on = self._counts_from(row, provided, typed)
        fate = await _decide(session, kind, context, row, typed)
        if fate.outcome is not RowFate.RETURNED:
            return []
        row.provided_on = first  # what did not hold has changed nothing: the next correction counts from the list again
        return [as_kept(kind, reason) for reason in fate.reasons]

    def _opened(self, session: AsyncSession, row: AnomalyRow) -> tuple[dict[str, str], dict[str, str]]:
        """The row as it was provided, and as it is now said to be."""
        look = Look("system:anomaly", "anomaly", row.id, row.division, "anomaly.recheck", self._clock.now())
        cells = {
            "row": Cell("anomaly", "row", row.id, row.sealed),
            "corrected": Cell("anomaly", "corrected", row.id, row.corrected_sealed),
        }
        opened = disclose(session, self._vault, look, cells)
        return opened["row"], {**opened["row"], **(opened["corrected"] or {})}

    def _counts_from(self, row: AnomalyRow, provided: dict[str, str], typed: dict[str, str]) -> date:
        answered = row.answered_at or self._clock.now()
        corrected = answered.astimezone(SHANGHAI).date()
        return provided_after_correction(row.provided_on, corrected, on_original_list=same_person(provided, typed))

    async def _context(self, session: AsyncSession, upload: UploadRow) -> Context:
        day = today(self._clock)
        look = Look("system:anomaly", "upload", upload.id, upload.division, "anomaly.recheck", self._clock.now())
        cells = {"fields": Cell("upload", "fields", upload.id, upload.fields_sealed)}
        return Context(
            upload=upload.id,
            kind=upload.kind,
            division=upload.division,
            department=Department(upload.department),
            month=upload.month,
            fields=disclose(session, self._vault, look, cells)["fields"],
            rulebook=await load_rulebook(session, upload.division, day),
            vault=self._vault,
            now=self._clock.now(),
            today=day,
            batch=upload.batch,
        )

    async def _answer(self, session: AsyncSession, matter: MatterRow) -> None:
        """In the name of whoever settled the last row."""
        task = await session.scalar(
            select(TaskRow)
            .where(TaskRow.subject_id == matter.id, TaskRow.kind == ANOMALY_CORRECTION.kind, TaskRow.state == "open")
            .with_for_update()
        )
        last = await last_answered(session, matter.id)
        if task is None or last is None:
            return
        by = await session.get_one(AccountRow, last)
        await answer_task(
            session,
            self._vault,
            task,
            "settled",
            by=by.id,
            actor=by.username,
            day=today(self._clock),
            now=self._clock.now(),
        )


async def _decide(session: AsyncSession, kind: Kind, context: Context, row: AnomalyRow, typed: dict[str, str]) -> Fate:
    """A kind that is taken in as a whole reads the cells of a single row itself, as it reads those of all."""
    values, reasons = ({}, []) if kind.whole else read_typed(kind, typed)
    if reasons:
        return returned(*reasons)
    if row.upload_id is None:
        raise LookupError("the row came by no upload")
    itself = Correction(row.upload_id, row.sheet, row.row_number, row.provided_on)
    asked = Row(row.row_number, values, row.sheet, corrects=itself, typed=typed, confirmed=row.confirmed)
    return await decide_read(session, kind, context, asked)
