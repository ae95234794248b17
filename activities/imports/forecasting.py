"""What would become of the rows of a table that is only looked at: decided as always, inside a savepoint that is undone.

In portions, so that the persons of a long list are locked for seconds only: a casework answer never waits for a preview. So
a row that repeats one of another portion is told as accepted; when the table is taken in, it is the duplicate that it is.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.deciding import Corrections, as_kept, decide
from activities.imports.kinds import Batch, Context, Fate, Kind, Reason
from exchange.rows import SheetRow
from exchange.tables import Table, Tables
from policy.terms import RowFate
from store.uploads import UploadForecastRow, UploadRow

PORTION = 300
Lines = Sequence[tuple[Table, SheetRow]]


def portions(tables: Tables, done: int) -> Iterator[tuple[int, Lines]]:
    """The rows behind those that were looked at already, each portion with how many will have been looked at."""
    lines = list(tables.lines())
    for start in range(done, len(lines), PORTION):
        portion = lines[start : start + PORTION]
        yield start + len(portion), portion


async def forecast_portion(
    session: AsyncSession,
    kind: Kind,
    context: Context,
    batch: Batch | None,
    corrections: Corrections,
    lines: Lines,
    done: int,
) -> Sequence[Reason]:
    """Keeps what would become of these rows, and nothing else. What is wrong with the table as a whole is given back."""
    await session.execute(select(UploadRow.id).where(UploadRow.id == context.upload).with_for_update(key_share=True))
    fates: list[Fate] = []
    tried = await session.begin_nested()
    reasons = await kind.begin(session, context, batch) if kind.begin and batch else ()
    for table, row in () if reasons else lines:
        corrects = corrections[row.key][1] if row.key in corrections else None
        fates.append(await decide(session, kind, context, table, row, corrects))
    await tried.rollback()
    if not reasons:
        await _keep(session, kind, context, lines, fates)
        await session.execute(update(UploadRow).where(UploadRow.id == context.upload).values(progress=done))
    return reasons


async def _keep(session: AsyncSession, kind: Kind, context: Context, lines: Lines, fates: Sequence[Fate]) -> None:
    told = [
        {
            "upload_id": context.upload,
            "sheet": row.sheet,
            "row_number": row.number,
            "division": context.division,
            "department": context.department.value,
            "fate": fate.outcome.value,
            "reasons": [as_kept(kind, reason) for reason in fate.reasons],
        }
        for (_, row), fate in zip(lines, fates, strict=True)
        if fate.outcome is not RowFate.ACCEPTED
    ]
    if told:
        await session.execute(insert(UploadForecastRow).on_conflict_do_nothing(), told)
