"""What of a table that was decided row by row goes back to its department, with what stood in the rows (W11)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.deciding import typed_cells
from activities.imports.kinds import Context, Kind
from activities.imports.returning import Decided, Line, send_back
from exchange.tables import Tables
from policy.deadlines import SHANGHAI
from policy.row_origin import read_origin
from policy.terms import RowFate
from store.uploads import UploadLineRow, UploadRow


async def return_rows(session: AsyncSession, kind: Kind, context: Context, tables: Tables) -> None:
    """Once every row has been decided. Safe to repeat."""
    told = await session.scalars(
        select(UploadLineRow).where(
            UploadLineRow.upload_id == context.upload,
            (UploadLineRow.fate == RowFate.RETURNED.value) | UploadLineRow.origin.is_not(None),
        )
    )
    decided = {(line.sheet, line.row_number): line for line in told}
    lines = [
        Line(
            row.sheet,
            row.number,
            RowFate(line.fate),
            line.reasons,
            read_origin(line.origin) if line.origin else None,
            typed_cells(kind, table, row),
        )
        for table, row in tables.lines()
        if (line := decided.get(row.key)) is not None
    ]
    if lines:
        upload = await session.get_one(UploadRow, context.upload)
        await send_back(session, [Decided(context, upload.provided_at.astimezone(SHANGHAI).date(), lines)])
