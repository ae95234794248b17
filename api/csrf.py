"""Requests that a browser sends with our cookie must come from our own pages: same Origin, and the session's token."""

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from api.errors import Refusal

FIELD = "csrf"
HEADER = "x-csrf-token"


def check_same_origin(request: Request, base_url: str) -> None:
    """Raises Refusal 403 when Origin (or, without one, Referer or Sec-Fetch-Site) names another site."""
    named = request.headers.get("origin") or request.headers.get("referer")
    if named:
        same = _origin(named) in (_origin(base_url), f"{request.url.scheme}://{request.headers.get('host', '')}")
    else:
        same = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    if not same:
        raise Refusal(403, "cross-site", "请求不是从本系统页面发出的", "the request does not come from our own pages")


def check_token(expected: str, given: str | None) -> None:
    """Raises Refusal 403 when the form's token is not this session's: a stale page, or not ours."""
    if not given or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refusal(403, "stale-page", "页面已过期，请刷新后重试", "the page is stale; reload it and try again")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
