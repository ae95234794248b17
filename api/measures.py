"""Requests counted and timed by route; a route is its template, so that no id or search word becomes a label."""

import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/api/v1"


class Measures:
    """One registry per app, so that two apps in one process do not share counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("method", "route", "status")
        self.requests = Counter("jiuzhu_requests", "Requests answered", labels, registry=self.registry)
        self.seconds = Histogram("jiuzhu_request_seconds", "Time to answer", ("route",), registry=self.registry)


class Measuring:
    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app, self._measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = _route(scope)
            self._measures.requests.labels(scope["method"], route, str(status)).inc()
            self._measures.seconds.labels(route).observe(time.perf_counter() - begun)


def _route(scope: Scope) -> str:
    """/api/v1/applications/{application_id}; a router's prefix is not part of what the framework tells."""
    path: str = getattr(scope.get("route"), "path", "unknown")
    return API + path if scope["path"].startswith(API) and not path.startswith(API) else path
