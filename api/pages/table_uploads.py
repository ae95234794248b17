"""报送表格: hand a table in, watch its rows being taken in, and get back those that must be corrected."""

import uuid
from typing import Any

from fastapi import APIRouter, Response

from api.errors import Refusal
from api.forms import Form, Wrong, wrongs
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm, Posted
from api.rest.uploads import empty_form, workbook
from api.services import MEGABYTE
from api.table_uploads import Handed, kinds_for, take_in_table
from api.upload_view import list_uploads, receipt_of, view_upload
from policy.access import Action
from policy.offices import office_name
from policy.terms import Department, Level, UploadState

router = APIRouter(prefix="/uploads")
PAGE = 20
HERE = "uploads"
FINISHED = (UploadState.DONE.value, UploadState.REFUSED.value)


@router.get("")
async def listing(desk: AtDesk, cursor: str = "") -> Response:
    return await _list(desk, {}, cursor)


@router.post("")
async def hand_in(desk: AtDesk, posted: FromForm) -> Response:
    """Takes the table in and leads to what becomes of it; what is wrong is said at its form."""
    code = posted.text("kind")
    if posted.stale:
        return await _list(desk, {code: _again(posted, Wrong("", posted.stale.zh, posted.stale.en))}, "", 422)
    handed = Handed({name: posted.text(name) for name in posted.typed}, posted.files.get("file"))
    try:
        taken = await take_in_table(desk.services, desk.signed_in, handed, posted.once)
    except Refusal as refusal:
        if refusal.status not in (413, 415, 422):
            raise
        problems = wrongs(refusal.problems) or (Wrong("file", refusal.zh, refusal.en),)
        return await _list(desk, {code: _again(posted, *problems)}, "", 422)
    return see_other(f"/uploads/{taken.id}" + ("?again=yes" if taken.duplicate else ""))


@router.get("/templates/{kind}.xlsx")
async def form_of(desk: AtDesk, kind: str) -> Response:
    return await empty_form(desk.signed_in, kind)


@router.get("/{upload_id}")
async def show(desk: AtDesk, upload_id: uuid.UUID, again: str = "", after: int = 0) -> Response:
    """The page, or its changing part alone while the rows are being taken in."""
    part = desk.fragment_wanted
    upload = await view_upload(desk.services, desk.signed_in, upload_id, after=max(after, 0), named=not part)
    if not part:
        await _learn(desk, {upload["division"]})
    return desk.page(
        "uploads/_result.html" if part else "uploads/upload.html",
        HERE,
        upload=upload,
        office="" if part else office_name(desk.names.get(upload["division"], ""), Department(upload["department"])),
        finished=upload["state"] in FINISHED,
        first=after <= 0,
        may_hand_in=upload["kind"] in {kind.code for kind in kinds_for(desk.signed_in)},
        notice=_notice(desk, again),
    )


@router.get("/{upload_id}/receipt.xlsx")
async def receipt(desk: AtDesk, upload_id: uuid.UUID) -> Response:
    return workbook(await receipt_of(desk.services, desk.signed_in, upload_id), "错误回执.xlsx")


async def _list(desk: Desk, forms: dict[str, Form], cursor: str, status: int = 200) -> Response:
    desk.demand(Action.VIEW_UPLOADS, "您的岗位不能查看报送的表格")
    found = await list_uploads(desk.services, desk.signed_in, cursor=cursor or None, limit=PAGE)
    await _learn(desk, {item["division"] for item in found.items})
    kinds = kinds_for(desk.signed_in)
    return desk.page(
        "uploads/list.html",
        HERE,
        status,
        uploads=found.items,
        next_page=found.next,
        kinds=kinds,
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


def _notice(desk: Desk, again: str) -> str | None:
    if not again:
        return None
    return desk.say(
        "这个文件此前已经报送过，没有重复处理；下面是当时的结果。",
        "This very file was handed in before and was not taken in again; here is what became of it then.",
    )
