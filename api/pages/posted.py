"""A posted form as it arrived: its texts, its files, and whether the page that it came from was this session's own."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import FormParser

from api.csrf import FIELD, check_token
from api.errors import Refusal
from api.forms import typed_values
from api.pages.desk import AtDesk
from api.uploads import read_form

ONCE = "once"
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
LARGEST_SIGN_IN = 16 * 1024
"""Bytes of a form that anybody may send: a name, a password and an address."""


@dataclass(frozen=True)
class Posted:
    """`stale` is set when the token is not this session's: nothing may be done, but nothing typed need be lost.

    `once` names this drawing of the form: a browser that sends it again, because the reply was lost, gets the same reply.
    """

    typed: dict[str, list[str]]
    once: str | None
    files: dict[str, UploadFile]
    stale: Refusal | None

    def demand_fresh(self) -> None:
        """For forms without anything typed. Raises Refusal 403 for a stale or foreign page."""
        if self.stale:
            raise self.stale

    def text(self, name: str) -> str:
        return self.typed.get(name, [""])[-1].strip()


async def read_posted(request: Request, largest: int) -> FormData:
    """A form of either kind, never spooled to disk. Raises Refusal 413 or 400."""
    if _media_type(request) == MULTIPART:
        return await read_form(request, largest)
    return await request.form()


async def read_without_files(request: Request) -> FormData:
    """A small form of texts, for those who have not signed in. Raises Refusal 415 for a form that could hold files, 413."""
    if _media_type(request) != URLENCODED:
        raise Refusal(
            415,
            "urlencoded-needed",
            f"此表单不收文件，请以{URLENCODED}提交",
            f"this form takes no files: send {URLENCODED}",
        )
    return await FormParser(request.headers, _small(request)).parse()


async def _small(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_SIGN_IN:
            raise HTTPException(413)
        yield chunk


def _media_type(request: Request) -> str:
    """Without its parameters and in small letters, as the parser of forms reads it."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def posted_form(desk: AtDesk) -> Posted:
    posted = await read_posted(desk.request, desk.services.options.largest_form)
    typed = typed_values(posted.multi_items())
    token, once = (typed.pop(name, [""])[-1] for name in (FIELD, ONCE))
    files = {name: part for name, part in posted.multi_items() if isinstance(part, UploadFile) and part.filename}
    return Posted(typed, f"page/{once}" if once else None, files, _staleness(desk.signed_in.csrf, token))


def _staleness(expected: str, given: str) -> Refusal | None:
    try:
        check_token(expected, given)
    except Refusal as stale:
        return stale
    return None


FromForm = Annotated[Posted, Depends(posted_form)]
