"""Tables handed in: kept sealed and queued before they are answered for, recognised when they come twice, shown row by row.

What becomes of the rows is decided by `activities/uploads.py`; nothing is parsed here but for the receipt, confined too.
"""

import asyncio
import hashlib
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.datastructures import FormData, UploadFile

from activities.imports.kinds import Kind
from activities.imports.registry import KINDS
from api.errors import Refusal, not_allowed, not_found, too_large, wrong_fields
from api.idempotency import Once
from api.identity import CurrentUser
from api.presentation import json_object
from api.services import Services
from exchange.confined import sheets_of
from exchange.containers import container_of
from exchange.receipts import receipt
from exchange.tables import find_table
from exchange.troubles import TableTrouble
from policy.access import Action, may
from policy.problems import Problem
from policy.procedures import Procedure
from policy.terms import RowFate, UploadState, normal_division
from store.disclosure import Cell, Look, disclose, log_look
from store.outbox import start
from store.paging import Page
from store.uploads import Tally, UploadLineRow, UploadRow, listed, reasons_of, tallies

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
SHOWN = 500
"""Rows told of in one answer; the receipt has them all."""


@dataclass(frozen=True)
class Handed:
    """What was sent: texts by name (kind, division, month and the kind's own fields), and the file."""

    texts: Mapping[str, str]
    file: UploadFile | None

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    @classmethod
    def of(cls, form: FormData) -> "Handed":
        file = form.get("file")
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        return cls(texts, file if isinstance(file, UploadFile) and file.filename else None)


@dataclass(frozen=True)
class Taken:
    """`duplicate`: the very same file was handed in before for the same month, and this is the upload of that time."""

    id: uuid.UUID
    duplicate: bool

    def body(self) -> dict[str, Any]:
        return {"id": str(self.id), "duplicate": self.duplicate}


def kinds_for(user: CurrentUser) -> list[Kind]:
    """What this post may hand in."""
    return [kind for kind in KINDS.values() if may(user.post, kind.action)]


async def take_in_table(services: Services, user: CurrentUser, handed: Handed, key: str | None = None) -> Taken:
    """Keeps the file and queues it. Raises Refusal: nothing is kept."""
    kind = _kind(handed)
    if not may(user.post, kind.action):
        raise not_allowed("您的岗位不能报送这种表格")
    division = normal_division(handed.text("division")) or user.division
    if division != user.division:
        raise not_found("只能报送本县（市、区）的表格")
    fields, month, file = _checked(handed, kind)
    content = await file.read()
    _check_content(content, services.options.largest_file)
    sha256 = hashlib.sha256(content).digest()
    once = Once(services, user, key, "uploads", [kind.code, division, month, fields, sha256.hex()])
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return Taken(uuid.UUID(earlier["id"]), earlier["duplicate"])
        if kind.check is not None and (problems := await kind.check(session, division, fields)):
            raise wrong_fields(problems)
        upload: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
        entry = _entry(services, user, kind, upload, month, fields, file.filename or "", content, sha256)
        taken = await _write(session, entry)
        if not taken.duplicate:
            await asyncio.to_thread(services.files.put, upload, content)
            now = services.clock.now()
            await start(session, Procedure.UPLOAD, upload, {"upload_id": str(upload)}, at=now)
        await once.keep(session, 200 if taken.duplicate else 202, taken.body())
    return taken


def _entry(
    services: Services,
    user: CurrentUser,
    kind: Kind,
    upload: uuid.UUID,
    month: str | None,
    fields: Mapping[str, Any],
    name: str,
    content: bytes,
    sha256: bytes,
) -> dict[str, Any]:
    seal = services.vault.seal
    return {
        "id": upload,
        "division": user.division,
        "department": user.post.department.value,
        "kind": kind.code,
        "month": month,
        "state": UploadState.RECEIVED.value,
        "sha256": sha256,
        "size": len(content),
        "name_sealed": seal("upload", "name", upload, name),
        "fields_sealed": seal("upload", "fields", upload, dict(fields)),
        "uploaded_by": user.id,
        "created_at": services.clock.now(),
    }


async def _write(session: AsyncSession, entry: Mapping[str, Any]) -> Taken:
    written = await session.scalar(insert(UploadRow).values(**entry).on_conflict_do_nothing().returning(UploadRow.id))
    if written is not None:
        return Taken(written, False)
    first = select(UploadRow.id).where(
        *(getattr(UploadRow, name) == entry[name] for name in ("division", "department", "kind", "sha256")),
        UploadRow.month.is_not_distinct_from(entry["month"]),
        UploadRow.state != UploadState.REFUSED.value,
    )
    return Taken((await session.scalars(first)).one(), True)


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


def _kind(handed: Handed) -> Kind:
    code = handed.text("kind")
    if code not in KINDS:
        raise wrong_fields([Problem("/kind", "没有这种表格，请选择报送的种类", f"must be one of {', '.join(KINDS)}")])
    return KINDS[code]


def _checked(handed: Handed, kind: Kind) -> tuple[dict[str, Any], str | None, UploadFile]:
    """What was sent beside the file, and the file. Raises Refusal with every problem."""
    problems: list[Problem] = []
    fields: dict[str, Any] = {}
    for field in kind.fields:
        fields[field.name], problem = field.read(handed.text(field.name) or None)
        problems += [replace(problem, pointer=f"/{field.name}")] if problem else []
    month = handed.text("month") or None
    if month is not None and not MONTH.fullmatch(month):
        problems.append(Problem("/month", "月份应写成2025-03", "must be a month such as 2025-03"))
    if handed.file is None:
        problems.append(Problem("/file", "请选择文件", "the form field `file` is needed"))
    if problems or handed.file is None:
        raise wrong_fields(problems)
    return fields, month, handed.file


def _check_content(content: bytes, largest: int) -> None:
    """What is plainly no table is said at once; the rest when it is read."""
    if len(content) > largest:
        raise too_large(largest, "文件")
    try:
        container_of(content)
    except TableTrouble as trouble:
        status = 422 if trouble.code == "empty" else 415
        raise Refusal(status, f"table-{trouble.code}", trouble.zh, trouble.en) from None


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
