"""No body is larger than what its kind may need: a JSON one an application with all its papers listed, a multipart one a form
with all its files. The endpoints for files have nearer limits of their own, and say so in megabytes."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1024 * 1024
MULTIPART = b"multipart/form-data"


class BodyLimit:
    """Counts while the body streams in, whatever length was announced; answers 413. `largest_form` is in bytes."""

    def __init__(self, app: ASGIApp, largest_form: int) -> None:
        self._app, self._largest_form = app, largest_form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        multipart = dict(scope["headers"]).get(b"content-type", b"").startswith(MULTIPART)
        largest = LARGEST_BODY + (self._largest_form if multipart else 0)
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > largest:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
