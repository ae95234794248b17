"""放款: finance's supervisor tells the bank. Each attempt goes into one payment file, once; the file is kept as it was handed out."""

import asyncio
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Refusal, parameter_missing
from api.idempotency import Once
from api.identity import CurrentUser, SignIn
from api.money.batches import demand, locked
from api.money.gathering import left
from api.money.step_up import step_up
from api.presentation import plain
from api.services import Services
from exchange.payment_file import CSV, XLSX, BadTemplate, Instruction, Template, as_csv, as_xlsx
from policy.access import Action
from policy.clock import today
from policy.payment_terms import DisbursementState
from policy.rulebook import MissingParameter
from policy.separation import FILING, barred_by
from policy.steps import step
from store.disbursements import DisbursementRow, ReleaseRow
from store.disclosure import Cell, Look, disclose
from store.files import FileRow
from store.payments import AttemptRow, reference_of
from store.rulebook import load_rulebook
from store.timeline import record

RELEASED = "release.after_commit"
"""The fault point at which a reply can be lost after a release was committed."""
ORIGIN = "payment_file"

_DUE = """
select l.no, p.id as payment, a.id as application, a.number, p.amount, p.division, t.id as attempt, t.no as attempt_no,
       t.payee_kind, t.payee_sealed, a.deceased_on,
       a.deceased_on is not null and t.payee_kind = 'person'
         and (a.payee_checked_on is null or a.payee_checked_on < a.deceased_on) as unchecked,
       a.filed_by = :account as filed,
       (select min(d.kind) from task d where d.subject_id = a.id and d.kind = any(:barred)
           and (d.answered_by = :account or d.acted_for = :account)) as barred
  from disbursement_line l join payment p on p.id = l.payment_id join application a on a.id = p.application_id
  join payment_attempt t on t.payment_id = p.id and t.state = 'open' and t.release_id is null
 where l.disbursement_id = :batch and l.state = 'in'
   and exists (select 1 from task k where k.subject_id = a.id and k.kind = 'transfer' and k.state = 'open')
 order by l.no for update of t
"""


@dataclass(frozen=True)
class Files:
    xlsx: uuid.UUID
    csv: uuid.UUID


async def release(
    services: Services,
    sign_in: SignIn,
    user: CurrentUser,
    batch_id: uuid.UUID,
    password: str,
    key: str | None = None,
) -> dict[str, Any]:
    """Puts what finance has approved and nobody has released into a payment file: {release, no, lines, total, left_out}.

    Sent again it releases nothing twice: there is nothing left to release. Raises Refusal.
    """
    demand(user, Action.RELEASE_PAYMENT, "放款由县级财政审核人办理")
    await step_up(services, sign_in, user, password)
    once = Once(services, user, key, f"release/{batch_id}", None)
    async with services.database.transaction(user.scope) as session:
        earlier = await once.earlier(session)
        if earlier is not None:
            return earlier
        await _hold_cases(session, batch_id)
        batch = await locked(session, batch_id, DisbursementState.APPROVED)
        due, left_out = await _due(session, user, batch)
        if not due:
            raise _nothing_due(left_out)
        made = await _release(services, session, user, batch, due)
        answer = dict(plain({**made, "left_out": left_out}))
        await once.keep(session, 200, answer)
    services.fault_point(RELEASED)
    return answer


async def _hold_cases(session: AsyncSession, batch_id: uuid.UUID) -> None:
    """Before the batch, as an answer locks them: no transfer is sent back to finance's review while the bank is told of it."""
    await session.execute(
        text(
            "select a.id from disbursement_line l join payment p on p.id = l.payment_id "
            "join application a on a.id = p.application_id "
            "where l.disbursement_id = :batch and l.state = 'in' order by a.id for update of a"
        ),
        {"batch": batch_id},
    )


async def _due(
    session: AsyncSession, user: CurrentUser, batch: DisbursementRow
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The attempts that may go to the bank now, locked, and those that may not, with the reason."""
    values = {"batch": batch.id, "account": user.id, "barred": sorted(barred_by("transfer") - {FILING})}
    rows = [dict(row) for row in (await session.execute(text(_DUE), values)).mappings()]
    due, left_out = [], []
    for row in rows:
        if row["filed"] or row["barred"]:
            label = step(row["barred"]).label if row["barred"] else "受理登记"
            left_out.append(left(row, "separation-of-duties", f"您已办理本案的“{label}”，不得放款，请由他人办理"))
        elif row["unchecked"]:
            left_out.append(left(row, "payee-deceased", "申请人已死亡，支付前须先更正收款人"))
        else:
            due.append(row)
    return due, left_out


async def _release(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    batch: DisbursementRow,
    due: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    template = await _template(services, session, batch)
    instructions = [_instruction(services, session, user, row) for row in due]
    files = await _keep_files(services, session, user, template, instructions)
    before = await session.scalar(
        select(func.count()).select_from(ReleaseRow).where(ReleaseRow.disbursement_id == batch.id)
    )
    released = ReleaseRow(
        id=uuid.uuid4(),
        disbursement_id=batch.id,
        division=batch.division,
        no=(before or 0) + 1,
        released_on=today(services.clock),
        released_at=services.clock.now(),
        released_by=user.id,
        xlsx_file=files.xlsx,
        csv_file=files.csv,
    )
    session.add(released)
    await session.flush()
    await session.execute(
        update(AttemptRow).where(AttemptRow.id.in_([row["attempt"] for row in due])).values(release_id=released.id)
    )
    total = sum((row["amount"] for row in due[1:]), due[0]["amount"])
    _record(services, session, user, batch, released, due, plain(total))
    return {"release": released.id, "no": released.no, "lines": len(due), "total": total}


async def _template(services: Services, session: AsyncSession, batch: DisbursementRow) -> Template:
    day = today(services.clock)
    try:
        value = (await load_rulebook(session, batch.division, day)).parameter("PAYMENT_FILE", day).value
        return Template.of(value)
    except MissingParameter as missing:
        raise parameter_missing(missing.key) from missing
    except (BadTemplate, KeyError, TypeError):
        raise Refusal(
            409,
            "bad-payment-template",
            "参数“支付文件的格式”有误，请由市级医疗保障部门更正",
            "the parameter PAYMENT_FILE is malformed",
        ) from None


def _instruction(services: Services, session: AsyncSession, user: CurrentUser, row: Mapping[str, Any]) -> Instruction:
    """The line of an attempt; opening its payee is logged with the case."""
    now = services.clock.now()
    look = Look(str(user.id), "application", row["application"], row["division"], "payment.release", now)
    cell = Cell("payment_attempt", "payee", row["attempt"], row["payee_sealed"])
    payee = disclose(session, services.vault, look, {"payee": cell})["payee"]
    reference = reference_of(row["number"], row["attempt_no"])
    return Instruction(row["no"], reference, payee["name"], payee["account"], payee.get("bank") or "", row["amount"])


async def _keep_files(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    template: Template,
    instructions: Sequence[Instruction],
) -> Files:
    """Both forms, sealed: what is downloaded later are these bytes."""
    day = today(services.clock)
    made = {"xlsx": (XLSX, as_xlsx(template, instructions, day)), "csv": (CSV, as_csv(template, instructions))}
    ids: dict[str, uuid.UUID] = {}
    for name, (media_type, content) in made.items():
        ids[name] = uuid.uuid4()
        await asyncio.to_thread(services.files.put, ids[name], content)
        session.add(
            FileRow(
                id=ids[name],
                division=user.division,
                origin=ORIGIN,
                media_type=media_type,
                size=len(content),
                sha256=hashlib.sha256(content).digest(),
                name_sealed=services.vault.seal("file", "name", ids[name], f"payment.{name}"),
                uploaded_by=user.id,
                created_at=services.clock.now(),
            )
        )
    await session.flush()
    return Files(ids["xlsx"], ids["csv"])


def _record(
    services: Services,
    session: AsyncSession,
    user: CurrentUser,
    batch: DisbursementRow,
    released: ReleaseRow,
    due: Sequence[Mapping[str, Any]],
    total: str,
) -> None:
    """One entry for the batch and one for each of its cases."""
    at, day = services.clock.now(), today(services.clock)
    codes = {"number": batch.number, "release": released.no}
    record(
        session,
        subject_id=batch.id,
        division=batch.division,
        at=at,
        day=day,
        tag="counter:disbursement:released",
        actor=user.username,
        codes={**codes, "lines": len(due), "amount": total},
        grounds=["A-50", "A-51"],
    )
    for row in due:
        record(
            session,
            subject_id=row["application"],
            division=row["division"],
            at=at,
            day=day,
            tag="counter:payment:released",
            actor=user.username,
            codes={**codes, "attempt": row["attempt_no"]},
            grounds=["A-51"],
        )


def _nothing_due(left_out: Sequence[Mapping[str, Any]]) -> Refusal:
    return Refusal(
        409,
        "nothing-to-release",
        "没有可以放款的款项：财政审核未完成，或均已放款",
        "there is nothing to release: not approved yet, or released already",
        left_out=plain(list(left_out)),
    )
