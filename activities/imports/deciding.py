"""The fate of one row: its cells are read by the columns of its kind, then the kind itself decides."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Batch, Context, Correction, Fate, Kind, Reason, Row, SheetOfBatch, returned
from exchange.columns import BadCell, Column
from exchange.rows import SheetRow
from exchange.tables import Table, Tables
from policy.row_origin import Origin
from policy.terms import RowFate

Corrections = Mapping[tuple[int, int], tuple[Origin, Correction]]
"""By sheet and number of the row: which earlier row it corrects."""


async def decide(
    session: AsyncSession,
    kind: Kind,
    context: Context,
    table: Table,
    row: SheetRow,
    corrects: Correction | None = None,
) -> Fate:
    """Of one row; what was written for a row that is not accepted is undone."""
    values, reasons = _values(table, kind.columns, row)
    if reasons:
        return returned(*reasons)
    async with session.begin_nested() as tried:
        fate = await kind.take(session, context, Row(row.number, values, row.sheet, table.head, corrects))
        if fate.outcome is not RowFate.ACCEPTED:
            await tried.rollback()
    return fate


def as_batch(kind: Kind, tables: Tables, corrections: Corrections) -> Batch:
    """The table as a whole, as `begin` sees it."""
    rows = []
    for table, row in tables.lines():
        values, reasons = _values(table, kind.columns, row)
        if not reasons:
            corrects = corrections[row.key][1] if row.key in corrections else None
            rows.append(Row(row.number, values, row.sheet, table.head, corrects))
    sheets = tuple(SheetOfBatch(table.sheet, table.head, len(table.rows)) for table in tables.sheets)
    return Batch(sheets, tables.certificate, tuple(rows), tables.count)


def _values(table: Table, columns: Sequence[Column], row: SheetRow) -> tuple[dict[str, Any], list[Reason]]:
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    for column in columns:
        try:
            values[column.name] = column.value(table.cell(row, column.name))
        except BadCell as bad:
            reasons.append(Reason(bad.code, bad.zh, bad.en, column.name, bad.clause))
    return values, reasons


def as_kept(kind: Kind, reason: Reason) -> dict[str, Any]:
    """A reason as it is stored beside the row's fate."""
    label = next((column.label for column in kind.columns if column.name == reason.cell), "")
    return {
        "cell": reason.cell,
        "label": label,
        "code": reason.code,
        "zh": reason.zh,
        "en": reason.en,
        "clause": reason.clause,
    }
