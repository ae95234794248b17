"""Many escalations to one reader of a level above go out in one mail; each stays a row that says which mail carried it (I5)."""

import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.correspondence import Correspondence
from activities.gathering import AT_ONCE
from activities.mail import Mailroom, NoticeToSend
from notifications.catalog import EscalatedToProvince, Notice, Overdue, variables_of
from notifications.message_id import message_id
from policy.deadlines import SHANGHAI
from store.accounts import AccountRow
from store.database import WHOLE, Database
from store.notices import NoticeRow
from tests.api.conftest import StoppedClock
from tests.notifications.conftest import AnyPort, MailServer, mailer_for
from tests.notifications.samples import SAMPLES

NINE = datetime(2025, 4, 8, 9, 0, tzinfo=SHANGHAI)
READER = "province.civil_affairs.supervisor@14"
DOMAIN = "jiuzhu.example.cn"


class Post:
    """The mailroom with a real server behind it, and the notices of one reader."""

    def __init__(self, worker: Database, clock: StoppedClock, server: MailServer, port: int) -> None:
        self.worker, self.clock, self.server = worker, clock, server
        correspondence = Correspondence("http://counter.test", 15)
        self.room = Mailroom(worker, clock, mailer_for(port), correspondence, DOMAIN, 15)

    async def queue(self, count: int, kind: type[Notice] = EscalatedToProvince) -> list[uuid.UUID]:
        sample = SAMPLES[kind.name]
        async with self.worker.transaction(WHOLE) as session:
            reader = await session.scalar(select(AccountRow.id).where(AccountRow.username == READER))
            rows = [
                NoticeRow(
                    account_id=reader,
                    occasion=f"rung/{uuid.uuid4()}",
                    name=kind.name,
                    variables=variables_of(replace(sample, division_name=f"第{number:03}县")),
                    division="140522",
                    state="queued",
                    attempts=0,
                    created_at=self.clock.now(),
                )
                for number in range(count)
            ]
            session.add_all(rows)
            await session.flush()
            return [row.id for row in rows]

    async def send(self, notice: uuid.UUID) -> str:
        state: str = await ActivityEnvironment().run(self.room.send_notice, NoticeToSend(str(notice)))
        return state

    async def rows(self, notices: Sequence[uuid.UUID]) -> set[tuple[str, str | None]]:
        async with self.worker.transaction(WHOLE) as session:
            found = await session.execute(
                select(NoticeRow.state, NoticeRow.message_id).where(NoticeRow.id.in_(notices))
            )
            return {(state, known) for state, known in found}


@pytest.fixture
async def post(worker: Database, clock: StoppedClock) -> AsyncIterator[Post]:
    server = MailServer()
    controller = AnyPort(server, hostname="127.0.0.1", port=0)
    controller.start()
    yield Post(worker, clock, server, controller.port)
    controller.stop()


async def test_a_few_go_out_one_by_one_and_the_many_in_one_mail(post: Post) -> None:
    post.clock.moment = NINE
    few = await post.queue(AT_ONCE)
    assert [await post.send(one) for one in few] == ["sent"] * AT_ONCE
    assert len(post.server.received) == AT_ONCE

    post.clock.moment = NINE + timedelta(minutes=1)
    many = await post.queue(117)
    for one in (many[0], many[60]):
        with pytest.raises(ApplicationError) as gathered:
            await post.send(one)
        assert (gathered.value.type, gathered.value.next_retry_delay) == ("gathering", timedelta(minutes=15))
    assert await post.rows([many[0], many[60]]) == {("gathering", None)}

    post.clock.moment = NINE + timedelta(minutes=16)
    assert [await post.send(one) for one in (many[60], many[0], many[116])] == ["sent"] * 3
    carrier = message_id(str(many[60]), DOMAIN)
    assert await post.rows(many) == {("sent", carrier)}
    (mail,) = post.server.received[AT_ONCE:]
    assert mail["Message-ID"] == carrier
    assert "第000县等117处共117项任务超期" in mail["Subject"]
    body = mail.get_body(("html",))
    assert body is not None
    assert str(body.get_content()).count('href="http://127.0.0.1:8000/tasks/') == 117
    (alone,) = await post.queue(1)
    post.clock.moment = NINE + timedelta(hours=2)
    assert await post.send(alone) == "sent"
    assert len(post.server.received) == AT_ONCE + 2


async def test_a_lost_answer_is_said_of_every_rung_with_one_message_id(post: Post) -> None:
    post.clock.moment = NINE + timedelta(days=1)
    many = await post.queue(20)
    post.clock.moment += timedelta(minutes=15)
    post.server.hangs_up_after_data = True
    assert await post.send(many[3]) == "unknown"
    assert await post.rows(many) == {("unknown", message_id(str(many[3]), DOMAIN))}
    assert await post.send(many[4]) == "unknown", "told as it is, and not sent again"
    assert len(post.server.received) == 1


async def test_of_a_worker_that_died_only_who_carried_the_mail_says_so(post: Post) -> None:
    post.clock.moment = NINE + timedelta(days=2)
    many = await post.queue(8)
    carrier = message_id(str(many[5]), DOMAIN)
    async with post.worker.transaction(WHOLE) as session:
        for row in await session.scalars(select(NoticeRow).where(NoticeRow.id.in_(many))):
            row.state, row.message_id = "sending", carrier
    with pytest.raises(ApplicationError, match="gathering"):
        await post.send(many[0])
    assert await post.rows(many) == {("sending", carrier)}
    assert await post.send(many[5]) == "unknown"
    assert await post.rows(many) == {("unknown", carrier)}
    assert post.server.received == []


async def test_rungs_of_the_owners_own_house_are_never_gathered(post: Post) -> None:
    post.clock.moment = NINE + timedelta(days=3)
    own = await post.queue(AT_ONCE + 3, Overdue)
    assert {await post.send(one) for one in own} == {"sent"}
    assert len(post.server.received) == len(own)
