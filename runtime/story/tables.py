"""The verb `upload`: a table handed in as an office does it, and waited for until every row has its fate."""

import asyncio
import csv
import time
from io import StringIO
from typing import Any

from runtime.story.counter import Reply
from runtime.story.judging import judge
from runtime.story.language import Step
from runtime.story.names import substitute
from runtime.story.world import PAUSE, TASK_SECONDS, StepFailed, World

FINISHED = ("done", "refused", "checked", "discarded")


async def upload(world: World, step: Step) -> None:
    """`{rows | file, kind, …}`: rows become a csv, their first the header; further keys are sent beside the file.

    Judged is the upload as it stands when it is finished, with the status of its being handed in.
    """
    wanted: dict[str, Any] = dict(substitute(step.upload, world.names) or {})
    file = _file(world, wanted.pop("rows", None), wanted.pop("file", None))
    texts = {name: str(value) for name, value in wanted.items()}
    reply = await world.counter.hand_in(step.actor, "/api/v1/uploads", texts, file)
    if reply.status in (200, 202):
        reply = Reply(reply.status, {**await _finished(world, step, reply.content["id"]), **reply.content})
        await world.quiet.wait()
    await judge(world, step, step.expect, reply)


def _file(world: World, rows: Any, file: Any) -> tuple[str, bytes]:
    if rows is not None:
        written = StringIO(newline="")
        csv.writer(written).writerows([["" if cell is None else cell for cell in row] for row in rows])
        return "名单.csv", written.getvalue().encode()
    path = world.folder / str(file)
    return path.name, path.read_bytes()


async def _finished(world: World, step: Step, upload: str) -> dict[str, Any]:
    until = time.monotonic() + TASK_SECONDS
    while True:
        reply = await world.counter.ask(step.actor, "GET", f"/api/v1/uploads/{upload}")
        if reply.status == 200 and reply.content["state"] in FINISHED:
            return dict(reply.content)
        if time.monotonic() > until:
            raise StepFailed("应为：表格处理完毕", f"实为：{TASK_SECONDS:.0f} 秒内没有；{reply.status} {reply.content}")
        await asyncio.sleep(PAUSE)
