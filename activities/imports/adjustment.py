"""Lists of dynamic adjustment 动态调整名单: 附件3 with 附件4's fields beside it (A-30, A-31, A-63 … A-67; W06).

A list that differs from its certificate goes back as a whole and was never provided. Of one that was, each good row is
marked at once; the others go back to the department by W11 and hold nothing up (processes 3.6, 3.11).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.adjustment_certificate import (
    FIELDS,
    category_named,
    category_of,
    change_of,
    check_fields,
    given_by,
    named_period,
)
from activities.imports.adjustment_checks import not_yours, repeated, wrong_with
from activities.imports.deciding import as_kept
from activities.imports.identity import OTHER_NAME
from activities.imports.kinds import ACCEPTED, Batch, Context, Counts, Fate, Kind, Reason, Row, duplicate, returned
from activities.roster_change_marking import MarkedOn, Marking, Wanted, mark_row
from activities.roster_change_providing import provide
from activities.roster_change_refusing import tell_returned
from activities.settlement_review import look_for_contradictions
from exchange import readers
from exchange.annexes import ANNEX_3
from exchange.columns import Column
from policy.access import Action
from policy.deadlines import SHANGHAI
from policy.entitlement import AdjustmentDates, MissingDate
from policy.exchange_terms import AnomalyState
from policy.procedures import Procedure
from policy.rulebook import MissingParameter
from policy.terms import Category, RowFate
from store.adjustments import AdjustmentLineRow, AdjustmentRow, adjustment_of_upload
from store.anomalies import Batch as ReturnedBatch
from store.anomalies import Returned, anomaly_at, matters_of_batch, nudge, open_anomalies, place_of, settle
from store.disclosure import Cell, Look, disclose
from store.matters import locked_matter
from store.outbox import start
from store.registration import OtherName, Somebody, known_or_entered, number_index
from store.uploads import UploadRow

COLUMNS = (
    *ANNEX_3.columns,
    Column(
        "from_category",
        "原对象类别",
        readers.text(60),
        aliases=("变更前类别", "原类别"),
        required=False,
        help="身份变更的填写；只有一个身份的可不填",
        wide=20,
    ),
    Column(
        "benefit_from",
        "待遇享受起止日期",
        readers.day,
        aliases=("享受待遇开始日期", "待遇起始日期", "停止待遇日期"),
        required=False,
        help="本部门待遇开始或停止之日；按规定以此确定医保待遇的地区填写",
        wide=18,
    ),
)


async def begin(session: AsyncSession, context: Context, batch: Batch) -> Sequence[Reason]:
    """Provides the list, or says why it goes back as a whole. A corrected receipt continues the list that it came from."""
    if context.batch != context.upload:
        known = await adjustment_of_upload(session, context.batch)
        return () if known else [Reason("no-such-list", "没有这批名单", "there is no such list")]
    given = await given_by(session, context, batch)
    if not isinstance(given, Sequence):
        refused = not_yours(context, given.stated.category)
        if refused is None:
            await provide(session, context, given)
            return ()
        given = [refused]
    return given


async def refused(session: AsyncSession, context: Context, batch: Batch, reasons: Sequence[Reason]) -> None:
    """Said where the list is waited for: it was not provided."""
    category = category_of(context, batch)
    if context.batch == context.upload and isinstance(category, Category):
        await tell_returned(session, context, category, named_period(context), reasons)


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    """Checked, then marked by the rule of the jurisdiction."""
    reasons = wrong_with(context, row)
    change = change_of(row)
    if reasons or change is None:
        return returned(*reasons)
    adjustment = await _adjustment(session, context)
    again = await repeated(session, context, adjustment, row, change)
    if again is not None:
        return Fate(again[0], (again[1],))
    somebody = Somebody(row.values["name"], row.values["id_number"])
    try:
        person = await known_or_entered(session, context.vault, somebody, context.division, context.now)
    except OtherName:
        return returned(OTHER_NAME)
    provided_on = await _provided_on(session, context, adjustment, row)
    wanted = Wanted(
        person=person,
        category=Category(adjustment.category),
        change=change,
        dates=_dates(adjustment, row, provided_on),
        certificate=_certificate(session, context, adjustment),
        leaves=_leaves(context, row),
    )
    try:
        marked = await mark_row(session, context, wanted)
    except MissingDate as missing:
        return returned(_MISSING[missing.name])
    except MissingParameter as missing_rule:
        return returned(_no_rule(missing_rule.key))
    if marked.marking is not Marking.MARKED or marked.day is None:
        return _FATES[marked.marking]
    await _write(session, context, adjustment, row, ACCEPTED, provided_on, wanted, marked)
    await look_for_contradictions(session, context, person, adjustment.matter_id)
    return ACCEPTED


async def keep(session: AsyncSession, context: Context, row: Row, fate: Fate) -> None:
    """Rows that were not accepted stand in the list as it was provided, too; a row that corrects another settles that one."""
    adjustment = await _adjustment(session, context)
    provided_on = await _provided_on(session, context, adjustment, row)
    if fate.outcome is not RowFate.ACCEPTED:
        await _write(session, context, adjustment, row, fate, provided_on)
    if row.corrects is not None:
        await _settle(session, context, row, fate)


async def after(session: AsyncSession, context: Context, _counts: Counts) -> None:
    """What was returned is opened for the department; the list's own procedure is woken."""
    adjustment = await _adjustment(session, context)
    matter = await locked_matter(session, adjustment.matter_id)
    adjustment.marked_at = context.now
    rows = [row async for row in _returned(session, context, adjustment)]
    if rows:
        batch = ReturnedBatch(
            key=str(context.batch),
            division=context.division,
            department=context.department,
            parent=matter.id,
            month=matter.month,
            facts={"category": adjustment.category, "list": matter.key},
        )
        await open_anomalies(session, context.vault, batch, rows, at=context.now, day=context.today)
    for returned_to in await matters_of_batch(session, str(context.batch), context.department):
        if returned_to.closed_at is None:
            await nudge(session, returned_to, at=context.now)
    matter.facts = {**matter.facts, "taken_in_on": context.today.isoformat()}
    await start(session, Procedure.ADJUSTMENT, matter.key, {"matter_id": str(matter.id)}, at=context.now)


async def _adjustment(session: AsyncSession, context: Context) -> AdjustmentRow:
    found = await adjustment_of_upload(session, context.batch)
    if found is None:
        raise LookupError("the list of this upload was never provided")
    return found


async def _provided_on(session: AsyncSession, context: Context, adjustment: AdjustmentRow, row: Row) -> date:
    """The list's day; a row that is new in a corrected receipt has the day of that receipt."""
    if row.corrects is not None:
        place = place_of(row.corrects.upload, row.corrects.sheet, row.corrects.number)
        corrected = await anomaly_at(session, place)
        if corrected is not None:
            return corrected.provided_on
    if context.upload == adjustment.upload_id and adjustment.provided_on is not None:
        return adjustment.provided_on
    upload = await session.get_one(UploadRow, context.upload)
    return upload.created_at.astimezone(SHANGHAI).date()


def _dates(adjustment: AdjustmentRow, row: Row, provided_on: date) -> AdjustmentDates:
    """A row's own month of adjustment is finer than the list's day only where it is another month."""
    changed_in: date | None = row.values.get("changed_in")
    own = changed_in if changed_in and changed_in != adjustment.adjusted_on.replace(day=1) else None
    return AdjustmentDates(
        provided_on=provided_on,
        adjusted_on=own or adjustment.adjusted_on,
        certificate_on=adjustment.certificate_on if provided_on == adjustment.provided_on else provided_on,
        source_benefit_from=row.values.get("benefit_from"),
    )


def _certificate(session: AsyncSession, context: Context, adjustment: AdjustmentRow) -> str | None:
    look = Look(
        "system:adjustment", "adjustment", adjustment.matter_id, adjustment.division, "adjustment.mark", context.now
    )
    sealed = adjustment.certificate_sealed
    if sealed is None:
        return None
    cell = Cell("adjustment", "certificate", adjustment.matter_id, sealed)
    return str(disclose(session, context.vault, look, {"certificate": cell})["certificate"]["no"])


def _leaves(context: Context, row: Row) -> Category | None:
    typed = row.values.get("from_category")
    return category_named(context, typed) if typed else None


async def _write(
    session: AsyncSession,
    context: Context,
    adjustment: AdjustmentRow,
    row: Row,
    fate: Fate,
    provided_on: date,
    wanted: Wanted | None = None,
    marked: MarkedOn | None = None,
) -> None:
    """The row of the list, written once; one that was returned and is taken after all becomes an accepted one."""
    line = await _line(session, context, row)
    if line is None:
        line = await _new_line(session, context, adjustment, row)
    accepted = fate.outcome is RowFate.ACCEPTED
    if line.fate == RowFate.ACCEPTED.value:
        return
    change = change_of(row) if "change" in row.values else None
    line.change, line.provided_on = change.value if change else None, provided_on
    line.fate = fate.outcome.value
    line.reasons = [as_kept(KIND, reason) for reason in fate.reasons]
    number = row.values.get("id_number")
    line.id_index = number_index(context.vault, number) if number else None
    if accepted and wanted is not None and marked is not None:
        line.person_id, line.effective_on, line.marked_at = wanted.person, marked.day, context.now
    session.add(line)
    await session.flush()


async def _line(session: AsyncSession, context: Context, row: Row) -> AdjustmentLineRow | None:
    found: AdjustmentLineRow | None = await session.scalar(
        select(AdjustmentLineRow).where(
            AdjustmentLineRow.upload_id == context.upload,
            AdjustmentLineRow.sheet == row.sheet,
            AdjustmentLineRow.row_number == row.number,
        )
    )
    return found


async def _new_line(session: AsyncSession, context: Context, adjustment: AdjustmentRow, row: Row) -> AdjustmentLineRow:
    key = (await session.execute(select(func.uuidv7()))).scalar_one()
    return AdjustmentLineRow(
        id=key,
        matter_id=adjustment.matter_id,
        division=context.division,
        department=context.department.value,
        upload_id=context.upload,
        sheet=row.sheet,
        row_number=row.number,
        sealed=context.vault.seal("adjustment_row", "row", key, dict(row.typed)),
        fate=RowFate.RETURNED.value,
        reasons=[],
        provided_on=context.today,
    )


async def _settle(session: AsyncSession, context: Context, row: Row, fate: Fate) -> None:
    assert row.corrects is not None
    place = place_of(row.corrects.upload, row.corrects.sheet, row.corrects.number)
    anomaly = await anomaly_at(session, place)
    if anomaly is None or anomaly.settled_at is not None:
        return
    anomaly.corrected_sealed = context.vault.seal("anomaly", "corrected", anomaly.id, dict(row.typed))
    anomaly.answered_by = (await session.get_one(UploadRow, context.upload)).uploaded_by
    anomaly.answered_at = anomaly.rechecked_at = context.now
    if fate.outcome is RowFate.RETURNED:
        anomaly.reasons, anomaly.state = [as_kept(KIND, r) for r in fate.reasons], AnomalyState.RETURNED.value
    else:
        settle(anomaly, AnomalyState.CLOSED, context.now)


async def _returned(session: AsyncSession, context: Context, adjustment: AdjustmentRow) -> Any:
    """The rows of this upload that go back. One that corrects another is known at the place where it first stood."""
    lines = await session.scalars(
        select(AdjustmentLineRow)
        .where(AdjustmentLineRow.upload_id == context.upload, AdjustmentLineRow.fate == RowFate.RETURNED.value)
        .order_by(AdjustmentLineRow.sheet, AdjustmentLineRow.row_number)
    )
    look = Look("system:adjustment", "adjustment", adjustment.matter_id, adjustment.division, "anomaly", context.now)
    for line in lines:
        cell = Cell("adjustment_row", "row", line.id, line.sealed)
        values = disclose(session, context.vault, look, {"row": cell})["row"]
        place = place_of(context.upload, line.sheet, line.row_number)
        yield Returned(place, line.sheet, line.row_number, line.reasons, values, line.provided_on, context.upload)


def _no_rule(key: str) -> Reason:
    return Reason("parameter-missing", f"尚缺参数{key}，待补录后重新报送", f"the parameter {key} is missing")


_MISSING: Mapping[str, Reason] = {
    "source_benefit_from": Reason(
        "benefit-date-missing",
        "请填写本部门待遇享受起止日期，医保待遇按该日期确定",
        "say from when the department's own benefit begins or stops: entitlement follows it",
        "benefit_from",
        "J-13",
    ),
}
_FATES: Mapping[Marking, Fate] = {
    Marking.KNOWN: duplicate(Reason("period-known", "此前已报送，内容相同", "was provided before, the same")),
    Marking.ALREADY_ACTIVE: returned(
        Reason("already-active", "该人已有同一类别的身份，请核对", "holds this category already", "id_number")
    ),
    Marking.ELSEWHERE: returned(
        Reason(
            "period-elsewhere",
            "该人同一类别的身份由其他县（市、区）或部门报送，请与其核对",
            "another county or department answers for this category of the person",
            "id_number",
        )
    ),
    Marking.NOT_ACTIVE: returned(
        Reason("not-active", "该人没有可以停止的身份，请核对", "holds no such category that could end", "id_number")
    ),
    Marking.ENDS_BEFORE_IT_STARTS: returned(
        Reason(
            "ends-before-it-starts",
            "停止享受之日不晚于该人身份开始之日，请核对",
            "the identity would end before it starts",
            "change",
        )
    ),
    Marking.WHICH_CATEGORY: returned(
        Reason(
            "which-category",
            "该人有几个身份，请写明原对象类别",
            "holds several categories: say which one is left",
            "from_category",
        )
    ),
}

KIND = Kind(
    code="adjustment",
    label="动态调整名单（附件3）",
    action=Action.UPLOAD_IDENTITY,
    columns=COLUMNS,
    take=take,
    fields=FIELDS,
    help=(
        "每张名单一个对象类别，须附动态调整情况证明（附件4）；户数、人数和日期与证明一致，否则整批退回。",
        "自然增加（减少）而其他家庭成员无变化的，只填写增加（减少）的人员。",
    ),
    check=check_fields,
    begin=begin,
    keep=keep,
    after=after,
    refused=refused,
    annex=ANNEX_3,
    about="季度（月）动态调整后5个工作日内，向同级医保、财政部门提供新增、减少人员名单和证明",
)
