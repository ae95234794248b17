"""What each verb of a story does, and what makes it fail."""

import asyncio
import shlex
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import yaml

from runtime import faults
from runtime.embedded.programs import ROOT, environment
from runtime.mail_catcher import read_mails
from runtime.story.judging import judge, judge_output
from runtime.story.language import Answer, Kill, MailCount, Step
from runtime.story.names import substitute
from runtime.story.tables import upload
from runtime.story.world import StepFailed, World
from store.demonstration import mail_address

TASK_SECONDS = 30.0
PAUSE = 0.02


async def call(world: World, step: Step) -> None:
    """A request to the API as one of the story's people."""
    method, _, path = substitute(step.call, world.names).partition(" ")
    headers = substitute(step.headers, world.names)
    reply = await world.counter.ask(step.actor, method, path, substitute(step.body, world.names), headers)
    await judge(world, step, step.expect, reply)


async def answer(world: World, step: Step) -> None:
    """Answers the open task of that kind, waiting until it exists; then waits until the procedure has taken notice."""
    wanted = (
        Answer.model_validate(substitute(step.answer.model_dump(by_alias=True), world.names)) if step.answer else None
    )
    assert wanted is not None
    task = wanted.task or await world.open_task(wanted.kind, wanted.subject)
    world.names["task"] = task
    content = {
        "outcome": wanted.outcome,
        "fields": wanted.fields,
        **{name: value for name in ("comment", "done_on", "paper_reason") if (value := getattr(wanted, name))},
    }
    headers = {"Prefer": "wait=0", **substitute(step.headers, world.names)}
    reply = await world.counter.ask(step.actor, "POST", f"/api/v1/tasks/{task}/answer", content, headers)
    expected = wanted.expect or step.expect
    await judge(world, step, expected, reply)
    if reply.status == 200 or reply.lost:
        await world.settled(task)


async def at(world: World, step: Step) -> None:
    """Moves the world's time in hops, never past a moment at which anything is due."""
    assert step.at is not None
    await world.move_to(step.at)


async def mail(world: World, step: Step) -> None:
    """Counts the messages that have arrived, when quiet: each Message-ID once."""
    wanted = MailCount.model_validate(substitute(step.mail.model_dump(), world.names)) if step.mail else None
    assert wanted is not None
    await world.quiet.wait()
    address = wanted.to if wanted.to.endswith(mail_address("")) else mail_address(wanted.to)
    mails = [one for one in read_mails(world.stack.mail_dir) if address in one.to]
    texts = [wanted.contains] if isinstance(wanted.contains, str) else wanted.contains
    found = {one.message_id for one in mails if all(text in one.subject + one.text for text in texts)}
    if (wanted.count is None and found) or len(found) == wanted.count:
        return
    raise StepFailed(
        f"应为：{wanted.to} 收到 {'至少 1' if wanted.count is None else wanted.count} 封含“{'”“'.join(texts)}”的邮件",
        f"实为：{len(found)} 封；该收件人的全部邮件：",
        *(f"    {one.received_at.isoformat(timespec='minutes')}  {one.subject}" for one in mails),
    )


async def import_calendar(world: World, step: Step) -> None:
    """As `jiuzhu calendar import` does it, from a file or from what stands in the story."""
    from runtime.calendar_import import run as import_file

    written = substitute(step.import_calendar, world.names)
    file = written if isinstance(written, str) else written.get("file")
    path = world.folder / file if file else _written_out(world, written)
    said: list[str] = []
    await import_file(world.stack.settings, path, "", said.append)
    judge_output(step, "\n".join(said))
    await world.quiet.wait()


async def kill(world: World, step: Step) -> None:
    """SIGKILL now, and wait until the supervision has started it again; or arm a named point for a later step."""
    wanted = step.kill or Kill(what="api")
    if wanted.at is not None:
        faults.arm(world.stack.folder, wanted.at, wanted.what)
        return
    world.stack.kill(wanted.what)
    await world.back(wanted.what)


async def restart(world: World, step: Step) -> None:
    """Stops and starts it in good order."""
    await world.stack.restart(step.restart or "")
    await world.back(step.restart or "")


async def run(world: World, step: Step) -> None:
    """A `jiuzhu` command with the story's settings; `expect.status` is its exit code (0 unless said otherwise)."""
    arguments = shlex.split(substitute(step.run, world.names))[1:]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "runtime.cli", *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=environment(world.stack.child_environment),
        cwd=ROOT,
    )
    said, _ = await process.communicate()
    output = said.decode(errors="replace")
    expected = step.expect.status if step.expect and step.expect.status is not None else 0
    if process.returncode != expected:
        raise StepFailed(f"应为：退出码 {expected}", f"实为：退出码 {process.returncode}", output)
    judge_output(step, output)


async def wait(world: World, _step: Step) -> None:
    """Until everything has come to rest."""
    await world.quiet.wait()


async def do(world: World, step: Step) -> None:
    """Does one step. Raises StepFailed and what the parts raise."""
    await _VERBS[step.verb](world, step)


_VERBS: dict[str, Callable[[World, Step], Awaitable[None]]] = {
    "call": call,
    "answer": answer,
    "at": at,
    "mail": mail,
    "upload": upload,
    "import_calendar": import_calendar,
    "kill": kill,
    "restart": restart,
    "run": run,
    "wait": wait,
}


def _written_out(world: World, calendar: dict[str, Any]) -> Path:
    path = world.stack.folder.run / "calendar.yaml"
    path.write_text(yaml.safe_dump(calendar, allow_unicode=True), encoding="utf-8")
    return path
