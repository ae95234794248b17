"""What became of a table that was handed in: its counts, its rows that were not accepted, and the receipt to be corrected."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Kind
from activities.imports.reading import read_file
from activities.imports.registry import KINDS
from activities.thrown_away import kept_until
from api.errors import Refusal, not_allowed, not_found
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from exchange.marks import Mark
from exchange.receipts import receipt
from policy.access import Action, may
from policy.clock import today
from policy.exchange_terms import MatterStatus
from policy.terms import Category, Department, RowFate, UploadState
from store.accounts import AccountRow
from store.anomalies import matters_of_batch
from store.batches import batch_counts, first_place, outstanding_rows
from store.disclosure import Cell, Look, disclose, log_look
from store.paging import Page
from store.rosters import roster_counts
from store.rulebook import Law, load_law
from store.upload_fates import (
    Line,
    Tally,
    forecast,
    forecast_reasons_of,
    listed,
    position,
    reasons_of,
    state_shown,
    suspicions_of,
    tallies,
)
from store.uploads import UploadRow, parts_of_upload, same_file_before

SHOWN = 500
"""Rows told of in one answer; the receipt has them all."""


async def list_uploads(
    services: Services,
    user: CurrentUser,
    *,
    kind: str = "",
    month: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """The uploads of the reader's department in their area, latest first."""
    _demand_view(user)
    async with services.database.transaction(user.scope) as session:
        found = await listed(session, kind=kind, month=month, cursor=cursor, limit=limit)
    return Page([_summary(item["row"], item["tally"], item["parts"]) for item in found.items], found.next)


async def view_upload(
    services: Services, user: CurrentUser, upload: uuid.UUID, *, after: int = 0, named: bool = True
) -> dict[str, Any]:
    """One upload with the rows that were not accepted, from behind the position `after` on.

    Of a table that is only looked at (`preview`) these are the rows that would not be. `suspicions` is what was said beside
    rows that were accepted (a household of another size, say), of the first of them. The file's name may name a person,
    and so may its head: both are opened for those who may hand such a table in, the name if it is asked for (`named`).
    """
    _demand_view(user)
    async with services.database.transaction(user.scope) as session:
        row = await _found(session, upload)
        parts = await parts_of_upload(session, row.id)
        lists = parts or [row]
        told = await tallies(session, [row.id, *(part.id for part in parts)])
        ahead = {one.id: await forecast(session, one) for one in lists} if row.preview else {}
        reasons = forecast_reasons_of if row.preview else reasons_of
        lines = await reasons(session, *(one.id for one in lists), after=after, limit=SHOWN + 1)
        shown, more = lines[:SHOWN], len(lines) > SHOWN
        doubted = await suspicions_of(session, *(one.id for one in lists), limit=SHOWN)
        opened = _opened(services, session, user, row, named)
        batch = await batch_counts(session, row.batch)
        returned_to = [one for part in lists for one in await _returned_to(session, part)]
        roster = await roster_counts(session, row.id)
        law = await load_law(session)
        discarded = await _discarded(session, row)
        before = [] if row.part_of else await same_file_before(session, row)
    names_sheets = row.part_of is not None or (row.sheets or 1) > 1
    return _summary(row, told[row.id], parts) | {
        "part_of": None if row.part_of is None else str(row.part_of),
        "parts": [_part(part, told[part.id], ahead.get(part.id)) for part in parts],
        "names_sheets": names_sheets,
        "file": opened.get("name"),
        "roster": roster,
        "facts": opened.get("facts"),
        "forecast": vars(sum(ahead.values(), Tally())) if ahead else None,
        "errors": [error for line in shown for error in _errors(line, names_sheets)],
        "suspicions": [said for line in doubted for said in _errors(line, names_sheets)],
        "more_after": position(shown[-1].sheet, shown[-1].row_number) if more else None,
        "batch": {"first": str(row.batch), "no": row.batch_no, **vars(batch)},
        "anomalies": returned_to,
        "before": [_listed_as(one) for one in before],
        "kept_until": _kept_until(services, law, row, parts),
        "discarded": discarded,
    }


async def receipt_of(services: Services, user: CurrentUser, upload: uuid.UUID) -> bytes:
    """The 错误回执 as xlsx, opened for those who may hand such a table in; logged. Raises Refusal.

    It holds the rows that are still to be corrected: what was settled meanwhile, by another receipt or one by one (W11), would
    only come back again. Once nothing is open it holds them all, as the record of what came back.
    """
    async with services.database.transaction(user.scope) as session:
        row = await _found(session, upload)
        kind = KINDS[row.kind]
        if not may(user.post, kind.action):
            raise not_allowed("您的岗位不能下载错误回执")
        if await parts_of_upload(session, row.id):
            zh = "文件已按类别分开接收，请下载各类别的错误回执"
            raise Refusal(409, "receipt-of-each-part", zh, "each of its parts has a receipt of its own")
        lines = [line for line in await reasons_of(session, row.id) if line.fate == RowFate.RETURNED.value]
        if row.state != UploadState.DONE.value or not lines:
            raise Refusal(
                409, "no-receipt", "没有退回的行，或尚未处理完毕", "no rows were returned, or it is not done yet"
            )
        look = Look(str(user.id), "upload", row.id, row.division, "upload.receipt", services.clock.now())
        log_look(session, look, ["file"])
        content = await asyncio.to_thread(services.files.get, row.file)
        waiting = await outstanding_rows(session, row.batch)
    lines = [line for line in lines if first_place(row.batch_no, line) in waiting] or lines
    tables = (await read_file(kind, content, row.sheets_taken)).tables
    returned = {(line.sheet, line.row_number): (_sentence(line), first_place(row.batch_no, line)) for line in lines}
    return await asyncio.to_thread(receipt, tables, returned, Mark(kind.code, kind.version, row.batch))


async def _returned_to(session: AsyncSession, row: UploadRow) -> list[dict[str, Any]]:
    """The matters in which the department settles what of the batch came back (W11), to whoever may see them."""
    found = await matters_of_batch(session, str(row.batch), Department(row.department))
    counts = ("rows", "open")
    return [
        json_object({"id": one.id, "status": one.status, "status_label": MatterStatus(one.status).label})
        | {name: one.facts.get(name) for name in counts}
        for one in found
    ]


def kind_of(code: str) -> Kind:
    """Raises Refusal 404 for a kind that does not exist."""
    if code not in KINDS:
        raise not_found("没有这种表格")
    return KINDS[code]


def _demand_view(user: CurrentUser) -> None:
    if not may(user.post, Action.VIEW_UPLOADS):
        raise not_allowed("您的岗位不能查看报送的表格")


async def _found(session: AsyncSession, upload: uuid.UUID) -> UploadRow:
    row = await session.get(UploadRow, upload)
    if row is None or row.kind not in KINDS:
        raise not_found()
    return row


def _opened(
    services: Services, session: AsyncSession, user: CurrentUser, row: UploadRow, named: bool
) -> dict[str, Any]:
    if not may(user.post, KINDS[row.kind].action):
        return {}
    cells = {"name": Cell("upload", "name", row.id, row.name_sealed)} if named else {}
    if row.facts_sealed is not None and (named or row.state in (UploadState.CHECKED, UploadState.SPLIT)):
        cells["facts"] = Cell("upload", "facts", row.id, row.facts_sealed)
    look = Look(str(user.id), "upload", row.id, row.division, "upload.view", services.clock.now())
    return disclose(session, services.vault, look, cells) if cells else {}


async def _discarded(session: AsyncSession, row: UploadRow) -> dict[str, Any] | None:
    """Who threw it away, None where nobody confirmed it in time; and when its file was removed."""
    if row.state != UploadState.DISCARDED:
        return None
    by = await session.get(AccountRow, row.discarded_by) if row.discarded_by else None
    return json_object(
        {"by": by.username if by else None, "by_name": by.name if by else None, "file_removed_at": row.file_removed_at}
    )


def _kept_until(services: Services, law: Law, row: UploadRow, parts: Sequence[UploadRow]) -> str | None:
    """The last day on which what was looked at may be confirmed."""
    if not row.preview or state_shown(row, parts) is not UploadState.CHECKED:
        return None
    day = today(services.clock)
    last = kept_until(law.rulebook(row.division, day), row, day)
    return last.isoformat() if last else None


def _part(row: UploadRow, tally: Tally, ahead: Tally | None) -> dict[str, Any]:
    """One category's list of a workbook, by the numbers of its sheets."""
    return _summary(row, tally) | {"sheets": row.sheets_taken, "forecast": None if ahead is None else vars(ahead)}


def _listed_as(row: UploadRow, parts: Sequence[UploadRow] = ()) -> dict[str, Any]:
    """As which list it was handed in, and what has become of it."""
    state = state_shown(row, parts)
    return json_object(
        {
            "id": row.id,
            "kind": row.kind,
            "kind_label": KINDS[row.kind].label,
            "category": row.category,
            "category_label": Category(row.category).label if row.category else None,
            "month": row.month,
            "state": state,
            "state_label": state.label,
            "created_at": row.created_at,
        }
    )


def _summary(row: UploadRow, tally: Tally, parts: Sequence[UploadRow] = ()) -> dict[str, Any]:
    looked_at = sum(part.progress or 0 for part in parts) if parts else row.progress
    return _listed_as(row, parts) | json_object(
        {
            "division": row.division,
            "department": row.department,
            "carrier": row.carrier,
            "problem": row.problem,
            "finished_at": row.finished_at,
            "rows": {"in": row.rows_in, **vars(tally)},
            "preview": row.preview,
            "sheets": row.sheets,
            "continues": row.continues,
            "progress": {"decided": looked_at or tally.decided, "of": row.rows_in},
        }
    )


def _errors(line: Line, names_sheets: bool) -> list[dict[str, Any]]:
    sheet_zh, sheet_en = (f"第{line.sheet}张表", f"sheet {line.sheet}, ") if names_sheets else ("", "")
    return [
        {
            "sheet": line.sheet,
            "row": line.row_number,
            "fate": line.fate,
            "cell": reason["cell"],
            "label": reason["label"],
            "code": reason["code"],
            "clause": reason["clause"],
            "reason_zh": reason["zh"],
            "reason_en": reason["en"],
            "zh": f"{sheet_zh}第{line.row_number}行 {reason['label']}：{reason['zh']}".replace(" ：", "："),
            "en": f"{sheet_en}row {line.row_number}{', ' + reason['cell'] if reason['cell'] else ''}: {reason['en']}",
        }
        for reason in line.reasons
    ]


def _sentence(line: Line) -> str:
    """All that is wrong with a row, without its number: in the receipt it stands elsewhere."""
    return "；".join(f"{reason['label']}：{reason['zh']}".removeprefix("：") for reason in line.reasons)
