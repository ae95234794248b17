"""What became of a table that was handed in: its counts, its rows that were not accepted, and the receipt to be corrected."""

import asyncio
import uuid
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import Kind
from activities.imports.registry import KINDS
from api.errors import Refusal, not_allowed, not_found
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from exchange.confined import sheets_of
from exchange.receipts import receipt
from exchange.tables import find_table
from policy.access import Action, may
from policy.terms import RowFate, UploadState
from store.disclosure import Cell, Look, disclose, log_look
from store.paging import Page
from store.uploads import Tally, UploadLineRow, UploadRow, listed, reasons_of, tallies

SHOWN = 500
"""Rows told of in one answer; the receipt has them all."""


async def list_uploads(
    services: Services, user: CurrentUser, *, kind: str = "", cursor: str | None = None, limit: int = 50
) -> Page:
    """The uploads of the reader's department in their area, latest first."""
    _demand_view(user)
    async with services.database.transaction(user.scope) as session:
        found = await listed(session, kind=kind, cursor=cursor, limit=limit)
    return Page([_summary(item["row"], item["tally"]) for item in found.items], found.next)


async def view_upload(
    services: Services, user: CurrentUser, upload: uuid.UUID, *, after: int = 0, named: bool = True
) -> dict[str, Any]:
    """One upload with the rows that were not accepted, from behind row `after` on.

    The file's name may name a person: it is opened for those who may hand such a table in, if it is asked for (`named`).
    """
    _demand_view(user)
    async with services.database.transaction(user.scope) as session:
        row = await _found(session, upload)
        tally = (await tallies(session, [row.id]))[row.id]
        lines = await reasons_of(session, row.id, after=after, limit=SHOWN + 1)
        more = len(lines) > SHOWN
        name = _name(services, session, user, row) if named else None
    return _summary(row, tally) | {
        "file": name,
        "errors": [error for line in lines[:SHOWN] for error in _errors(line)],
        "more_after": lines[SHOWN - 1].row_number if more else None,
    }


async def receipt_of(services: Services, user: CurrentUser, upload: uuid.UUID) -> bytes:
    """The 错误回执 as xlsx, opened for those who may hand such a table in; logged. Raises Refusal."""
    async with services.database.transaction(user.scope) as session:
        row = await _found(session, upload)
        kind = KINDS[row.kind]
        if not may(user.post, kind.action):
            raise not_allowed("您的岗位不能下载错误回执")
        lines = [line for line in await reasons_of(session, row.id) if line.fate == RowFate.RETURNED.value]
        if row.state != UploadState.DONE.value or not lines:
            raise Refusal(
                409, "no-receipt", "没有退回的行，或尚未处理完毕", "no rows were returned, or it is not done yet"
            )
        look = Look(str(user.id), "upload", row.id, row.division, "upload.receipt", services.clock.now())
        log_look(session, look, ["file"])
        content = await asyncio.to_thread(services.files.get, row.id)
    table = find_table(await sheets_of(content), kind.columns)
    return await asyncio.to_thread(receipt, table, {line.row_number: _sentence(line) for line in lines})


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


def _name(services: Services, session: AsyncSession, user: CurrentUser, row: UploadRow) -> str | None:
    if not may(user.post, KINDS[row.kind].action):
        return None
    look = Look(str(user.id), "upload", row.id, row.division, "upload.view", services.clock.now())
    name: str = disclose(session, services.vault, look, {"name": Cell("upload", "name", row.id, row.name_sealed)})[
        "name"
    ]
    return name


def _summary(row: UploadRow, tally: Tally) -> dict[str, Any]:
    return json_object(
        {
            "id": row.id,
            "kind": row.kind,
            "kind_label": KINDS[row.kind].label,
            "division": row.division,
            "department": row.department,
            "month": row.month,
            "state": row.state,
            "state_label": UploadState(row.state).label,
            "problem": row.problem,
            "created_at": row.created_at,
            "finished_at": row.finished_at,
            "rows": {"in": row.rows_in, **vars(tally)},
            "progress": {"decided": tally.decided, "of": row.rows_in},
        }
    )


def _errors(line: UploadLineRow) -> list[dict[str, Any]]:
    return [
        {
            "row": line.row_number,
            "fate": line.fate,
            "cell": reason["cell"],
            "label": reason["label"],
            "code": reason["code"],
            "clause": reason["clause"],
            "reason_zh": reason["zh"],
            "reason_en": reason["en"],
            "zh": f"第{line.row_number}行 {reason['label']}：{reason['zh']}".replace(" ：", "："),
            "en": f"row {line.row_number}{', ' + reason['cell'] if reason['cell'] else ''}: {reason['en']}",
        }
        for reason in line.reasons
    ]


def _sentence(line: UploadLineRow) -> str:
    """All that is wrong with a row, without its number: in the receipt it stands elsewhere."""
    return "；".join(f"{reason['label']}：{reason['zh']}".removeprefix("：") for reason in line.reasons)
