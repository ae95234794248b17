"""STARTTLS and login against a real server with its own certificate."""

import datetime
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.mailer import Mailer, MailLater, SmtpSettings
from notifications.message_id import message_id
from notifications.rendering import render
from tests.notifications.conftest import AnyPort, FixedClock, MailServer
from tests.notifications.samples import SAMPLES

MESSAGE_ID = message_id("1", "localhost")
RENDERED = render(SAMPLES["due_soon"])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate that `localhost` signed for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2100))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder / "certificate.pem", folder / "key.pem"


def _knows(_server: object, _session: object, _envelope: object, _mechanism: str, given: object) -> AuthResult:
    known = LoginPassword(b"jiuzhu", b"secret")
    return AuthResult(success=given == known, handled=False)


@pytest.fixture
def tls_port(mail_server: MailServer, certificate: tuple[Path, Path]) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    controller = AnyPort(
        mail_server,
        hostname="127.0.0.1",
        port=0,
        tls_context=context,
        require_starttls=True,
        authenticator=_knows,
        auth_required=True,
    )
    controller.start()
    yield controller.port
    controller.stop()


def mailer(port: int, password: str = "secret", *, starttls: bool = True) -> Mailer:
    settings = SmtpSettings(
        host="localhost",
        port=port,
        sender="jiuzhu@ybj.example.cn",
        username="jiuzhu",
        password=password,
        starttls=starttls,
        timeout=5,
    )
    return Mailer(settings, FixedClock())


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))


@pytest.mark.usefixtures("trusted")
async def test_mail_goes_out_encrypted_and_logged_in(tls_port: int, mail_server: MailServer) -> None:
    await mailer(tls_port).send("a@example.cn", RENDERED, MESSAGE_ID)
    assert [mail["Message-ID"] for mail in mail_server.received] == [MESSAGE_ID]


@pytest.mark.usefixtures("trusted")
async def test_wrong_password_is_about_the_settings_not_the_mail(tls_port: int, mail_server: MailServer) -> None:
    with pytest.raises(MailLater) as caught:
        await mailer(tls_port, "wrong").send("a@example.cn", RENDERED, MESSAGE_ID)
    assert "wrong" not in str(caught.value)
    assert mail_server.received == []


async def test_unknown_certificate_gets_nothing(tls_port: int, mail_server: MailServer) -> None:
    with pytest.raises(MailLater):
        await mailer(tls_port).send("a@example.cn", RENDERED, MESSAGE_ID)
    assert mail_server.received == []


@pytest.mark.usefixtures("trusted")
async def test_password_is_not_sent_in_clear(tls_port: int, mail_server: MailServer) -> None:
    with pytest.raises(MailLater):
        await mailer(tls_port, starttls=False).send("a@example.cn", RENDERED, MESSAGE_ID)
    assert mail_server.received == []
