"""The bank's answer to a payment file, line by line: matched by reference, amount and account, or shown with the reason.

A line books nothing itself. It answers the task that waits for the bank's word, in the name of the supervisor who released
the payment; the payment's own procedure goes on from there. The same line again finds the attempt ended, and changes
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.kinds import ACCEPTED, Context, Fate, Kind, Reason, Row, duplicate, returned
from exchange.bank_return import COLUMNS
from policy.access import Action
from policy.deadlines import days_late
from policy.payment_terms import AttemptState, BounceReason
from policy.step_clause import grounds_of_step
from policy.steps import step
from store.applications import ApplicationRow
from store.disbursements import ReleaseRow
from store.disclosure import Cell, Look, disclose
from store.outbox import wake
from store.payments import AttemptRow, PaymentRow, end_attempt, payment_of, read_reference
from store.tasks import PeriodRow, TaskRow
from store.timeline import record
from store.uploads import UploadRow

WAITING_FOR_THE_BANK = ("transfer", "bank_inquiry")
TAIL = 4
"""Digits of an account that a bank gives back at least."""


@dataclass(frozen=True)
class Matched:
    """The attempt that a line is about, with all that is locked with it."""

    application: ApplicationRow
    payment: PaymentRow
    attempt: AttemptRow


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    """Books success as paid and failure as sent back, once; anything else goes back with its reasons."""
    matched = await _match(session, context, row)
    if matched is None:
        return returned(Reason("unknown-reference", "没有这一笔付款", "there is no such payment", "reference", "A-51"))
    wrong = _differences(session, context, row, matched)
    if wrong:
        return returned(*wrong)
    said = AttemptState.CONFIRMED if row.values["paid"] else AttemptState.BOUNCED
    if matched.attempt.state != AttemptState.OPEN.value:
        return _ended_already(matched.attempt, said)
    if matched.attempt.release_id is None:
        return returned(Reason("not-released", "本笔尚未放款", "this payment has not been released", "reference"))
    task = await _waiting_task(session, matched)
    if task is None:
        return returned(Reason("not-waiting", "本笔目前不待银行结果", "nothing waits for the bank here", "reference"))
    if not matched.application.last_act_on <= row.values["day"] <= context.today:
        zh, en = "早于放款前的办理日期，或晚于今天", "lies before the act before it or in the future"
        return returned(Reason("day-out-of-range", zh, en, "day"))
    await _answer(session, context, row, matched, task, said)
    return ACCEPTED


async def _match(session: AsyncSession, context: Context, row: Row) -> Matched | None:
    """By the reference; the case is locked first, then its payment, then the attempt."""
    reference = read_reference(row.values["reference"])
    if reference is None:
        return None
    number, no = reference
    application = await session.scalar(
        select(ApplicationRow)
        .where(ApplicationRow.number == number, ApplicationRow.division.startswith(context.division, autoescape=True))
        .with_for_update()
    )
    payment = await payment_of(session, application.id) if application else None
    if application is None or payment is None:
        return None
    attempt = await session.scalar(
        select(AttemptRow).where(AttemptRow.payment_id == payment.id, AttemptRow.no == no).with_for_update()
    )
    return Matched(application, payment, attempt) if attempt else None


def _differences(session: AsyncSession, context: Context, row: Row, matched: Matched) -> Sequence[Reason]:
    """What the bank says of another payment than ours: nothing is booked for it."""
    reasons = []
    if row.values["amount"] != matched.payment.amount:
        reasons.append(Reason("amount-differs", "与应付金额不一致", "differs from the amount to be paid", "amount"))
    attempt = matched.attempt
    look = Look("system:bank_return", "payment_attempt", attempt.id, attempt.division, "bank_return", context.now)
    cell = Cell("payment_attempt", "payee", attempt.id, attempt.payee_sealed)
    account = _digits(disclose(session, context.vault, look, {"payee": cell})["payee"]["account"])
    given = _digits(row.values["account"])
    if given != account and not (len(given) == TAIL and account.endswith(given)):
        zh = "与付款时的账号不一致"
        reasons.append(Reason("account-differs", zh, "differs from the account that was to be paid", "account"))
    return reasons


def _ended_already(attempt: AttemptRow, said: AttemptState) -> Fate:
    ended = AttemptState(attempt.state)
    if ended is said:
        return duplicate(Reason("known-already", f"本笔已登记为“{ended.label}”", f"is known as {ended.value} already"))
    zh = f"本笔已登记为“{ended.label}”，与回盘结果不同，请核实"
    return returned(Reason("ended-otherwise", zh, f"is known as {ended.value}, and the bank says otherwise", "paid"))


async def _waiting_task(session: AsyncSession, matched: Matched) -> TaskRow | None:
    return await session.scalar(
        select(TaskRow)
        .where(
            TaskRow.subject_id == matched.application.id,
            TaskRow.state == "open",
            TaskRow.kind.in_(WAITING_FOR_THE_BANK),
        )
        .with_for_update()
    )


async def _answer(
    session: AsyncSession, context: Context, row: Row, matched: Matched, task: TaskRow, said: AttemptState
) -> None:
    """The answer as the counter writes one (`api/commands.py`): attempt, task, timeline, and the procedure is woken."""
    day, application = row.values["day"], matched.application
    reason = row.values["reason"] or BounceReason.OTHER
    failed = said is AttemptState.BOUNCED
    end_attempt(matched.attempt, said, day, reason.value if failed else None)
    chosen = "bounced" if failed else {"transfer": "confirmed", "bank_inquiry": "paid"}[task.kind]
    by = await _answered_by(session, context, matched, task)
    late = await _lateness(session, context, task, row)
    fields: dict[str, Any] = {"reason": reason.value} if failed else {}
    if not failed and row.values["receipt"]:
        fields["bank_receipt"] = row.values["receipt"]
    task.state, task.outcome, task.done_on = "answered", chosen, day
    task.answered_at, task.answered_by, task.days_late = context.now, by, late
    sealed = {"fields": fields, "comment": None, "paper_reason": None}
    task.answer_sealed = context.vault.seal("task", "answer", task.id, sealed)
    application.last_act_on = max(application.last_act_on, day)
    record(
        session,
        subject_id=application.id,
        division=application.division,
        at=context.now,
        day=day,
        tag=f"counter:{task.kind}:{chosen}",
        codes={
            "task": str(task.id),
            "outcome": chosen,
            "days_late": task.days_late,
            "level": task.level,
            "attempt": matched.attempt.no,
            "bank_return": str(context.upload),
        },
        grounds=grounds_of_step(context.rulebook, step(task.kind), context.today),
    )
    await wake(session, task, at=context.now)


async def _answered_by(session: AsyncSession, context: Context, matched: Matched, task: TaskRow) -> Any:
    """A transfer is the act of whoever released it; an inquiry that of finance's desk, which handed the file in."""
    if task.kind == "transfer":
        return await session.scalar(select(ReleaseRow.released_by).where(ReleaseRow.id == matched.attempt.release_id))
    return await session.scalar(select(UploadRow.uploaded_by).where(UploadRow.id == context.upload))


async def _lateness(session: AsyncSession, context: Context, task: TaskRow, row: Row) -> int:
    late_after = await session.scalar(select(PeriodRow.late_after).where(PeriodRow.id == task.period_id))
    if late_after is None or row.values["day"] <= late_after:
        return 0
    return days_late(context.rulebook.calendar, late_after, row.values["day"])


def _digits(account: str) -> str:
    return "".join(character for character in account if character.isalnum())


KIND = Kind(
    code="bank_return",
    label="银行回盘文件",
    action=Action.UPLOAD_BANK_RETURN,
    columns=COLUMNS,
    about="银行对付款文件的逐笔答复。",
    take=take,
    help=("按付款流水号、金额和账号逐笔核对；核对不上的不入账，列出原因。", "同一文件或同一笔重复上传不产生任何变化。"),
)
