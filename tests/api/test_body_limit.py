"""How much a request may bring, whatever it says that it is."""

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from api.body_limit import LARGEST_BODY, BodyLimit

FORM = 5 * LARGEST_BODY
CHUNK = b"x" * 65536


async def _reads_all(_scope: Scope, receive: Receive, _send: Send) -> None:
    while (await receive()).get("more_body"):
        pass


async def _without_end() -> Message:
    return {"type": "http.request", "body": CHUNK, "more_body": True}


async def _nowhere(_message: Message) -> None:
    raise AssertionError("nothing is answered here")


@pytest.mark.parametrize("kind", [b"application/json", b"multipart/form-data; boundary=a", b""])
async def test_a_body_without_end_is_cut_off(kind: bytes) -> None:
    scope = {"type": "http", "headers": [(b"content-type", kind)]}
    with pytest.raises(HTTPException) as cut:
        await BodyLimit(_reads_all, largest_form=FORM)(scope, _without_end, _nowhere)
    assert cut.value.status_code == 413


async def test_a_form_with_files_may_be_larger_than_a_json_body() -> None:
    chunks = [CHUNK] * (2 * LARGEST_BODY // len(CHUNK))

    async def some() -> Message:
        return {"type": "http.request", "body": chunks.pop(), "more_body": bool(chunks)}

    scope = {"type": "http", "headers": [(b"content-type", b"multipart/form-data; boundary=a")]}
    await BodyLimit(_reads_all, largest_form=FORM)(scope, some, _nowhere)
    assert not chunks
