"""A house whose time a test moves: in hops, so that all that falls due on the way happens on its day."""

import contextlib
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from policy.deadlines import SHANGHAI
from runtime.clock import clock
from runtime.embedded.stack import Stack
from runtime.mail_catcher import Mail, read_mails
from runtime.story.counter import Counter
from runtime.story.quiet import NotQuiet, Quiet
from runtime.story.records import Records
from runtime.story.verbs import World
from runtime.temporal import connect
from store.demonstration import MAIL_DOMAIN
from tests.journeys.case import Case

SETTLED_2025 = {"admitted_on": "2025-04-01", "discharged_on": "2025-04-20", "settled_on": "2025-04-20"}

REPLAYING = {"JIUZHU_WORKFLOW_CACHE": "0"}
"""Every workflow task replays its procedure from the beginning (I9); and the time-skipping server, which never gives up
a queue that a killed worker had kept for itself, gives the next worker its tasks."""
TASK_TIMEOUT = timedelta(seconds=11)
POLLS_OF_THE_DEAD = 8
A_MOMENT = 5.0
MARK = re.compile("【[^】]+】")


class Town:
    """One running house and its time. Times are written as 2025-05-12T09:00, in Asia/Shanghai."""

    def __init__(self, world: World) -> None:
        self.world, self.stack, self.counter = world, world.stack, world.counter

    async def move_to(self, moment: str) -> None:
        """In hops, never past a moment at which anything is due."""
        until = _moment(moment)
        await self.quiet()
        while (now := await self.stack.skipper.now()) < until:
            rung = await self.world.records.next_moment(now)
            coming = [one for one in (rung, *self.world.quiet.timers) if one is not None and now < one < until]
            await self.stack.skipper.sleep_until(min(coming, default=until))
            await self.quiet()

    async def jump_to(self, moment: str) -> None:
        """One hop, whatever falls due on the way: for a time in which nobody works."""
        await self.stack.skipper.sleep_until(_moment(moment))

    async def quiet(self) -> None:
        """Until all is at rest. What the server gave to a killed worker it gives to the next one after ten seconds of its
        own time, once for each poll that the dead one had open: those seconds are hopped over."""
        for _ in range(POLLS_OF_THE_DEAD):
            with contextlib.suppress(NotQuiet):
                return await self.world.quiet.wait(A_MOMENT)
            await self.stack.skipper.sleep_until(await self.stack.skipper.now() + TASK_TIMEOUT)
        await self.world.quiet.wait()

    async def file(self, **changes: Any) -> Case:
        """Filed at this very moment."""
        return await Case.file(
            self.counter, **{"submitted_on": None, "paper_reason": None, "costs": SETTLED_2025, **changes}
        )

    def caught(self, number: str) -> list[Mail]:
        """The mails that name the case in their subject, in the order of their arrival."""
        return [mail for mail in read_mails(self.stack.mail_dir) if number in mail.subject]

    def mails(self, number: str, task_label: str = "") -> dict[str, list[str]]:
        """Subject's last mark (【演示】【超期】: 【超期】) → the accounts that were sent it about that case (and task), each message once."""
        sent = {
            (mail.message_id, MARK.findall(mail.subject)[-1], to.removesuffix(f".{MAIL_DOMAIN}"))
            for mail in self.caught(number)
            if task_label in mail.subject
            for to in mail.to
        }
        marks = sorted({mark for _, mark, _ in sent})
        return {mark: sorted(to for _, found, to in sent if found == mark) for mark in marks}


async def rungs(case: Case) -> list[tuple[str, str, bool]]:
    """The rungs of all the case's periods in order, to the hour: (survey:overdue, 2025-05-16T09, late)."""
    return [
        (entry["tag"].removeprefix("deadline:"), entry["at"][:13], entry["codes"]["late"])
        for entry in (await case.view())["timeline"]
        if entry["tag"].startswith("deadline:")
    ]


async def withdraw(case: Case) -> None:
    """Ends a case at its acceptance, so that its ladder is at rest."""
    await case.done("acceptance", "ask_supplement", {"missing": ["history"]})
    await case.done("supplement", "withdrawn")
    await case.until_status("withdrawn")


@asynccontextmanager
async def town_from(start: str, folder: Path, *, replaying: bool = False) -> AsyncIterator[Town]:
    """A town at that moment; `replaying` without a cache of workflows, so that its worker may be killed."""
    env = REPLAYING if replaying else {}
    async with AsyncExitStack() as exits:
        stack = Stack(folder / "data", engine="time-skipping", start=_moment(start), demo=True, env=env)
        await exits.enter_async_context(stack)
        counter = Counter(stack.api_url)
        exits.push_async_callback(counter.close)
        records = Records(stack.dsn("migration"))
        exits.push_async_callback(records.close)
        quiet = Quiet(await connect(stack.settings), records, clock(stack.settings))
        yield Town(World(stack, counter, records, quiet, folder))


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SHANGHAI)
