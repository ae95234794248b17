import asyncio
import contextlib
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from notifications.mailer import Mailer, SmtpSettings
from policy.deadlines import SHANGHAI


class MailServer:
    """A real mail server that answers as a test asks, and keeps what it took."""

    def __init__(self) -> None:
        self.answer_to_recipient = "250 OK"
        self.answer_to_mail = "250 Message accepted for delivery"
        self.silent_after_data = False
        self.hangs_up_after_data = False
        self.received: list[EmailMessage] = []
        self.recipients: list[str] = []

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.original_content
        assert content is not None
        message = message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append(message)
        self.recipients.extend(envelope.rcpt_tos)
        if self.hangs_up_after_data:
            assert server.transport is not None
            server.transport.abort()
        if self.silent_after_data:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(30)
        return self.answer_to_mail


class FixedClock:
    def now(self) -> datetime:
        return datetime(2025, 10, 14, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def mail_server() -> MailServer:
    return MailServer()


@pytest.fixture
def smtp_port(mail_server: MailServer) -> Iterator[int]:
    controller = AnyPort(mail_server, hostname="127.0.0.1", port=0)
    controller.start()
    yield controller.port
    controller.stop()


class AnyPort(Controller):
    """Lets the system choose the port; the upstream class would try to connect to port 0 to see whether it listens."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailer(smtp_port: int) -> Mailer:
    return mailer_for(smtp_port)


def mailer_for(port: int, *, timeout: float = 5, starttls: bool = False, password: str | None = None) -> Mailer:
    settings = SmtpSettings(
        host="127.0.0.1",
        port=port,
        sender="jiuzhu@ybj.example.cn",
        sender_name="阳城县医疗保障局",
        username="jiuzhu" if password else None,
        password=password,
        starttls=starttls,
        timeout=timeout,
    )
    return Mailer(settings, FixedClock())
