"""The fate of one row: its cells are read by the columns of its kind, then the kind itself decides."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Context, Fate, Kind, Reason, Row, returned
from exchange.columns import BadCell, Column
from exchange.tables import SheetRow, Table
from policy.terms import RowFate


async def decide(session: AsyncSession, kind: Kind, context: Context, table: Table, row: SheetRow) -> Fate:
    """Of one row; what was written for a row that is not accepted is undone."""
    values, reasons = _values(table, kind.columns, row)
    if reasons:
        return returned(*reasons)
    async with session.begin_nested() as tried:
        fate = await kind.take(session, context, Row(row.number, values))
        if fate.outcome is not RowFate.ACCEPTED:
            await tried.rollback()
    return fate


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
