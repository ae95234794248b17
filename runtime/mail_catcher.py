"""A mail server that delivers to a folder: every message an .eml file of mode 0600, for `up`, stories and tests.

python -m runtime.mail_catcher HOST PORT FOLDER
"""

import asyncio
import email.policy
import os
import signal
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from runtime.clock import clock
from runtime.settings import Settings

SIZE_LIMIT = 10 * 1024 * 1024
RECEIVED = "X-Jiuzhu-Received"
RECIPIENT = "X-Jiuzhu-Recipient"


@dataclass(frozen=True)
class Mail:
    """One caught message. `to` are the envelope's recipients, `received_at` the catcher's clock (the story's in one)."""

    to: list[str]
    sender: str
    subject: str
    text: str
    html: str
    message_id: str
    received_at: datetime
    file: str


def read_mails(folder: Path) -> list[Mail]:
    """All messages caught in `folder`, the newest last."""
    return [_read(path) for path in sorted(folder.glob("*.eml"))]


def _read(path: Path) -> Mail:
    with path.open("rb") as file:
        message = BytesParser(_class=EmailMessage, policy=email.policy.default).parse(file)
    return Mail(
        to=[str(value) for value in message.get_all(RECIPIENT, [])],
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        message_id=str(message.get("Message-ID", "")),
        received_at=datetime.fromisoformat(str(message[RECEIVED])),
        file=path.name,
    )


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def keep(folder: Path, content: bytes, recipients: list[str], received_at: datetime) -> None:
    """Store one message under a name that sorts by arrival; it appears whole or not at all."""
    head = [f"{RECEIVED}: {received_at.isoformat()}", *(f"{RECIPIENT}: {address}" for address in recipients)]
    name = f"{time.time_ns():020d}"
    draft = folder / f"{name}.part"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write("".join(f"{line}\r\n" for line in head).encode() + content)
    draft.rename(folder / f"{name}.eml")


async def serve(host: str, port: int, folder: Path) -> None:
    """Catch until SIGTERM."""
    # aiosmtpd comes with the `embedded` extra; reading the folder needs none of it.
    from aiosmtpd.smtp import SMTP, Envelope, Session

    now = clock(Settings()).now

    class Keep:
        async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
            content = envelope.content
            keep(folder, content if isinstance(content, bytes) else b"", list(envelope.rcpt_tos), now())
            return "250 OK"

    await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    server = await loop.create_server(
        lambda: SMTP(Keep(), hostname="jiuzhu.local", enable_SMTPUTF8=True, data_size_limit=SIZE_LIMIT), host, port
    )
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
