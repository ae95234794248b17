"""报送表格: hand a table in, see what would become of it, confirm it, and get back the rows that must be corrected."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Response

from activities.imports.registry import KINDS
from api.errors import Refusal
from api.forms import Form, Wrong, wrongs
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm, Posted
from api.rest.uploads import form_to_save, workbook
from api.services import MEGABYTE
from api.table_uploads import MONTH, Handed, kinds_for, take_in_table
from api.upload_decisions import commit_upload, discard_upload
from api.upload_view import list_uploads, receipt_of, view_upload
from policy.access import Action
from policy.deadlines import SHANGHAI
from policy.organisations import office_on
from policy.terms import Department, Level, UploadState
from store.uploads import FINISHED

router = APIRouter(prefix="/uploads")
PAGE = 20
HERE = "uploads"
STANDING = (*FINISHED, UploadState.CHECKED.value)
"""States in which nothing moves on by itself."""


@router.get("")
async def listing(desk: AtDesk, cursor: str = "", kind: str = "", month: str = "") -> Response:
    return await _list(desk, {}, cursor, kind=kind, month=month)


@router.post("")
async def hand_in(desk: AtDesk, posted: FromForm) -> Response:
    """Takes the table to be looked at and leads to what would become of it; what is wrong is said at its form."""
    code = posted.text("kind")
    if posted.stale:
        return await _list(desk, {code: _again(posted, Wrong("", posted.stale.zh, posted.stale.en))}, "", 422)
    texts = {name: posted.text(name) for name in posted.typed} | {"preview": "true"}
    try:
        taken = await take_in_table(desk.services, desk.signed_in, Handed(texts, posted.files.get("file")), posted.once)
    except Refusal as refusal:
        if refusal.status not in (413, 415, 422):
            raise
        problems = wrongs(refusal.problems) or (Wrong("file", refusal.zh, refusal.en),)
        return await _list(desk, {code: _again(posted, *problems)}, "", 422)
    return see_other(f"/uploads/{taken.id}" + ("?again=yes" if taken.duplicate else ""))


@router.get("/templates/{kind}.xlsx")
async def form_of(desk: AtDesk, kind: str) -> Response:
    return await form_to_save(desk.services, desk.signed_in, kind)


@router.get("/{upload_id}")
async def show(desk: AtDesk, upload_id: uuid.UUID, again: str = "", after: int = 0) -> Response:
    """The page, or its changing part alone while the rows are being looked at or taken in."""
    part = desk.fragment_wanted
    upload = await view_upload(desk.services, desk.signed_in, upload_id, after=max(after, 0), named=not part)
    if not part:
        await _learn(desk, {upload["division"]})
    standing = upload["state"] in STANDING
    return desk.page(
        "uploads/_result.html" if part else "uploads/upload.html",
        HERE,
        upload=upload,
        office="" if part else _office(desk, upload),
        standing=standing,
        passed_over=_passed_over(upload),
        first=after <= 0,
        may_hand_in=upload["kind"] in {kind.code for kind in kinds_for(desk.signed_in)},
        form=_form(upload["kind"]),
        notice=_notice(desk, again),
    )


@router.post("/{upload_id}/commit")
async def commit(desk: AtDesk, upload_id: uuid.UUID, posted: FromForm) -> Response:
    posted.demand_fresh()
    await commit_upload(desk.services, desk.signed_in, upload_id)
    return see_other(f"/uploads/{upload_id}")


@router.post("/{upload_id}/discard")
async def discard(desk: AtDesk, upload_id: uuid.UUID, posted: FromForm) -> Response:
    posted.demand_fresh()
    await discard_upload(desk.services, desk.signed_in, upload_id)
    return see_other(f"/uploads/{upload_id}")


@router.get("/{upload_id}/receipt.xlsx")
async def receipt(desk: AtDesk, upload_id: uuid.UUID) -> Response:
    return workbook(await receipt_of(desk.services, desk.signed_in, upload_id), "错误回执.xlsx")


def _office(desk: Desk, upload: dict[str, Any]) -> str:
    """As it was called on the day on which it handed the table in."""
    on = datetime.fromisoformat(upload["created_at"]).astimezone(SHANGHAI).date()
    named, department = desk.names.get(upload["division"], ""), Department(upload["department"])
    return office_on(desk.law.rulebook(upload["division"], on), named, department, on) if desk.law else named


async def _list(
    desk: Desk, forms: dict[str, Form], cursor: str, status: int = 200, *, kind: str = "", month: str = ""
) -> Response:
    desk.demand(Action.VIEW_UPLOADS, "您的岗位不能查看报送的表格")
    month = month.strip() if MONTH.fullmatch(month.strip()) else ""
    found = await list_uploads(desk.services, desk.signed_in, kind=kind, month=month, cursor=cursor or None, limit=PAGE)
    await _learn(desk, {item["division"] for item in found.items})
    kinds = kinds_for(desk.signed_in)
    return desk.page(
        "uploads/list.html",
        HERE,
        status,
        uploads=found.items,
        next_page=found.next and "/uploads?" + urlencode({"kind": kind, "month": month, "cursor": found.next}),
        kinds=kinds,
        kind_shown=kind,
        shown_kinds=list(KINDS.values()),
        month=month,
        forms={kind.code: forms.get(kind.code, _form(kind.code)) for kind in kinds},
        largest=desk.services.options.largest_file // MEGABYTE,
        several_places=desk.signed_in.post.level is not Level.COUNTY,
    )


def _form(code: str, typed: dict[str, list[str]] | None = None, problems: tuple[Wrong, ...] = ()) -> Form:
    return Form(f"upload-{code}", typed or {}, problems=problems)


def _again(posted: Posted, *problems: Wrong) -> Form:
    return _form(posted.text("kind"), posted.typed, problems)


async def _learn(desk: Desk, divisions: set[Any]) -> None:
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, divisions)


def _passed_over(upload: dict[str, Any]) -> dict[int, str]:
    """By sheet: the lines that were taken for no data, 1–4、20."""
    facts = upload["facts"] or {"sheets": []}
    return {sheet["number"]: _ranges(sheet["passed_over"]) for sheet in facts["sheets"]}


def _ranges(numbers: Sequence[int]) -> str:
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(str(first) if first == last else f"{first}–{last}" for first, last in spans)


def _notice(desk: Desk, again: str) -> str | None:
    if not again:
        return None
    return desk.say(
        "这个文件此前已经报送过，没有重复处理；下面是当时的结果。",
        "This very file was handed in before and was not taken in again; here is what became of it then.",
    )
