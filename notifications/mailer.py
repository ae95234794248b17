"""Hands one mail to the mail server, and says exactly what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from typing import ClassVar

import aiosmtplib

from notifications.rendering import Rendered
from policy.clock import Clock


@dataclass(frozen=True)
class SmtpSettings:
    host: str
    port: int
    sender: str
    """The address that stands in From and in the envelope."""
    sender_name: str = ""
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = False
    """True: the mail is not handed over in clear, and a server without STARTTLS is a failure. False: never upgraded."""
    timeout: float = 30.0
    """Seconds for each answer of the server."""


@dataclass(frozen=True)
class Sent:
    message_id: str
    smtp_code: int


class MailFailure(Exception):
    """The mail did not go out as it should. Carries codes only: no address, no subject, no words of the server."""

    code: ClassVar[str]

    def __init__(self, smtp_code: int | None = None) -> None:
        super().__init__(self.code if smtp_code is None else f"{self.code} {smtp_code}")
        self.smtp_code = smtp_code


class MailRefused(MailFailure):
    """The server will not take this mail, now or later (5xx), or the address is none. Sending again is pointless."""

    code = "mail-refused"


class MailLater(MailFailure):
    """Nothing was handed over: no connection, no login, or a 4xx. The same mail may be sent again."""

    code = "mail-try-later"


class MailUnknown(MailFailure):
    """The connection died or fell silent after DATA: the mail may or may not have arrived.

    Whoever sends it again must use the same Message-ID, and the row must say that the answer was lost.
    """

    code = "mail-answer-lost"


class Mailer:
    def __init__(self, settings: SmtpSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def send(
        self, to_address: str, rendered: Rendered, message_id: str, headers: Mapping[str, str] | None = None
    ) -> Sent:
        """Sends one mail to one address. Raises MailRefused, MailLater or MailUnknown."""
        message = self._compose(to_address, rendered, message_id, headers or {})
        failure: MailFailure
        try:
            async with self._client() as client:
                return Sent(message_id, await self._deliver(client, to_address, message))
        except MailFailure as known:
            failure = known
        except (aiosmtplib.SMTPException, OSError):
            failure = MailLater()
        # Raised outside the handler: the library's exceptions hold the address and the server's words.
        failure.__context__ = None
        raise failure

    async def _deliver(self, client: aiosmtplib.SMTP, to_address: str, message: EmailMessage) -> int:
        """The server's code for the accepted mail. A 5xx before the envelope (greeting, login) is not about this mail."""
        try:
            await client.mail(self._settings.sender)
            await client.rcpt(to_address)
        except aiosmtplib.SMTPResponseException as answer:
            raise _by_code(answer.code) from None
        try:
            return (await client.data(message.as_bytes())).code
        except aiosmtplib.SMTPDataError as answer:
            raise _by_code(answer.code) from None
        except (aiosmtplib.SMTPException, OSError):
            raise MailUnknown from None

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            start_tls=settings.starttls,
            timeout=settings.timeout,
            # Given, because the default asks the resolver for this machine's name and may wait for it.
            local_hostname=settings.sender.rpartition("@")[2],
        )

    def _compose(
        self, to_address: str, rendered: Rendered, message_id: str, headers: Mapping[str, str]
    ) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = Address(self._settings.sender_name, addr_spec=self._settings.sender)
        message["To"] = _recipient(to_address)
        message["Subject"] = rendered.subject
        message["Date"] = self._clock.now()
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
        message["X-Jiuzhu-Notice"] = rendered.notice
        for name, value in headers.items():
            message[name] = value
        # base64: lines of Chinese exceed what 7-bit relays carry, and quoted-printable triples them.
        message.set_content(rendered.text, cte="base64")
        message.add_alternative(rendered.html, subtype="html", cte="base64")
        return message


def _recipient(address: str) -> Address:
    try:
        recipient = Address(addr_spec=address)
    except (HeaderParseError, ValueError, IndexError):
        recipient = Address()
    if not recipient.domain or not address.isascii():
        raise MailRefused
    return recipient


def _by_code(code: int) -> MailFailure:
    if 500 <= code < 600:
        return MailRefused(code)
    return MailLater(code) if 400 <= code < 500 else MailUnknown(code)
