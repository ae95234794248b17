"""How much a request may bring, whatever it says that it is."""

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from api.body_limit import LARGEST_BODY, LARGEST_DISCARDED, BodyLimit

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


async def _refuses_unread(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 413, "headers": []})


class Client:
    """Sends this many chunks, and remembers how much had been taken when the answer came."""

    def __init__(self, chunks: int) -> None:
        self._chunks = chunks
        self.taken, self.taken_when_answered = 0, -1

    async def send(self) -> Message:
        assert self.taken < self._chunks, "nothing is asked for after the end"
        self.taken += 1
        return {"type": "http.request", "body": CHUNK, "more_body": self.taken < self._chunks}

    async def answered(self, _message: Message) -> None:
        self.taken_when_answered = self.taken


async def test_what_is_refused_unread_is_read_before_the_answer() -> None:
    client = Client(chunks=100)
    await BodyLimit(_refuses_unread, FORM)({"type": "http", "headers": []}, client.send, client.answered)
    assert client.taken_when_answered == 100


async def test_a_refused_body_is_not_read_for_ever() -> None:
    client = Client(chunks=10 * LARGEST_DISCARDED // len(CHUNK))
    await BodyLimit(_refuses_unread, FORM)({"type": "http", "headers": []}, client.send, client.answered)
    assert client.taken_when_answered == LARGEST_DISCARDED // len(CHUNK) + 1


async def test_a_client_that_asked_first_is_not_made_to_send() -> None:
    client = Client(chunks=100)
    scope = {"type": "http", "headers": [(b"expect", b"100-continue")]}
    await BodyLimit(_refuses_unread, FORM)(scope, client.send, client.answered)
    assert client.taken_when_answered == 0
