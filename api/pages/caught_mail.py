"""/dev/mail: what the system has sent, where it runs by itself and nothing leaves the machine."""

import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import anyio
from fastapi import APIRouter, Response

from api.errors import not_found
from api.pages.desk import AtDesk, Desk

router = APIRouter(prefix="/dev/mail")

# As the mail catcher of `runtime/` writes them: the envelope's recipients and the moment of arrival.
RECIPIENT, RECEIVED = "X-Jiuzhu-Recipient", "X-Jiuzhu-Received"
SHOWN = 200


@dataclass(frozen=True)
class CaughtMail:
    name: str
    subject: str
    sender: str
    to: str
    received_at: datetime
    text: str


@router.get("")
async def listing(desk: AtDesk) -> Response:
    folder = _folder(desk)
    mails = await anyio.to_thread.run_sync(lambda: [_read(path) for path in _newest(folder)])
    return desk.page("mail/list.html", "mail", mails=mails)


@router.get("/{name}")
async def message(desk: AtDesk, name: str) -> Response:
    folder = _folder(desk)
    found = next((path for path in folder.glob("*.eml") if path.stem == name), None)
    if found is None:
        raise not_found()
    return desk.page("mail/message.html", "mail", mail=await anyio.to_thread.run_sync(_read, found))


def _folder(desk: Desk) -> Path:
    folder = desk.services.options.mail_dir
    if folder is None:
        raise not_found("没有这个地址")
    return folder


def _newest(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"), reverse=True)[:SHOWN]


def _read(path: Path) -> CaughtMail:
    with path.open("rb") as file:
        message = BytesParser(_class=EmailMessage, policy=email.policy.default).parse(file)
    body = message.get_body(("plain",))
    return CaughtMail(
        name=path.stem,
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", "")),
        to="、".join(str(value) for value in message.get_all(RECIPIENT, [])),
        received_at=datetime.fromisoformat(str(message[RECEIVED])),
        text=body.get_content() if body else "",
    )
