"""Refusals as pages: a sentence, what was typed where something was typed, and a way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import Request, Response
from starlette.datastructures import UploadFile

from api.csrf import FIELD, check_same_origin
from api.errors import Refusal, not_found
from api.identity import maybe_user
from api.pages.desk import Desk, desk_of, see_other
from api.pages.posted import read_posted

PATH_IDS = ("/task_id", "/application_id", "/file_id")
"""An address whose id is no id at all is simply not there."""


@dataclass(frozen=True)
class Way:
    href: str
    label: str


async def page_of_refusal(request: Request, refusal: Refusal) -> Response:
    """What `api.errors` shows for paths of pages. Nobody signed in is led to the sign-in page and back again."""
    if refusal.status == 401:
        return await _to_sign_in(request, refusal)
    if any(problem.pointer in PATH_IDS for problem in refusal.problems):
        refusal = not_found()
    try:
        user = await maybe_user(request)
    except Refusal:  # a request from elsewhere: it is answered, but not as anybody
        user = None
    return refused(await desk_of(request, user), refusal)


def refused(
    desk: Desk, refusal: Refusal, *, typed: list[tuple[str, str]] | None = None, ways: Sequence[Way] = ()
) -> Response:
    """The page of a refusal. `typed` are label and text of what the person had written, shown so that it can be copied."""
    home = Way("/", "返回首页") if desk.user else Way("/sign-in", "登录")
    detail = "；".join(desk.say(problem.zh, problem.en) for problem in refusal.problems)
    return desk.page(
        "problem.html",
        status=refusal.status,
        status_code=refusal.status,
        title=desk.say(refusal.zh, refusal.en),
        detail=detail,
        typed=typed or [],
        ways_back=[*ways, home],
    )


async def _to_sign_in(request: Request, refusal: Refusal) -> Response:
    if request.method == "POST" and "hx-request" not in request.headers:
        return await _signed_out_while_typing(request, refusal)
    goal = request.url.path if request.method == "GET" else "/"
    address = f"/sign-in?next={quote(goal)}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": address})
    return see_other(address)


async def _signed_out_while_typing(request: Request, refusal: Refusal) -> Response:
    """The session ended under a long form: what was typed goes back to the browser, to be sent again after signing in."""
    desk = await desk_of(request, None)
    try:
        check_same_origin(request, desk.services.options.base_url)
    except Refusal as foreign:
        return refused(desk, foreign)
    posted = await read_posted(request, desk.services.options.largest_form)
    kept = [(name, text) for name, text in posted.multi_items() if isinstance(text, str) and name != FIELD]
    files = [part.filename for _, part in posted.multi_items() if isinstance(part, UploadFile) and part.filename]
    return desk.page(
        "session/signed_out.html",
        status=refusal.status,
        action=request.url.path,
        kept=kept,
        files=files,
        worth_keeping=any(text.strip() for name, text in kept if name not in ("outcome", "do")),
    )
