"""One task: what it asks, until when and why, and a form for each way to answer it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from api.commands import Submitted, claim_task, release_task
from api.errors import Refusal, not_found
from api.exchange.choices import as_it_stands
from api.exchange.facts import facts_in_words
from api.exchange.matters import view_matter
from api.forms import Form, Wrong, answer_fields, wrongs
from api.pages.case_reading import case_for
from api.pages.desk import AtDesk, Desk, see_other
from api.pages.drafts import KEEP, draft_key, keep_form
from api.pages.matters import own_page
from api.pages.posted import FromForm
from api.pages.refusals import Way, refused
from api.pages.teamwork import beside
from api.pages.uploads import keep_uploads
from api.prefer import DEFAULT_WAIT
from api.rest.tasks import give_answer, view_task
from api.teamwork.drafts import open_draft, throw_away
from policy.fields import Field, Kind
from policy.parameters import KINDS, base_of
from policy.problems import Problem
from policy.step import Outcome, Step
from policy.steps import step

router = APIRouter(prefix="/tasks")

COMMENT = Field("comment", "备注", Kind.TEXT, required=False)
PAPER_ENTRY = (
    Field("done_on", "实际办理日期", Kind.DATE, required=False, help="不早于上一环节，不晚于今天"),
    Field("paper_reason", "补录原因", Kind.TEXT, required=False, help="补录时必填"),
)
FIELDS = "fields."
AMOUNT = "amount"


@dataclass(frozen=True)
class Opened:
    """A task with its declaration, and whether it is for this person to answer."""

    view: dict[str, Any]
    step: Step
    mine: bool


@router.get("/{task_id}")
async def show(desk: AtDesk, task_id: uuid.UUID) -> Response:
    return await _page(desk, await _open(desk, task_id))


@router.post("/{task_id}/claim")
async def claim(desk: AtDesk, posted: FromForm, task_id: uuid.UUID) -> Response:
    posted.demand_fresh()
    await claim_task(desk.services, desk.signed_in, task_id)
    return see_other(f"/tasks/{task_id}")


@router.post("/{task_id}/release")
async def release(desk: AtDesk, posted: FromForm, task_id: uuid.UUID) -> Response:
    posted.demand_fresh()
    await release_task(desk.services, desk.signed_in, task_id)
    return see_other("/inbox")


@router.post("/{task_id}/answer")
async def answer(desk: AtDesk, posted: FromForm, task_id: uuid.UUID) -> Response:
    """Commits the answer and leads to the case; a wrong field shows the form again with all that was typed."""
    opened = await _open(desk, task_id)
    outcome = opened.step.outcome(posted.text("outcome"))
    if outcome is None:
        raise not_found("没有这种办理结果")
    uploads = () if posted.stale else await keep_uploads(desk, posted)
    form = Form(_form_id(outcome), posted.typed)
    if posted.text("do") == KEEP and not posted.stale:
        await keep_form(desk, draft_key(task_id, outcome.name), posted)
        return see_other(f"/tasks/{task_id}?did=draft")
    if posted.stale:
        return await _again(desk, opened, outcome, form, (Wrong("", posted.stale.zh, posted.stale.en),))
    done_on, wrong_day = _day(form.value("done_on"))
    if uploads or wrong_day:
        return await _again(desk, opened, outcome, form, (*uploads, *wrong_day))
    try:
        submitted = _submitted(outcome, form, done_on)
        after = await give_answer(desk.services, desk.signed_in, task_id, submitted, DEFAULT_WAIT, posted.once)
    except Refusal as refusal:
        if refusal.status == 422 or refusal.code in _ANSWERABLE:
            return await _again(desk, opened, outcome, form, _wrongs(refusal))
        ways = (Way(_page_of(opened.view["subject"]), "查看案件"), Way(f"/tasks/{task_id}", "返回上一页"))
        return refused(desk, refusal, typed=_typed(outcome, form), ways=ways)
    await throw_away(desk.services, desk.signed_in, draft_key(task_id))
    if "status" not in after["subject"]:  # the answer has sent the case to another office
        return see_other("/inbox")
    return see_other(f"{_page_of(after['subject'])}?answered={opened.step.kind}")


_ANSWERABLE = {"parameter-missing", "not-assessed", "not-eligible", "amount-changed", "notice-still-running"}
"""Conflicts that the same person can settle on the same page, some other way or some other day."""


async def _open(desk: Desk, task_id: uuid.UUID) -> Opened:
    user = desk.signed_in
    view = await view_task(desk.services, user, task_id)
    async with desk.services.database.transaction(user.scope) as session:
        await desk.learn(session, {view["office"]["division"]})
    office = view["office"]
    mine = (office["division"], office["department"], office["role"]) == (
        user.division,
        user.post.department.value,
        user.post.role.value,
    )
    return Opened(view, step(view["kind"]), mine)


async def _page(
    desk: Desk, opened: Opened, forms: dict[str, Form] | None = None, chosen: str = "", status: int = 200
) -> Response:
    outcomes = [outcome for outcome in opened.step.outcomes if not outcome.later]
    about = await _about(desk, opened.view["subject"])
    empty = {outcome.name: _empty(outcome, about["decision"]) for outcome in outcomes}
    task_id = uuid.UUID(opened.view["id"])
    team = await beside(desk, task_id, uuid.UUID(opened.view["subject"]["id"]))
    kept = await _kept(desk, task_id, outcomes)
    own = opened.mine and opened.view["assignee"] in (None, desk.signed_in.username)
    running = opened.view["state"] == "open" and opened.view["suspension"] is None
    key = opened.view["detail"].get("key")
    return desk.page(
        "task/task.html",
        "inbox",
        status=status,
        task=opened.view,
        step=as_it_stands(opened.step, about["matter"]) if about["matter"] else opened.step,
        mine=opened.mine,
        may_answer=running and (own or team["team"]["stands_in_for"] is not None),
        forms=empty | kept | (forms or {}),
        opened=chosen or next(iter(kept), outcomes[0].name if len(outcomes) == 1 else ""),
        comment_field=COMMENT,
        paper_entry_fields=PAPER_ENTRY,
        parameter=KINDS.get(base_of(key)) if key else None,
        needed_on=_needed_on(key, about) if key else None,
        **about,
        **team,
    )


async def _about(desk: Desk, subject: Mapping[str, Any]) -> dict[str, Any]:
    """The case that the task is about, or the matter of the exchange."""
    if subject["type"] == "application":
        return {**await case_for(desk, uuid.UUID(subject["id"])), "matter": None, "own_page": None, "facts": []}
    matter = await view_matter(desk.services, desk.signed_in, uuid.UUID(subject["id"]))
    async with desk.services.database.transaction(desk.signed_in.scope) as session:
        await desk.learn(session, {matter["division"]})
    nothing_of_a_case: dict[str, Any] = {"case": None, "documents": [], "decision": None, "papers": [], "records": []}
    return {
        **nothing_of_a_case,
        "matter": matter,
        "own_page": own_page(matter),
        "facts": facts_in_words(matter["facts"]),
    }


def _page_of(subject: Mapping[str, Any]) -> str:
    return f"/{'cases' if subject['type'] == 'application' else 'matters'}/{subject['id']}"


async def _kept(desk: Desk, task_id: uuid.UUID, outcomes: Sequence[Outcome]) -> dict[str, Form]:
    """The forms of this task that the person has put aside, by outcome."""
    kept = {}
    for outcome in outcomes:
        typed = await open_draft(desk.services, desk.signed_in, draft_key(task_id, outcome.name))
        if typed is not None:
            kept[outcome.name] = Form(_form_id(outcome), typed)
    return kept


def _needed_on(key: str, about: Mapping[str, Any]) -> str | None:
    """The day whose rules this case waits for: that of the benefit for what its assessment lacks, else of submission."""
    case, decision = about["case"], about["decision"]
    if decision and key in decision["missing"]:
        return str(decision["as_of"])
    return case["submitted_on"] if case else None


def _empty(outcome: Outcome, decision: Mapping[str, Any] | None) -> Form:
    """The form as it is first shown: an amount to be approved is the one on this page, so that another is refused."""
    shown = decision["amount"] if decision else None
    asks = any(field.name == AMOUNT for field in outcome.fields)
    return Form(_form_id(outcome), {FIELDS + AMOUNT: [shown]} if asks and shown else {})


async def _again(desk: Desk, opened: Opened, outcome: Outcome, form: Form, wrong: tuple[Wrong, ...]) -> Response:
    shown = Form(form.id, form.typed, wrong)
    return await _page(desk, opened, {outcome.name: shown}, outcome.name, 422)


def _submitted(outcome: Outcome, form: Form, done_on: date | None) -> Submitted:
    return Submitted(
        outcome.name,
        answer_fields(outcome.fields, form.part(FIELDS)),
        form.value("comment").strip() or None,
        done_on,
        form.value("paper_reason").strip() or None,
    )


def _day(typed: str) -> tuple[date | None, tuple[Wrong, ...]]:
    if not typed.strip():
        return None, ()
    try:
        return date.fromisoformat(typed.strip()), ()
    except ValueError:
        problem = Problem(
            "/done_on", "“实际办理日期”应为日期，如2025-03-12", "done_on must be a date such as 2025-03-12"
        )
        return None, wrongs([problem])


def _wrongs(refusal: Refusal) -> tuple[Wrong, ...]:
    """The problems of the fields; the sentence itself where it names none."""
    named = wrongs(refusal.problems)
    return named or (Wrong("", refusal.zh, refusal.en, refusal.clause),)


def _typed(outcome: Outcome, form: Form) -> list[tuple[str, str]]:
    """Label and text of everything that was typed, for the page that says that it came too late."""
    labelled = [(FIELDS + field.name, field.label) for field in outcome.fields if field.kind is not Kind.DOCUMENTS]
    labelled += [(field.name, field.label) for field in (COMMENT, *PAPER_ENTRY)]
    lines = [(label, "\n".join(value for value in form.values_of(name) if value)) for name, label in labelled]
    return [("办理结果", outcome.label), *((label, text) for label, text in lines if text)]


def _form_id(outcome: Outcome) -> str:
    return f"answer-{outcome.name}"
