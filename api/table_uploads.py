"""Tables handed in: kept sealed and queued before they are answered for, recognised when they come twice.

With `preview` a table is only looked at, until it is confirmed or thrown away (`api/upload_decisions.py`). With
`continues`, the id of an earlier upload, it is a corrected receipt: month and fields are those of that time.

What becomes of the rows is decided by `activities/uploads.py`, and shown by `api/upload_view.py`; nothing is parsed here.
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
from api.exchange.agreements import check_agreement
from api.idempotency import Once
from api.identity import CurrentUser
from api.services import Services
from exchange.containers import container_of
from exchange.troubles import TableTrouble
from policy.access import Action, may
from policy.clock import today
from policy.exchange_terms import Carrier
from policy.problems import Problem
from policy.procedures import Procedure
from policy.terms import UploadState, normal_division
from store.disclosure import Cell, Look, disclose
from store.outbox import start
from store.uploads import NOT_HANDED_IN, UploadRow, same_file_before

MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Handed:
    """What was sent: texts by name (kind, division, month and the kind's own fields), and the file."""

    texts: Mapping[str, str]
    file: UploadFile | None
    carrier: Carrier = Carrier.FILE

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    @classmethod
    def of(cls, form: FormData) -> "Handed":
        file = form.get("file")
        texts = {name: value for name, value in form.items() if isinstance(value, str)}
        return cls(texts, file if isinstance(file, UploadFile) and file.filename else None)

    @property
    def preview(self) -> bool:
        return self.text("preview").lower() in ("true", "1", "yes")


@dataclass(frozen=True)
class _Earlier:
    """What a corrected receipt takes over from the upload that it came from."""

    kind: str
    month: str | None
    fields: Mapping[str, Any]
    batch: uuid.UUID


@dataclass(frozen=True)
class Taken:
    """`duplicate`: the very same file was handed in before for the same list, and this is the upload of that time. `before`:
    it was handed in before for another list (category, month or kind), by these uploads.
    """

    id: uuid.UUID
    duplicate: bool
    before: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        return {"id": str(self.id), "duplicate": self.duplicate, "before": list(self.before)}


def kinds_for(user: CurrentUser) -> list[Kind]:
    """What this post may hand in."""
    return [kind for kind in KINDS.values() if may(user.post, kind.action)]


async def take_in_table(services: Services, user: CurrentUser, handed: Handed, key: str | None = None) -> Taken:
    """Keeps the file and queues it. Raises Refusal: nothing is kept."""
    earlier_one = await _continued(services, user, handed)
    kind = _kind(handed, earlier_one)
    if not may(user.post, kind.action):
        raise not_allowed("您的岗位不能报送这种表格")
    division = normal_division(handed.text("division")) or user.division
    if division != user.division:
        raise not_found("只能报送本县（市、区）的表格")
    fields, month, file = _checked(handed, kind, earlier_one)
    content = await file.read()
    _check_content(content, services.options.largest_file)
    sha256 = hashlib.sha256(content).digest()
    batch = earlier_one.batch if earlier_one else None
    asked = [kind.code, division, month, fields, sha256.hex(), handed.preview, str(batch or "")]
    once = Once(services, user, key, "uploads", asked)
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return Taken(uuid.UUID(earlier["id"]), earlier["duplicate"], tuple(earlier.get("before", ())))
        if kind.action is Action.UPLOAD_IDENTITY:  # what a source department shares with the bureau (C-24)
            await check_agreement(session, division, today(services.clock), user.post.department)
        if kind.check is not None and (problems := await kind.check(session, division, fields)):
            raise wrong_fields(problems)
        upload: uuid.UUID = (await session.execute(text("select uuidv7()"))).scalar_one()
        entry = _entry(services, user, kind, upload, month, fields, file.filename or "", content, sha256)
        entry |= {"preview": handed.preview, "continues": batch, "carrier": handed.carrier.value}
        entry["category"] = fields.get("category")
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
        row = await session.get_one(UploadRow, written)
        return Taken(written, False, tuple(str(earlier.id) for earlier in await same_file_before(session, row)))
    first = select(UploadRow.id).where(
        *(getattr(UploadRow, name) == entry[name] for name in ("division", "department", "kind", "sha256")),
        *(getattr(UploadRow, name).is_not_distinct_from(entry[name]) for name in ("month", "category")),
        UploadRow.part_of.is_(None),
        UploadRow.state.not_in(NOT_HANDED_IN),
    )
    return Taken((await session.scalars(first)).one(), True)


async def _continued(services: Services, user: CurrentUser, handed: Handed) -> _Earlier | None:
    """The upload whose receipt this is, if it is said. Raises Refusal where there is none such."""
    said = handed.text("continues")
    if not said:
        return None
    wrong = Problem("/continues", "没有这次报送，或尚未处理完毕", "there is no such upload, or it is not done yet")
    try:
        upload = uuid.UUID(said)
    except ValueError:
        raise wrong_fields([wrong]) from None
    async with services.database.transaction(user.scope) as session:
        row = await session.get(UploadRow, upload)
        if row is None or row.state != UploadState.DONE.value:
            raise wrong_fields([wrong])
        look = Look(str(user.id), "upload", row.id, row.division, "upload.continue", services.clock.now())
        fields = disclose(
            session, services.vault, look, {"fields": Cell("upload", "fields", row.id, row.fields_sealed)}
        )
        return _Earlier(row.kind, row.month, fields["fields"], row.batch)


def _kind(handed: Handed, earlier: _Earlier | None) -> Kind:
    code = handed.text("kind") or (earlier.kind if earlier else "")
    if code not in KINDS or (earlier and earlier.kind != code):
        raise wrong_fields([Problem("/kind", "没有这种表格，请选择报送的种类", f"must be one of {', '.join(KINDS)}")])
    return KINDS[code]


def _checked(handed: Handed, kind: Kind, earlier: _Earlier | None) -> tuple[Mapping[str, Any], str | None, UploadFile]:
    """What was sent beside the file, and the file. Raises Refusal with every problem."""
    problems: list[Problem] = []
    fields: dict[str, Any] = {}
    for field in () if earlier else kind.fields:
        fields[field.name], problem = field.read(handed.text(field.name) or None)
        problems += [replace(problem, pointer=f"/{field.name}")] if problem else []
    month = earlier.month if earlier else handed.text("month") or None
    if month is not None and not MONTH.fullmatch(month):
        problems.append(Problem("/month", "月份应写成2025-03", "must be a month such as 2025-03"))
    if handed.file is None:
        problems.append(Problem("/file", "请选择文件", "the form field `file` is needed"))
    if problems or handed.file is None:
        raise wrong_fields(problems)
    return earlier.fields if earlier else fields, month, handed.file


def _check_content(content: bytes, largest: int) -> None:
    """What is plainly no table is said at once; the rest when it is read."""
    if len(content) > largest:
        raise too_large(largest, "文件")
    try:
        container_of(content)
    except TableTrouble as trouble:
        status = 422 if trouble.code == "empty" else 415
        raise Refusal(status, f"table-{trouble.code}", trouble.zh, trouble.en) from None
