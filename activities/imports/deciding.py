"""The fate of one row: its cells are read by the columns of its kind, then the kind itself decides."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import (
    Batch,
    Context,
    Correction,
    Fate,
    Kind,
    Reason,
    Row,
    SheetOfBatch,
    duplicate,
    returned,
)
from exchange.columns import BadCell, Cell, Column, Formula
from exchange.rows import SheetRow
from exchange.tables import Table, Tables
from policy.row_origin import Origin
from policy.terms import RowFate

SETTLED = Reason(
    "settled-already",
    "该行退回后已经逐行处理完毕，不再重复处理",
    "the row has been settled one by one since it came back",
    clause="C-28",
)
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
    """Of one row; what was written for a row that is not accepted is undone, but for what the kind keeps of every row."""
    values, reasons = _values(table, kind.columns, row)
    typed = typed_cells(kind, table, row) if kind.keep else {}
    read = Row(row.number, values, row.sheet, table.head, corrects, typed)
    if corrects is not None and corrects.settled:
        fate = duplicate(SETTLED)
    else:
        fate = returned(*reasons) if reasons else await decide_read(session, kind, context, read)
    if kind.keep is not None:
        await kind.keep(session, context, read, fate)
    return fate


async def decide_read(session: AsyncSession, kind: Kind, context: Context, row: Row) -> Fate:
    """Of a row whose every cell has been read; what was written for one that is not accepted is undone."""
    async with session.begin_nested() as tried:
        fate = await kind.take(session, context, row)
        if fate.outcome is not RowFate.ACCEPTED:
            await tried.rollback()
    return fate


def read_typed(kind: Kind, typed: Mapping[str, str]) -> tuple[dict[str, Any], list[Reason]]:
    """The values of a row that was typed, read as its cells would have been, and why some cannot be."""
    values: dict[str, Any] = {}
    reasons: list[Reason] = []
    for column in kind.columns:
        try:
            values[column.name] = column.value(typed.get(column.name) or None)
        except BadCell as bad:
            reasons.append(Reason(bad.code, bad.zh, bad.en, column.name, bad.clause))
    return values, reasons


def typed_cells(kind: Kind, table: Table, row: SheetRow) -> dict[str, str]:
    """The row as it stood there, by the names of the columns."""
    return {column.name: typed_text(table.cell(row, column.name)) for column in kind.columns}


def typed_text(cell: Cell) -> str:
    """As it stood there; nothing for an empty cell and for a formula."""
    match cell:
        case None | Formula():
            return ""
        case date():
            return cell.isoformat()
        case float():
            return f"{cell:.0f}" if cell.is_integer() else str(cell)
        case _:
            return str(cell)


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
    return kept_reason(kind.columns, reason)


def kept_reason(columns: Sequence[Column], reason: Reason) -> dict[str, Any]:
    """With the label of its column."""
    label = next((column.label for column in columns if column.name == reason.cell), "")
    return {
        "cell": reason.cell,
        "label": label,
        "code": reason.code,
        "zh": reason.zh,
        "en": reason.en,
        "clause": reason.clause,
    }
