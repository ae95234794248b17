import re
import socket
import traceback
from email.message import EmailMessage

import pytest

from notifications.mailer import Mailer, MailFailure, MailLater, MailRefused, MailUnknown, SmtpSettings
from notifications.message_id import message_id
from notifications.rendering import Rendered, render
from tests.notifications.conftest import MailServer, mailer_for
from tests.notifications.samples import SAMPLES

ADDRESS = "county.medical_insurance.supervisor@140522.example.cn"
MESSAGE_ID = message_id("0199f2c4-7a10-7c3e-9b1d-3f5a6e7d8c90", "notices.medical-insurance.yangcheng.example.cn")
RENDERED = render(SAMPLES["overdue"])


def body_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


async def failure_of(mailer: Mailer, address: str = ADDRESS) -> MailFailure:
    with pytest.raises(MailFailure) as caught:
        await mailer.send(address, RENDERED, MESSAGE_ID)
    return caught.value


async def test_mail_arrives_with_chinese_sender_and_subject(mailer: Mailer, mail_server: MailServer) -> None:
    sent = await mailer.send(ADDRESS, RENDERED, MESSAGE_ID)
    (mail,) = mail_server.received
    assert (sent.message_id, sent.smtp_code) == (MESSAGE_ID, 250)
    assert mail_server.recipients == [ADDRESS]
    assert mail["From"].addresses[0].display_name == "阳城县医疗保障局"
    assert mail["From"].addresses[0].addr_spec == "jiuzhu@ybj.example.cn"
    assert mail["To"] == ADDRESS
    assert mail["Subject"] == "【超期】入户调查 14052210020250001 已超期1个工作日（迟发）"
    assert mail["Date"] == "Tue, 14 Oct 2025 09:00:00 +0800"


async def test_both_bodies_arrive_whole(mailer: Mailer, mail_server: MailServer) -> None:
    await mailer.send(ADDRESS, RENDERED, MESSAGE_ID)
    (mail,) = mail_server.received
    assert mail.get_content_type() == "multipart/alternative"
    assert body_of(mail, "plain") == RENDERED.text
    assert body_of(mail, "html") == RENDERED.html


async def test_message_id_is_the_same_when_sent_twice(mailer: Mailer, mail_server: MailServer) -> None:
    await mailer.send(ADDRESS, RENDERED, MESSAGE_ID)
    await mailer.send(ADDRESS, RENDERED, MESSAGE_ID)
    assert [mail["Message-ID"] for mail in mail_server.received] == [MESSAGE_ID, MESSAGE_ID]


async def test_mail_says_that_a_machine_wrote_it(mailer: Mailer, mail_server: MailServer) -> None:
    await mailer.send(ADDRESS, RENDERED, MESSAGE_ID, {"X-Jiuzhu-Run": "7"})
    (mail,) = mail_server.received
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Jiuzhu-Notice"] == "overdue"
    assert mail["X-Jiuzhu-Run"] == "7"


async def test_line_that_begins_with_a_dot_arrives(mailer: Mailer, mail_server: MailServer) -> None:
    dotted = Rendered("overdue", "点", ".\n..\n" + "长" * 2000 + "\n", "<p>.</p>\n")
    await mailer.send(ADDRESS, dotted, MESSAGE_ID)
    assert body_of(mail_server.received[0], "plain") == dotted.text


@pytest.mark.parametrize("code", [550, 552])
async def test_refused_recipient_is_final(mailer: Mailer, mail_server: MailServer, code: int) -> None:
    mail_server.answer_to_recipient = f"{code} {ADDRESS} unknown here"
    failure = await failure_of(mailer)
    assert (type(failure), failure.smtp_code, str(failure)) == (MailRefused, code, f"mail-refused {code}")
    assert mail_server.received == []


async def test_refused_content_is_final(mailer: Mailer, mail_server: MailServer) -> None:
    mail_server.answer_to_mail = "554 rejected"
    failure = await failure_of(mailer)
    assert (type(failure), failure.smtp_code) == (MailRefused, 554)


@pytest.mark.parametrize(
    "address", ["", "no address", "审核人@example.cn", "a@b@c", "a@example.cn\r\nBcc: b@example.cn"]
)
async def test_what_is_no_address_is_final(mailer: Mailer, mail_server: MailServer, address: str) -> None:
    failure = await failure_of(mailer, address)
    assert (type(failure), str(failure)) == (MailRefused, "mail-refused")
    assert mail_server.received == []


async def test_busy_server_asks_to_try_later(mailer: Mailer, mail_server: MailServer) -> None:
    mail_server.answer_to_recipient = "451 greylisted"
    failure = await failure_of(mailer)
    assert (type(failure), failure.smtp_code) == (MailLater, 451)
    mail_server.answer_to_recipient = "250 OK"
    mail_server.answer_to_mail = "452 disk full"
    failure = await failure_of(mailer)
    assert (type(failure), failure.smtp_code) == (MailLater, 452)


async def test_server_down_is_try_later() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        failure = await failure_of(mailer_for(taken.getsockname()[1]))
    assert (type(failure), str(failure)) == (MailLater, "mail-try-later")


async def test_server_that_never_greets_is_try_later() -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        assert type(await failure_of(mailer_for(mute.getsockname()[1], timeout=0.3))) is MailLater


async def test_server_without_starttls_gets_nothing(smtp_port: int, mail_server: MailServer) -> None:
    assert type(await failure_of(mailer_for(smtp_port, starttls=True))) is MailLater
    assert mail_server.received == []


async def test_server_without_login_gets_nothing(smtp_port: int, mail_server: MailServer) -> None:
    assert type(await failure_of(mailer_for(smtp_port, password="secret"))) is MailLater
    assert mail_server.received == []


async def test_silence_after_data_is_unknown(smtp_port: int, mail_server: MailServer) -> None:
    mail_server.silent_after_data = True
    failure = await failure_of(mailer_for(smtp_port, timeout=0.5))
    assert (type(failure), str(failure)) == (MailUnknown, "mail-answer-lost")
    assert [mail["Message-ID"] for mail in mail_server.received] == [MESSAGE_ID]


async def test_connection_lost_after_data_is_unknown(mailer: Mailer, mail_server: MailServer) -> None:
    mail_server.hangs_up_after_data = True
    assert type(await failure_of(mailer)) is MailUnknown
    assert [mail["Message-ID"] for mail in mail_server.received] == [MESSAGE_ID]


async def test_failure_tells_neither_address_nor_the_servers_words(mailer: Mailer, mail_server: MailServer) -> None:
    mail_server.answer_to_recipient = f"550 {ADDRESS} unknown here"
    failure = await failure_of(mailer)
    told = "".join(traceback.format_exception(failure))
    assert not re.search(r"140522\.example|unknown here", told)
    assert failure.__cause__ is None
    assert failure.__context__ is None


def test_settings_do_not_show_the_password() -> None:
    settings = SmtpSettings(host="h", port=25, sender="a@b.cn", username="u", password="geheim")
    assert "geheim" not in repr(settings)
    assert "'u'" in repr(settings)
