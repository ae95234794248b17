"""Refusals: a fact with a code and a sentence in two languages, told as problem+json (RFC 9457) or as a page."""

import traceback
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.body_limit import TooLarge
from api.parameter_name import parameter_name
from api.services import MEGABYTE
from api.wrong_shape import shape_problem
from policy.problems import Problem

PROBLEM = "application/problem+json"
PROBLEM_URI = "/problems/"
PageOfRefusal = Callable[[Request, "Refusal"], Awaitable[Response]]

log = structlog.get_logger()


class Refusal(Exception):
    """The counter says no: HTTP status, stable code, sentence in Chinese and English, and what is wrong where.

    `extra` holds codes and dates for programs. Neither sentence nor extra may hold personal data: they may be logged.
    """

    def __init__(
        self,
        status: int,
        code: str,
        zh: str,
        en: str,
        problems: Sequence[Problem] = (),
        *,
        clause: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.zh = zh
        self.en = en
        self.problems = tuple(problems)
        self.clause = clause
        self.extra = extra

    def body(self) -> dict[str, Any]:
        return {
            "type": PROBLEM_URI + self.code,
            "title": self.zh,
            "title_en": self.en,
            "status": self.status,
            "detail": self.problems[0].zh if self.problems else self.zh,
            **({"clause": self.clause} if self.clause else {}),
            **self.extra,
            "errors": [asdict(problem) for problem in self.problems],
        }


def wrong_fields(problems: Sequence[Problem]) -> Refusal:
    return Refusal(422, "wrong-fields", f"有{len(problems)}处需要更正", f"{len(problems)} to be corrected", problems)


def not_found(zh: str = "没有这一项，或不在您的管辖范围内") -> Refusal:
    return Refusal(404, "not-found", zh, "there is no such thing in your area")


def not_allowed(zh: str = "您的岗位不能办理此事") -> Refusal:
    return Refusal(403, "not-allowed", zh, "your post may not do this")


def too_large(largest: int, what: str = "内容") -> Refusal:
    """`largest` is in bytes; it is told in megabytes."""
    megabytes = largest // MEGABYTE
    zh, en = f"{what}过大，不得超过{megabytes}MB", f"too large: at most {megabytes} MB"
    return Refusal(413, "too-large", zh, en, limit=largest)


def not_yet_built(what: str) -> Refusal:
    return Refusal(
        501, "not-yet-built", f"“{what}”将在后续版本提供，本次未作任何改动", "not yet built; nothing was changed"
    )


def parameter_missing(key: str) -> Refusal:
    return Refusal(
        409,
        "parameter-missing",
        f"缺少参数“{parameter_name(key)}”，须由市级医疗保障部门录入后办理",
        f"the parameter {key} is missing; the city's bureau must enter it first",
        key=key,
    )


def install(app: FastAPI) -> None:
    """Translates every failure; `app.state.page_of_refusal` (set by the pages) does so for paths outside /api."""
    app.state.page_of_refusal = None
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


async def answer(request: Request, refusal: Refusal) -> Response:
    page: PageOfRefusal | None = request.app.state.page_of_refusal
    if page is not None and not request.url.path.startswith("/api/"):
        return await page(request, refusal)
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    if "retry_after" in refusal.extra:
        headers["Retry-After"] = str(refusal.extra["retry_after"])
    return JSONResponse(refusal.body(), refusal.status, headers, PROBLEM)


async def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return await answer(request, error)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [shape_problem(found["type"], found["loc"], found.get("ctx")) for found in error.errors()]
    return await answer(request, wrong_fields(problems))


_HTTP = {
    400: ("bad-request", "请求有误", "bad request"),
    404: ("not-found", "没有这个地址", "there is nothing here"),
    405: ("method-not-allowed", "此地址不支持这种请求", "method not allowed"),
    413: ("too-large", "内容过大", "the content is too large"),
}


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, TooLarge):
        return await answer(request, too_large(error.largest))
    code, zh, en = _HTTP.get(error.status_code, ("refused", "请求未被接受", "the request was refused"))
    return await answer(request, Refusal(error.status_code, code, zh, en))


class Incidents:
    """Catches what nobody foresaw: answers 500 with an incident number, and logs where it happened, never what was in it.

    Messages of unforeseen errors may quote a value that a person typed, so only types and places are written.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            refusal = unforeseen(error, method=scope["method"])
            if begun:
                return
            response = await answer(Request(scope, receive), refusal)
            await response(scope, receive, send)


def unforeseen(error: Exception, **where: str) -> Refusal:
    """What is told of an error that nobody foresaw; it is logged with an incident number, never with what was in it."""
    incident = uuid.uuid4().hex[:12]
    log.error("incident", incident=incident, **where, error=_kind(error), places=_places(error))
    return _told(error, incident)


_PASSING = (OperationalError, InterfaceError, PoolTimeout)
"""The database is restarting, or two transactions stood in each other's way: the same request may be sent again."""


_UNWRITABLE = (DataError, UnicodeEncodeError)
"""A character that no database keeps: NUL, or half of a surrogate pair."""


def _told(error: Exception, incident: str) -> Refusal:
    if isinstance(error, _PASSING):
        return _unavailable(incident)
    if isinstance(error, _UNWRITABLE):
        return Refusal(422, "bad-characters", "填写的内容含有不能保存的字符", "it holds characters that cannot be kept")
    return _internal(incident)


def _unavailable(incident: str) -> Refusal:
    return Refusal(
        503,
        "unavailable",
        "系统暂时不可用，请稍后重试；填写的内容请勿关闭页面",
        "unavailable for a moment; send the same request again",
        incident=incident,
        retry_after=2,
    )


def _internal(incident: str) -> Refusal:
    return Refusal(
        500,
        "incident",
        f"系统出错，未作改动，请将编号 {incident} 告知管理员",
        "an internal error",
        incident=incident,
    )


def _kind(error: BaseException) -> str:
    kinds = [f"{type(error).__module__}.{type(error).__qualname__}"]
    cause = error.__cause__ or error.__context__
    return " < ".join([*kinds, _kind(cause)] if cause else kinds)


def _places(error: BaseException) -> list[str]:
    return [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in _frames(error)][-12:]


def _frames(error: BaseException) -> traceback.StackSummary:
    return traceback.extract_tb(error.__traceback__)
