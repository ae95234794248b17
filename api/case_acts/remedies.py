"""A reconsideration (行政复议) or suit (行政诉讼) against a refusal has been filed (A-68)."""

import uuid
from datetime import date

from sqlalchemy import select, text

from api.case_acts.act import Act, wrong
from api.errors import Refusal, wrong_fields
from policy.procedures import Procedure
from policy.terms import RefusalStatus
from store.applications import RefusalRow, RemedyRow
from store.outbox import start_case


async def file_remedy(act: Act) -> None:
    """Enters it while the refusal is delivered and its period runs, or with the excuse for the delay (X-11)."""
    refusal = await _refusal(act)
    filed_on = date.fromisoformat(act.values["filed_on"])
    late = _check_period(act, refusal, filed_on)
    await _check_not_used(act, refusal)
    remedy: uuid.UUID = (await act.session.execute(text("select uuidv7()"))).scalar_one()
    typed = {name: act.values[name] for name in ("body", "note", "excuse") if name in act.values}
    act.session.add(
        RemedyRow(
            id=remedy,
            refusal_id=refusal.id,
            application_id=act.application.id,
            division=act.application.division,
            kind=act.values["kind"],
            filed_on=filed_on,
            typed_sealed=act.services.vault.seal("remedy", "typed", remedy, typed),
            entered_at=act.now,
            entered_by=act.user.id,
        )
    )
    refusal.status = RefusalStatus.REMEDY_FILED.value
    act.codes |= {"kind": act.values["kind"], "filed_on": filed_on.isoformat(), **({"late": True} if late else {})}
    await start_case(act.session, Procedure.REFUSAL, act.application, at=act.now)


async def _refusal(act: Act) -> RefusalRow:
    found = await act.session.scalar(
        select(RefusalRow)
        .where(RefusalRow.application_id == act.application.id)
        .order_by(RefusalRow.opening.desc())
        .limit(1)
        .with_for_update()
    )
    if found is None or found.delivered_on is None:
        raise Refusal(
            409,
            "not-delivered",
            "书面告知书尚未送达，复议和起诉期限尚未开始",
            "the written notice has not been delivered: no period has begun",
            clause="A-68",
        )
    if found.status == RefusalStatus.REMEDY_FILED.value:
        raise Refusal(
            409,
            "remedy-under-way",
            "已有行政复议或者行政诉讼在办，须先登记其结果",
            "another remedy is under way",
            clause="A-68",
        )
    return found


async def _check_not_used(act: Act, refusal: RefusalRow) -> None:
    """What has been decided once is not asked again in the same way; after a reconsideration there is the suit."""
    used = await act.session.scalar(
        select(RemedyRow.id).where(
            RemedyRow.refusal_id == refusal.id, RemedyRow.kind == act.values["kind"], RemedyRow.result == "upheld"
        )
    )
    if used:
        raise Refusal(
            409,
            "remedy-used",
            "该途径已有结果，不得以同一途径再次提出",
            "this remedy has been decided already",
            clause="A-68",
        )


def _check_period(act: Act, refusal: RefusalRow, filed_on: date) -> bool:
    """True where it comes late and an excuse was typed. Raises Refusal."""
    assert refusal.delivered_on is not None
    if filed_on > act.day or filed_on < refusal.delivered_on:
        zh = f"提出日期应在送达之日{refusal.delivered_on.isoformat()}以后、登记之日以前"
        raise wrong_fields([wrong("filed_on", zh, "it must lie between delivery and this entry", "A-68")])
    until = refusal.reconsideration_until if act.values["kind"] == "reconsideration" else refusal.suit_until
    if until is not None and filed_on <= until:
        _check_waits(refusal)
        return False
    if act.values.get("excuse") and refusal.status != RefusalStatus.FINAL.value:
        return True
    raise Refusal(
        409,
        "remedy-too-late",
        f"期限已于{until.isoformat() if until else '—'}届满；有正当理由的，请写明逾期的正当理由",
        f"the period ended on {until}; say what excuses the delay",
        [wrong("filed_on", f"期限至{until}", f"the period ended on {until}", "A-68")],
        clause="A-68",
        until=until.isoformat() if until else None,
    )


def _check_waits(refusal: RefusalRow) -> None:
    """Filed in time, but heard of after both periods had ended: the procedure that would ask for its result is over."""
    if refusal.status == RefusalStatus.FINAL.value:
        raise Refusal(
            409,
            "refusal-final",
            "两项期限均已届满，不予救助已成定论，本案程序已经办结，不能再登记；请报县级医疗保障部门按复议、诉讼结果处理",
            "both periods have ended and the refusal is final: nothing waits for the result of a remedy any more",
            clause="A-68",
        )
