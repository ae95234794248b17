"""Which rosters a hand takes up: its own, and beside it what waits of other offices, of each the one that came first.

At the end of a month the rosters of a whole province wait at once; what each of them asks of the database is then asked for some
of them together. Whatever goes wrong in company is left to each one's own hand, which takes it in alone: a roster that harms
its hand harms no other (docs/decisions/0170).
"""

import uuid
from collections.abc import Collection, Mapping, Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.rosters import take_rosters
from activities.imports.whole import SETTLED, Means, WholeTable
from exchange.troubles import TableTrouble
from policy.terms import UploadState
from store.database import WHOLE
from store.rosters import Office, hold_roster, next_roster, try_hold_rosters, waiting_rosters
from store.rulebook import load_law
from store.uploads import UploadRow

TOGETHER = 12
"""Rosters taken in at one go: nobody waits for more than these."""
SIZE = 32 * 1024**2
"""Bytes of their files, which are in memory at once; a larger one is taken in with none after it."""

log = structlog.get_logger(__name__)


class _Harmed(Exception):
    """Something unexpected happened to others than the hand's own roster alone."""

    def __init__(self, wanted: Sequence[uuid.UUID]) -> None:
        super().__init__(len(wanted))
        self.wanted = wanted


async def take_roster(means: Means, upload: uuid.UUID) -> str:
    """Until the upload is settled. Raises what this very roster runs into alone."""
    most, passed = TOGETHER, set[uuid.UUID]()
    while True:
        try:
            state = await _turn(means, upload, most, passed)
        except _Harmed as harmed:
            log.warning("rosters are taken in one by one", failed=type(harmed.__cause__).__name__)
            most, state = 1, None
            if len(harmed.wanted) == 1:
                passed.update(harmed.wanted)
        if state is not None:
            return state


async def _turn(means: Means, upload: uuid.UUID, most: int, passed: Collection[uuid.UUID]) -> str | None:
    """Takes in what may be taken in now; the upload's state if it is settled. Raises _Harmed."""
    async with means.database.transaction(WHOLE) as guard:
        row = await guard.get_one(UploadRow, upload)
        if row.state in SETTLED:
            return row.state
        ours, others = await _wanted(guard, row, most, passed)
        wanted = [*others, *([ours] if ours else [])]
        try:
            if tables := await _begun(means, wanted, ours):
                for refused, trouble in (await take_rosters(guard, tables)).items():
                    await _refuse(guard, means, refused, trouble)
        except Exception as failed:
            if wanted == [upload]:
                raise
            raise _Harmed(wanted) from failed
    return None


async def _wanted(
    guard: AsyncSession, row: UploadRow, most: int, passed: Collection[uuid.UUID]
) -> tuple[uuid.UUID | None, Sequence[uuid.UUID]]:
    """The roster of our office that is next, and those of others, one of each; nobody else is at them until the transaction ends.

    One that was begun before, or that is only looked at, is taken up alone, and by its own hand; one that was begun also by the
    hands of those that came after it, because nothing of an office is taken in before what came first, except what has harmed
    us (`passed`). While somebody else is at ours, we take up others; if none waits, we wait.
    """
    own = row.division, row.department
    mine = bool(await try_hold_rosters(guard, [own]))
    company = most > 1 and not (mine and (row.preview or row.state == UploadState.WORKING.value))
    waiting = await waiting_rosters(guard, row.kind, own, most, SIZE) if company else {}
    waiting.pop(own, None)
    if not mine:
        if others := await _held(guard, waiting):
            return None, others
        await hold_roster(guard, *own)
        await guard.refresh(row)
    if row.preview or row.state == UploadState.WORKING.value:
        return row.id, ()
    first, begun = await next_roster(guard, row, passed)
    return first, await _held(guard, waiting) if mine and not begun else ()


async def _held(guard: AsyncSession, waiting: Mapping[Office, uuid.UUID]) -> list[uuid.UUID]:
    """Those that nobody else is at."""
    held = await try_hold_rosters(guard, waiting)
    return [one for office, one in waiting.items() if office in held]


async def _begun(means: Means, wanted: Sequence[uuid.UUID], ours: uuid.UUID | None) -> list[WholeTable]:
    """Those of them that still wait; from now on they are seen to be worked at."""
    async with means.database.transaction(WHOLE) as session:
        law = await load_law(session)
        asked = select(UploadRow).where(UploadRow.id.in_(wanted)).order_by(UploadRow.id).with_for_update()
        tables = []
        for row in await session.scalars(asked):
            if row.state == UploadState.RECEIVED.value or (row.id == ours and row.state not in SETTLED):
                row.state = UploadState.WORKING.value
                context, content = await means.open(session, row, law)
                tables.append(WholeTable(context, content, means.database, means.files, means.clock))
        return tables


async def _refuse(session: AsyncSession, means: Means, upload: uuid.UUID, trouble: TableTrouble) -> None:
    row = await session.get_one(UploadRow, upload, with_for_update=True, populate_existing=True)
    row.problem = {"code": trouble.code, "zh": trouble.zh, "en": trouble.en}
    row.state, row.finished_at = UploadState.REFUSED.value, means.clock.now()
