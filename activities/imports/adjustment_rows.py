"""The rows of a list as provided, with what became of each; and the earlier rows that a corrected receipt settles."""

from collections.abc import AsyncIterator
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.adjustment_certificate import change_of
from activities.imports.adjustment_columns import COLUMNS
from activities.imports.deciding import kept_reason
from activities.imports.kinds import Context, Fate, Row
from activities.roster_change_marking import MarkedOn, Wanted
from policy.terms import RowFate
from store.adjustments import AdjustmentLineRow, AdjustmentRow
from store.anomalies import Returned, anomaly_at, corrected_by_table, place_of
from store.disclosure import Cell, Look, disclose
from store.registration import number_index
from store.uploads import UploadLineRow, UploadRow


async def write_row(
    session: AsyncSession,
    context: Context,
    adjustment: AdjustmentRow,
    row: Row,
    fate: Fate,
    provided_on: date,
    wanted: Wanted | None = None,
    marked: MarkedOn | None = None,
) -> None:
    """The row of the list, written once; one that was returned and is taken after all becomes an accepted one."""
    line = await _line(session, context, row)
    if line is None:
        line = await _new_line(session, context, adjustment, row)
    accepted = fate.outcome is RowFate.ACCEPTED
    if line.fate == RowFate.ACCEPTED.value:
        return
    change = change_of(row) if "change" in row.values else None
    line.change, line.provided_on = change.value if change else None, provided_on
    line.fate = fate.outcome.value
    line.reasons = [kept_reason(COLUMNS, reason) for reason in fate.reasons]
    number = row.values.get("id_number")
    line.id_index = number_index(context.vault, number) if number else None
    if accepted and wanted is not None and marked is not None:
        line.person_id, line.effective_on, line.marked_at = wanted.person, marked.day, context.now
    session.add(line)
    await session.flush()


async def _line(session: AsyncSession, context: Context, row: Row) -> AdjustmentLineRow | None:
    found: AdjustmentLineRow | None = await session.scalar(
        select(AdjustmentLineRow).where(
            AdjustmentLineRow.upload_id == context.upload,
            AdjustmentLineRow.sheet == row.sheet,
            AdjustmentLineRow.row_number == row.number,
        )
    )
    return found


async def _new_line(session: AsyncSession, context: Context, adjustment: AdjustmentRow, row: Row) -> AdjustmentLineRow:
    key = (await session.execute(select(func.uuidv7()))).scalar_one()
    return AdjustmentLineRow(
        id=key,
        matter_id=adjustment.matter_id,
        division=context.division,
        department=context.department.value,
        upload_id=context.upload,
        sheet=row.sheet,
        row_number=row.number,
        sealed=context.vault.seal("adjustment_row", "row", key, dict(row.typed)),
        fate=RowFate.RETURNED.value,
        reasons=[],
        provided_on=context.today,
    )


async def settle_earlier(session: AsyncSession, context: Context, row: Row, fate: Fate) -> None:
    assert row.corrects is not None
    place = place_of(row.corrects.upload, row.corrects.sheet, row.corrects.number)
    anomaly = await anomaly_at(session, str(context.batch), context.department, place)
    if anomaly is None or anomaly.settled_at is not None:
        return
    reasons = [kept_reason(COLUMNS, one) for one in fate.reasons] if fate.outcome is RowFate.RETURNED else []
    by = (await session.get_one(UploadRow, context.upload)).uploaded_by
    corrected_by_table(context.vault, anomaly, row.typed, reasons, by=by, at=context.now)


async def returned_rows(session: AsyncSession, context: Context, adjustment: AdjustmentRow) -> AsyncIterator[Returned]:
    """The rows of this upload that go back. One that corrects another is known at the place where it first stood."""
    corrects_another = (
        (UploadLineRow.upload_id == AdjustmentLineRow.upload_id)
        & (UploadLineRow.sheet == AdjustmentLineRow.sheet)
        & (UploadLineRow.row_number == AdjustmentLineRow.row_number)
        & UploadLineRow.origin.is_not(None)
    )
    lines = await session.scalars(
        select(AdjustmentLineRow)
        .where(AdjustmentLineRow.upload_id == context.upload, AdjustmentLineRow.fate == RowFate.RETURNED.value)
        .where(~exists().where(corrects_another))
        .order_by(AdjustmentLineRow.sheet, AdjustmentLineRow.row_number)
    )
    look = Look("system:adjustment", "adjustment", adjustment.matter_id, adjustment.division, "anomaly", context.now)
    for line in lines:
        cell = Cell("adjustment_row", "row", line.id, line.sealed)
        values = disclose(session, context.vault, look, {"row": cell})["row"]
        place = place_of(context.upload, line.sheet, line.row_number)
        yield Returned(place, line.sheet, line.row_number, line.reasons, values, line.provided_on, context.upload)
