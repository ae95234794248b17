"""A corrected 错误回执 joins the batch that it came from, and its rows the rows that they correct.

A line stands for an earlier row only if that row is still to be corrected and has the same name or the same number: so a
line that was given to somebody else is a new row, with the day of its own (processes 3.11). One that stands there as it
was, and that the department has settled one by one meanwhile, is not asked about again.
"""

import asyncio
import unicodedata
from collections.abc import Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.deciding import Corrections, typed_text
from activities.imports.kinds import Correction, Kind
from activities.imports.reading import read_file
from exchange.columns import Cell
from exchange.marks import Mark
from exchange.rows import SheetRow
from exchange.tables import Table, Tables
from exchange.troubles import TableTrouble
from policy.deadlines import SHANGHAI
from policy.row_origin import Origin, read_origin
from policy.terms import UploadState
from store.batches import next_batch_no, outstanding_rows, settled_rows, uploads_of_batch
from store.files import FileStore
from store.uploads import UploadRow

SAME_PERSON = ("name", "id_number")
"""Of these columns one at least must be as it was."""


async def join_batch(session: AsyncSession, row: UploadRow, mark: Mark | None) -> None:
    """Makes the upload the next one of its batch. Raises TableTrouble for the receipt of somebody else."""
    marked = mark.batch if mark else None
    if row.batch_no > 1 or (marked is None and row.continues is None):
        return
    if row.continues is not None and marked not in (None, row.continues):
        raise TableTrouble("foreign-receipt")
    first = await session.get(UploadRow, row.continues or marked, with_for_update=True)
    if first is None or not _of_one_office(first, row):
        raise TableTrouble("foreign-receipt")
    if row.month not in (None, first.month):
        raise TableTrouble("receipt-of-another-month")
    row.continues, row.batch_no = first.id, await next_batch_no(session, first.id)


def _of_one_office(first: UploadRow, row: UploadRow) -> bool:
    return first.state == UploadState.DONE.value and all(
        getattr(first, name) == getattr(row, name) for name in ("division", "department", "kind")
    )


async def corrections(
    session: AsyncSession, files: FileStore, kind: Kind, row: UploadRow, tables: Tables
) -> Corrections:
    """Which earlier row each line corrects; each row is corrected by one line, the first."""
    claimed = dict(_claims(tables))
    if row.continues is None or not claimed:
        return {}
    settled = await settled_rows(session, row.continues)
    unclaimed = settled | set(await outstanding_rows(session, row.continues))
    uploads = {upload.batch_no: upload for upload in await uploads_of_batch(session, row.continues)}
    earlier: dict[int, Mapping[tuple[int, int], tuple[Table, SheetRow]]] = {}
    found: dict[tuple[int, int], tuple[Origin, Correction]] = {}
    for key, (origin, table, line) in claimed.items():
        first = uploads.get(origin.upload)
        if first is None or origin not in unclaimed:
            continue
        unclaimed.discard(origin)
        if origin.upload not in earlier:
            content = await asyncio.to_thread(files.get, first.file)
            there = (await read_file(kind, content, first.sheets_taken)).tables
            earlier[origin.upload] = {known.key: (owner, known) for owner, known in there.lines()}
        before = earlier[origin.upload].get((origin.sheet, origin.row))
        day = first.provided_at.astimezone(SHANGHAI).date()
        corrected = Correction(first.id, origin.sheet, origin.row, day, origin in settled)
        holds = _unchanged if corrected.settled else _one_person
        if before is not None and holds(kind, (table, line), before):
            found[key] = origin, corrected
    return found


def _claims(tables: Tables) -> Iterator[tuple[tuple[int, int], tuple[Origin, Table, SheetRow]]]:
    for table, line in tables.lines():
        origin = read_origin(table.origin(line) or "")
        if origin is not None:
            yield line.key, (origin, table, line)


def _one_person(kind: Kind, line: tuple[Table, SheetRow], before: tuple[Table, SheetRow]) -> bool:
    asked = [column.name for column in kind.columns if column.name in SAME_PERSON]
    return not asked or any(
        (now := _plain(line[0].cell(line[1], name))) and now == _plain(before[0].cell(before[1], name))
        for name in asked
    )


def _unchanged(kind: Kind, line: tuple[Table, SheetRow], before: tuple[Table, SheetRow]) -> bool:
    """It says what it said when it came back: nobody has corrected it here."""
    return all(
        _plain(typed_text(line[0].cell(line[1], column.name)))
        == _plain(typed_text(before[0].cell(before[1], column.name)))
        for column in kind.columns
    )


def _plain(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split()).upper() if isinstance(cell, str) else ""
