"""The supervised servers: killed and back, with what they kept."""

import signal
import smtplib
from datetime import datetime, timedelta
from email.message import EmailMessage

import psycopg
import pytest
from sqlalchemy import select
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.worker import Worker

from activities.probe import Probe
from policy.procedures import CASEWORK
from runtime.clock import SystemClock
from runtime.embedded.stack import Stack
from runtime.mail_catcher import read_mails
from runtime.readiness import probe
from runtime.temporal import connect
from store.accounts import HeartbeatRow
from store.database import WHOLE, Database
from workflows.probe import ProbeWorkflow


def plain(address: str) -> str:
    return address.replace("+psycopg", "")


async def test_postgres_killed_is_started_again_with_its_data(servers: Stack) -> None:
    async with await psycopg.AsyncConnection.connect(plain(servers.dsn("postgres")), autocommit=True) as connection:
        await connection.execute("create table kept as select 1 as n")
    old = servers.kill("postgres", signal.SIGKILL)
    await servers.wait_restarted("postgres")

    assert servers.pid("postgres") not in (None, old)
    async with await psycopg.AsyncConnection.connect(plain(servers.dsn("postgres")), autocommit=True) as connection:
        cursor = await connection.execute("select n from kept")
        assert await cursor.fetchall() == [(1,)]
        await connection.execute("drop table kept")


async def test_temporal_killed_still_knows_its_workflows(servers: Stack) -> None:
    client = await connect(servers.settings)
    await client.start_workflow("waits-for-ever", id="kept/1", task_queue="nobody")
    servers.kill("temporal", signal.SIGKILL)
    await servers.wait_restarted("temporal")

    client = await connect(servers.settings)
    description = await client.get_workflow_handle("kept/1").describe()
    assert description.workflow_type == "waits-for-ever"
    await client.get_workflow_handle("kept/1").terminate()


@pytest.mark.parametrize("role", ["api", "worker", "relay", "migration"])
async def test_no_role_of_the_product_may_pass_row_level_security(servers: Stack, role: str) -> None:
    async with await psycopg.AsyncConnection.connect(plain(servers.dsn(role))) as connection:
        cursor = await connection.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
        assert await cursor.fetchone() == (False,)


async def test_postgres_listens_on_no_port(servers: Stack) -> None:
    async with await psycopg.AsyncConnection.connect(plain(servers.dsn("postgres"))) as connection:
        cursor = await connection.execute("show listen_addresses")
        assert await cursor.fetchone() == ("",)
    assert servers.folder.socket.stat().st_mode & 0o077 == 0


async def test_probe_through_temporal_and_database_leaves_its_moment(servers: Stack) -> None:
    relay, worker_database = Database(servers.dsn("relay")), Database(servers.dsn("worker"))
    client = await connect(servers.settings)
    try:
        assert await last_probe(relay) is None
        async with Worker(
            client,
            task_queue=CASEWORK,
            workflows=[ProbeWorkflow],
            activities=[Probe(worker_database).probe],
        ):
            await probe(client, relay)
        moment = await last_probe(relay)
        assert moment is not None
        assert SystemClock().now() - moment < timedelta(minutes=1)
    finally:
        for database in (relay, worker_database):
            await database.close()


async def last_probe(database: Database) -> datetime | None:
    async with database.transaction(WHOLE) as session:
        return await session.scalar(select(HeartbeatRow.at).where(HeartbeatRow.name == "probe"))


async def test_namespace_keeps_closed_workflows_for_years(servers: Stack) -> None:
    client = await Client.connect(servers.temporal_address)
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="jiuzhu"))
    assert answer.config.workflow_execution_retention_ttl.seconds >= 3650 * 86400


def test_mail_is_caught_with_chinese_names_for_the_owner_alone(servers: Stack) -> None:
    message = EmailMessage()
    message["From"] = "医疗救助经办系统 <no-reply@jiuzhu.example>"
    message["To"] = "收件人 <a@jiuzhu.example>"
    message["Subject"] = "入户调查已超期"
    message["Message-ID"] = "<1@jiuzhu.example>"
    message.set_content("请登录办理。")
    message.add_alternative("<p>请登录办理。</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", servers.settings.smtp_port) as smtp:
        smtp.send_message(message)

    mail = read_mails(servers.mail_dir)[-1]
    assert (mail.to, mail.subject, mail.message_id) == (["a@jiuzhu.example"], "入户调查已超期", "<1@jiuzhu.example>")
    assert (mail.text.strip(), mail.html.strip()) == ("请登录办理。", "<p>请登录办理。</p>")
    assert mail.sender == "医疗救助经办系统 <no-reply@jiuzhu.example>"
    assert (servers.mail_dir / mail.file).stat().st_mode & 0o077 == 0
    assert mail.received_at.utcoffset() is not None
