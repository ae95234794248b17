"""Which rosters a hand takes up: its own, and beside it what waits of other offices, of each the one that came first.

At the end of a month the rosters of a whole province wait at once; what each of them asks of the database is then asked for some
of them together. Whatever goes wrong in company is left to each one's own hand, which takes it in alone: a roster that harms
its hand harms no other (docs/decisions/0170).
"""

import uuid
from collections.abc import Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.rosters import take_rosters
from activities.imports.whole import SETTLED, Means, WholeTable
from exchange.troubles import TableTrouble
from policy.terms import UploadState
from store.database import WHOLE
from store.rosters import hold_roster, try_hold_rosters, waiting_rosters
from store.rulebook import load_law
from store.uploads import UploadRow

TOGETHER = 12
"""Rosters taken in at one go: nobody waits for more than these."""
SIZE = 32 * 1024**2
"""Bytes of their files, which are in memory at once; a larger one is taken in with none after it."""

log = structlog.get_logger(__name__)


async def take_roster(means: Means, upload: uuid.UUID) -> str:
    """Until the upload is settled. Raises what this very roster runs into alone."""
    most = TOGETHER
    while True:
        try:
            state = await _turn(means, upload, most)
        except Exception as failed:
            if most == 1:
                raise
            log.warning("rosters are taken in one by one", failed=type(failed).__name__)
            most, state = 1, None
        if state is not None:
            return state


async def _turn(means: Means, upload: uuid.UUID, most: int) -> str | None:
    """Takes in what may be taken in now; the upload's state if it is settled."""
    async with means.database.transaction(WHOLE) as guard:
        row = await guard.get_one(UploadRow, upload)
        if row.state in SETTLED:
            return row.state
        wanted = await _wanted(guard, row, most)
        if tables := await _begun(means, wanted, upload):
            for refused, trouble in (await take_rosters(guard, tables)).items():
                await _refuse(guard, means, refused, trouble)
    return None


async def _wanted(guard: AsyncSession, row: UploadRow, most: int) -> Sequence[uuid.UUID]:
    """Rosters that nobody else is at until the transaction ends, one of each office.

    One that was begun before is taken up by its own hand only, and alone; so is one that is only looked at. While somebody else is
    at ours, we take up others; if none waits, we wait.
    """
    own = row.division, row.department
    mine = bool(await try_hold_rosters(guard, [own]))
    if mine and (most == 1 or row.preview or row.state == UploadState.WORKING.value):
        return [row.id]
    waiting = await waiting_rosters(guard, row.kind, own, most, SIZE) if most > 1 else {}
    first = waiting.pop(own, row.id)
    held = await try_hold_rosters(guard, waiting)
    others = [one for office, one in waiting.items() if office in held]
    if mine:
        return [first, *others]
    if not others:
        await hold_roster(guard, *own)
        return [row.id]
    return others


async def _begun(means: Means, wanted: Sequence[uuid.UUID], own: uuid.UUID) -> list[WholeTable]:
    """Those of them that still wait; from now on they are seen to be worked at."""
    async with means.database.transaction(WHOLE) as session:
        law = await load_law(session)
        asked = select(UploadRow).where(UploadRow.id.in_(wanted)).order_by(UploadRow.id).with_for_update()
        tables = []
        for row in await session.scalars(asked):
            if row.state == UploadState.RECEIVED.value or (row.id == own and row.state not in SETTLED):
                row.state = UploadState.WORKING.value
                context, content = await means.open(session, row, law)
                tables.append(WholeTable(context, content, means.database, means.files, means.clock))
        return tables


async def _refuse(session: AsyncSession, means: Means, upload: uuid.UUID, trouble: TableTrouble) -> None:
    row = await session.get_one(UploadRow, upload, with_for_update=True, populate_existing=True)
    row.problem = {"code": trouble.code, "zh": trouble.zh, "en": trouble.en}
    row.state, row.finished_at = UploadState.REFUSED.value, means.clock.now()
