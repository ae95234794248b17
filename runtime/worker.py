"""The worker: runs the procedures and their hands. One builder of the runner, for workers and for replays alike."""

import asyncio
import gc
import signal
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import structlog
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.anomaly import Anomalies
from activities.case_endings import Endings
from activities.casework import Casework
from activities.comparison import Comparisons
from activities.correspondence import Correspondence
from activities.desk import Desk
from activities.high_cost import HighCost
from activities.issuing import Issuing
from activities.ladder import Ladder
from activities.mail import Mailroom
from activities.matters import Matters
from activities.opening import Opening
from activities.payments import Payments
from activities.probe import Probe
from activities.public_notices import PublicNotices
from activities.recognition import Recognitions
from activities.refusals import Refusals
from activities.review import Reviews
from activities.roster_change import RosterChanges
from activities.sharing import Sharings
from activities.supervision import RECTIFICATION_REPLY, Supervision
from activities.teamwork import Teamwork
from activities.telling import Telling
from activities.uploads import Uploads
from notifications.mailer import Mailer, SmtpSettings
from policy.procedures import BULK, CASEWORK, MAIL
from policy.refusal_steps import DELIVERY
from runtime import keys
from runtime.clock import clock
from runtime.settings import Settings
from runtime.sweeping import sweep_forever
from runtime.temporal import connect
from store.database import Database
from store.files import FileStore
from workflows.anomaly import Anomaly
from workflows.application import Application
from workflows.comparison import Comparison
from workflows.high_cost import HighCostPush
from workflows.mail import Digest, Notice
from workflows.order import Opinion, Order
from workflows.payment import Payment
from workflows.probe import ProbeWorkflow
from workflows.recognition import Recognition, SettlementRequest
from workflows.rectification import Problem, Rectification
from workflows.rejection import Refusal
from workflows.review import JointReview
from workflows.roster_change import Adjustment, AdjustmentPeriod, SettlementReview
from workflows.sharing_cycle import SharingCycle
from workflows.sharing_month import MonthBegins, SharingMonth
from workflows.upload import Upload

log = structlog.get_logger(__name__)

CASEWORK_WORKFLOWS: Sequence[type] = (
    Application,
    Refusal,
    Payment,
    Order,
    Opinion,
    SharingCycle,
    JointReview,
    Comparison,
    Rectification,
    Problem,
    Adjustment,
    AdjustmentPeriod,
    Anomaly,
    SettlementReview,
    HighCostPush,
    Recognition,
    SettlementRequest,
    ProbeWorkflow,
)
MAIL_WORKFLOWS: Sequence[type] = (Notice, Digest)
BULK_WORKFLOWS: Sequence[type] = (Upload, SharingMonth, MonthBegins)
WORKFLOWS: Sequence[type] = (*CASEWORK_WORKFLOWS, *MAIL_WORKFLOWS, *BULK_WORKFLOWS)

BULK_AT_ONCE = 2
"""Imports under way in one worker: what comes in bulk waits, so that the counter never does."""

STEPS_AT_ONCE = 16
"""Procedures taking a step at the same time; the others wait with the server. A worker that takes up more than it can finish
within the server's ten seconds does its work again and again once a month opens everywhere on a busy machine."""

GRACE = timedelta(seconds=5)
"""What is being worked on when the worker is asked to stop gets this long."""


def runner() -> SandboxedWorkflowRunner:
    """The workflow runner: all but the procedures themselves passes through the sandbox, once and here."""
    passed_through = SandboxRestrictions.default.with_passthrough_modules(
        "activities",
        "exchange",
        "notifications",
        "policy",
        "store",
        "sqlalchemy",
        "psycopg",
        "pydantic",
        "jinja2",
        "cryptography",
    )
    return SandboxedWorkflowRunner(restrictions=passed_through)


async def run(settings: Settings) -> None:
    """Work on all queues until SIGTERM, then finish what is in hand."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    client = await connect(settings)
    database = Database(settings.database_url("worker"))
    casework, mail, bulk = workers(client, settings, database)
    gc.freeze()  # what is loaded stays: looking through it for garbage takes a third of a roster's first load
    tidying = asyncio.create_task(sweep_forever(database, _files(settings), clock(settings)))
    stopped = asyncio.create_task(stop.wait())
    try:
        async with casework, mail, bulk:
            log.info("working", queues=[CASEWORK, MAIL, BULK], temporal=settings.temporal_address)
            await asyncio.wait([stopped, tidying], return_when=asyncio.FIRST_COMPLETED)
            if tidying.done():
                tidying.result()
    finally:
        for task in (stopped, tidying):
            task.cancel()
        await asyncio.gather(stopped, tidying, return_exceptions=True)
        await database.close()


def workers(client: Client, settings: Settings, database: Database) -> tuple[Worker, Worker, Worker]:
    """The worker of each queue, with its collaborators."""
    desk, *hands, mailroom = _hands(settings, database)
    casework = Worker(
        client,
        task_queue=CASEWORK,
        workflows=CASEWORK_WORKFLOWS,
        activities=[method for hand in (desk, *hands) for method in _activities(hand)],
        workflow_runner=runner(),
        graceful_shutdown_timeout=GRACE,
        max_cached_workflows=settings.workflow_cache,
        max_concurrent_workflow_tasks=STEPS_AT_ONCE,
    )
    mail = Worker(
        client,
        task_queue=MAIL,
        workflows=MAIL_WORKFLOWS,
        activities=_activities(mailroom),
        workflow_runner=runner(),
        graceful_shutdown_timeout=GRACE,
        max_cached_workflows=settings.workflow_cache,
    )
    bulk = Worker(
        client,
        task_queue=BULK,
        workflows=BULK_WORKFLOWS,
        activities=[method for hand in _bulk_hands(settings, database) for method in _activities(hand)],
        workflow_runner=runner(),
        graceful_shutdown_timeout=GRACE,
        max_cached_workflows=settings.workflow_cache,
        max_concurrent_activities=BULK_AT_ONCE,
    )
    return casework, mail, bulk


def _hands(settings: Settings, database: Database) -> tuple[object, ...]:
    now = clock(settings)
    vault = keys.vault(keys.load(settings.folder.keyring))
    correspondence = Correspondence(settings.address, settings.digest_minutes)
    issuing = Issuing(vault, FileStore(settings.folder.files, vault), correspondence)
    refusals = Refusals(database, now, vault, issuing, correspondence)
    supervision = Supervision(database, now, correspondence)
    tellings = {DELIVERY.kind: refusals.tell_to_deliver, RECTIFICATION_REPLY: supervision.tell_to_rectify}
    smtp = _smtp(settings)
    return (
        Desk(database, now, Ladder(correspondence), correspondence, tellings),
        Casework(database, now, vault),
        PublicNotices(database, now, issuing),
        Endings(database, now, vault),
        refusals,
        Payments(database, now, vault),
        Teamwork(database, now, Telling(correspondence)),
        Matters(database, now),
        RosterChanges(database, now),
        Anomalies(database, now, vault),
        HighCost(database, now),
        Recognitions(database, now, vault),
        Sharings(database, now),
        Reviews(database, now, vault),
        Comparisons(database, now, vault),
        supervision,
        Probe(database),
        Mailroom(
            database, now, Mailer(smtp, now), correspondence, smtp.sender.rpartition("@")[2], settings.digest_minutes
        ),
    )


def _bulk_hands(settings: Settings, database: Database) -> tuple[object, ...]:
    vault = keys.vault(keys.load(settings.folder.keyring))
    now = clock(settings)
    return (Uploads(database, now, vault, _files(settings)), Opening(database, now))


def _files(settings: Settings) -> FileStore:
    return FileStore(settings.folder.files, keys.vault(keys.load(settings.folder.keyring)))


def _activities(hand: object) -> list[Any]:
    methods = (getattr(hand, name) for name in dir(hand) if not name.startswith("_"))
    return [method for method in methods if hasattr(method, "__temporal_activity_definition")]


def _smtp(settings: Settings) -> SmtpSettings:
    name, address = parseaddr(settings.mail_from)
    password = settings.smtp_password
    return SmtpSettings(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=address,
        sender_name=name,
        username=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        starttls=settings.smtp_starttls,
    )
