"""Requests that a browser sends with our cookie must come from our own pages: same Origin, and the session's token."""

import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from api.errors import Refusal

FIELD = "csrf"


def check_same_origin(request: Request, base_url: str) -> None:
    """Raises Refusal 403 when Origin (or, without one, Referer or Sec-Fetch-Site) names another site."""
    origin = request.headers.get("origin")
    named = request.headers.get("referer") if origin in (None, "null") else origin
    if named:
        same = _origin(named) in (_origin(base_url), f"{request.url.scheme}://{request.headers.get('host', '')}")
    else:
        unsaid = "cross-site" if origin == "null" else "same-origin"  # no browser at all says nothing
        same = request.headers.get("sec-fetch-site", unsaid) in ("same-origin", "none")
    if not same:
        raise Refusal(403, "cross-site", "请求不是从本系统页面发出的", "the request does not come from our own pages")


def check_token(expected: str, given: str | None) -> None:
    """Raises Refusal 403 when the form's token is not this session's: a stale page, or not ours."""
    if not given or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refusal(403, "stale-page", "页面已过期，请刷新后重试", "the page is stale; reload it and try again")


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
