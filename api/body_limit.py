"""No body is larger than what its kind may need: a JSON one an application with all its papers listed, a multipart one a form
with all its files. The endpoints for files have nearer limits of their own, and say so in megabytes."""

from http import HTTPStatus

import anyio
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1024 * 1024
MULTIPART = b"multipart/form-data"
LARGEST_DISCARDED = 64 * 1024 * 1024
LONGEST_DISCARDING = 30
"""Seconds."""


class TooLarge(HTTPException):
    """`largest` is in bytes."""

    def __init__(self, largest: int) -> None:
        super().__init__(413)
        self.largest = largest


class Body:
    """One request's body as it streams in, counted whatever length was announced."""

    def __init__(self, receive: Receive, largest: int, *, announced: bool) -> None:
        """`announced`: the client sends nothing before it is told to go on."""
        self._receive, self._largest = receive, largest
        self._size, self._ended, self._announced = 0, False, announced

    async def receive(self) -> Message:
        """Raises TooLarge as soon as more has come than `largest`."""
        message = await self._next()
        if self._size > self._largest:
            raise TooLarge(self._largest)
        return message

    async def discard(self) -> None:
        """Reads what was left unread: most clients send all of it before they look whether there is an answer."""
        if self._announced and not self._size:
            return
        with anyio.move_on_after(LONGEST_DISCARDING):
            while not self._ended and self._size <= LARGEST_DISCARDED:
                await self._next()

    async def _next(self) -> Message:
        message = await self._receive()
        self._size += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        return message


class BodyLimit:
    """Answers 413 to a body that is too large. `largest_form` is in bytes."""

    def __init__(self, app: ASGIApp, largest_form: int) -> None:
        self._app, self._largest_form = app, largest_form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        multipart = headers.get(b"content-type", b"").startswith(MULTIPART)
        largest = LARGEST_BODY + (self._largest_form if multipart else 0)
        body = Body(receive, largest, announced=b"expect" in headers)

        async def after_the_body(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= HTTPStatus.BAD_REQUEST:
                await body.discard()
            await send(message)

        await self._app(scope, body.receive, after_the_body)
