"""The Schedule that opens the months: 00:00 on the 1st in Shanghai. Made once, put right when it differs.

What it misses (a Temporal that was away longer than CATCH_UP, a schedule that somebody paused) the watchdog finds.
"""

from datetime import timedelta

import structlog
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)
from temporalio.service import RPCError, RPCStatusCode

from policy.procedures import BULK
from workflows.sharing_month import MonthBegins

log = structlog.get_logger(__name__)

MONTHS = "months"
FIRST_AT_MIDNIGHT = "0 0 1 * *"
ZONE = "Asia/Shanghai"
CATCH_UP = timedelta(days=3)
"""Without one, a year of months would be opened after an outage; what lies farther back is the watchdog's."""


def monthly() -> Schedule:
    """Never two at once: the second would find what the first has opened."""
    return Schedule(
        action=ScheduleActionStartWorkflow(MonthBegins.run, id="month-begins", task_queue=BULK),
        spec=ScheduleSpec(cron_expressions=[FIRST_AT_MIDNIGHT], time_zone_name=ZONE),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )


async def ensure_schedules(client: Client) -> bool:
    """Makes the Schedule, or puts it right; False where the server has no schedules (the time-skipping one).

    A Schedule that somebody has paused stays paused.
    """
    try:
        await client.create_schedule(MONTHS, monthly())
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(MONTHS).update(_put_right)
    except RPCError as error:
        if error.status is not RPCStatusCode.UNIMPLEMENTED:
            raise
        log.info("this server has no schedules")
        return False
    return True


def _put_right(found: ScheduleUpdateInput) -> ScheduleUpdate:
    wanted = monthly()
    wanted.state = found.description.schedule.state
    return ScheduleUpdate(schedule=wanted)
