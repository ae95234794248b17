"""批量办理: tasks of one kind, ticked in the inbox, answered with one outcome; afterwards the truth about every one."""

import uuid
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from api.commands import Submitted
from api.errors import Refusal, not_found
from api.forms import Form, answer_fields
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.posted import FromForm
from api.rest.tasks import view_task
from api.teamwork.bulk import MOST, Line, answer_all
from policy.fields import Kind
from policy.step import Outcome
from policy.steps import step

router = APIRouter(prefix="/bulk")
FIELDS = "fields."
ONE_BY_ONE = {Kind.DOCUMENTS, Kind.MONEY}
"""What is each case's own: papers, and the amount that was seen."""


@router.get("")
async def form(desk: AtDesk, task: Annotated[list[uuid.UUID], Query(max_length=MOST)] = []) -> Response:  # noqa: B006
    """The ticked tasks, and a form for each outcome that is the same for all."""
    if not task:
        return see_other("/inbox")
    return await _page(desk, task)


@router.post("")
async def answer(desk: AtDesk, posted: FromForm) -> Response:
    """Answers one after the other; each line says what became of it."""
    posted.demand_fresh()
    tasks = [_id(text) for text in posted.typed.get("task", [])][:MOST]
    views = await _views(desk, tasks)
    chosen = next((one for one in _outcomes(views) if one.name == posted.text("outcome")), None)
    if chosen is None:
        raise not_found("没有这种办理结果")
    typed = Form(f"bulk-{chosen.name}", posted.typed)
    fields = answer_fields(chosen.fields, typed.part(FIELDS))
    submitted = Submitted(chosen.name, fields, typed.value("comment").strip() or None)
    lines = [Line(uuid.UUID(view["id"]), submitted) for view in views]
    results = await answer_all(desk.services, desk.signed_in, lines, posted.once)
    shown = [{**result, "view": view} for result, view in zip(results, views, strict=True)]
    return desk.page("bulk/results.html", "inbox", results=shown, outcome=chosen)


async def _page(desk: Desk, tasks: Sequence[uuid.UUID]) -> Response:
    views = await _views(desk, tasks)
    outcomes = _outcomes(views)
    return desk.page(
        "bulk/form.html",
        "inbox",
        tasks=views,
        step=step(views[0]["kind"]),
        outcomes=outcomes,
        forms={outcome.name: Form(f"bulk-{outcome.name}") for outcome in outcomes},
    )


async def _views(desk: Desk, tasks: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """Of one kind. Raises Refusal 404 for a task of elsewhere, 422 for several kinds."""
    views = [await view_task(desk.services, desk.signed_in, task) for task in tasks]
    if not views:
        raise not_found()
    if len({view["kind"] for view in views}) > 1:
        raise Refusal(422, "several-kinds", "批量办理的事项须为同一环节", "the tasks must be of one kind")
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {view["office"]["division"] for view in views})
    return views


def _outcomes(views: Sequence[dict[str, Any]]) -> list[Outcome]:
    return [
        outcome
        for outcome in step(views[0]["kind"]).outcomes
        if not outcome.later and not any(field.kind in ONE_BY_ONE for field in outcome.fields)
    ]


def _id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise not_found() from None
