"""Lists of dynamic adjustment 动态调整名单: 附件3 with 附件4's fields beside it (A-30, A-31, A-63 … A-67; W06).

A list that differs from its certificate goes back as a whole and was never provided. Of one that was, each good row is
marked at once; the others go back to the department by W11 and hold nothing up (processes 3.6, 3.11).
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from activities.imports.adjustment_certificate import (
    FIELDS,
    category_named,
    category_of,
    change_of,
    check_fields,
    given_by,
    lists_of,
    named_period,
)
from activities.imports.adjustment_checks import as_reason, households, known_against, not_yours, repeated, wrong_with
from activities.imports.adjustment_columns import COLUMNS
from activities.imports.adjustment_fates import FATES, MISSING_DATE, no_rule
from activities.imports.adjustment_rows import returned_rows, settle_earlier, write_row
from activities.imports.kinds import Batch, Context, Counts, Fate, Kind, Reason, Row, returned
from activities.roster_change_marking import Marking, Wanted, mark_row
from activities.roster_change_providing import Given, provide
from activities.roster_change_refusing import tell_returned
from activities.settlement_review import look_for_contradictions
from exchange.annexes import ANNEX_3
from policy.access import Action
from policy.deadlines import SHANGHAI
from policy.entitlement import AdjustmentDates, MissingDate
from policy.procedures import Procedure
from policy.roster_quality import OTHER_NAME
from policy.rulebook import MissingParameter
from policy.terms import Category, RowFate
from store.adjustments import AdjustmentRow, Series, adjustment_of_upload, same_list
from store.anomalies import Batch as ReturnedBatch
from store.anomalies import anomaly_at, matters_of_batch, nudge, open_anomalies, place_of
from store.disclosure import Cell, Look, disclose
from store.matters import locked_matter
from store.outbox import start
from store.registration import OtherName, Somebody, known_or_entered, number_index
from store.uploads import UploadRow


async def begin(session: AsyncSession, context: Context, batch: Batch) -> Sequence[Reason]:
    """Provides the list, or says why it goes back as a whole. A corrected receipt continues the list that it came from."""
    if context.batch != context.upload:
        known = await adjustment_of_upload(session, context.batch)
        return () if known else [Reason("no-such-list", "没有这批名单", "there is no such list")]
    given = await given_by(session, context, batch)
    if not isinstance(given, Sequence):
        refused = not_yours(context, given.stated.category) or await _known(session, context, batch, given)
        if refused is None:
            await provide(session, context, given)
            return ()
        given = [refused]
    return given


async def _known(session: AsyncSession, context: Context, batch: Batch, given: Given) -> Reason | None:
    """The same list under the same certificate, saved as another file: a second one would count its persons twice (ST-9)."""
    series = Series(context.division, context.department, given.stated.category, given.period)
    changes = {
        (number_index(context.vault, row.values["id_number"]), change.value if (change := change_of(row)) else None)
        for row in batch.rows
    }
    earlier = await same_list(session, series, given.stated.day, changes)
    if earlier is None or earlier.upload_id == context.upload:
        return None
    return Reason(
        "list-known",
        f"这份名单已作为{earlier.period}第{earlier.batch}批提供，人员相同；需要更正的，请改正错误回执后报送",
        f"the same persons were provided as batch {earlier.batch} of {earlier.period}",
        clause="A-67",
    )


async def refused(session: AsyncSession, context: Context, batch: Batch, reasons: Sequence[Reason]) -> None:
    """Said where the list is waited for: it was not provided."""
    category = category_of(context, batch)
    if context.batch == context.upload and isinstance(category, Category):
        await tell_returned(session, context, category, named_period(context), reasons)


async def take(session: AsyncSession, context: Context, row: Row) -> Fate:
    """Checked, then marked by the rule of the jurisdiction."""
    reasons = await wrong_with(session, context, row)
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
        return returned(as_reason(OTHER_NAME))
    held, beside = await known_against(session, context, row, person, change)
    if held:
        return returned(*held)
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
        return returned(MISSING_DATE[missing.name])
    except MissingParameter as missing_rule:
        return returned(no_rule(missing_rule.key))
    if marked.marking is not Marking.MARKED or marked.day is None:
        return FATES[marked.marking]
    accepted = Fate(RowFate.ACCEPTED, (*beside, *context.beside.get((row.sheet, row.number), ())))
    await write_row(session, context, adjustment, row, accepted, provided_on, wanted, marked)
    await look_for_contradictions(session, context, person, adjustment.matter_id)
    return accepted


async def keep(session: AsyncSession, context: Context, row: Row, fate: Fate) -> None:
    """Rows that were not accepted stand in the list as it was provided, too; a row that corrects another settles that one."""
    adjustment = await _adjustment(session, context)
    provided_on = await _provided_on(session, context, adjustment, row)
    if fate.outcome is not RowFate.ACCEPTED:
        await write_row(session, context, adjustment, row, fate, provided_on)
    if row.corrects is not None:
        await settle_earlier(session, context, row, fate)


async def after(session: AsyncSession, context: Context, _counts: Counts) -> None:
    """What was returned is opened for the department; the list's own procedure is woken."""
    adjustment = await _adjustment(session, context)
    matter = await locked_matter(session, adjustment.matter_id)
    adjustment.marked_at = context.now
    rows = [row async for row in returned_rows(session, context, adjustment)]
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
        corrected = await anomaly_at(session, str(context.batch), context.department, place)
        if corrected is not None:
            return corrected.provided_on
    if context.upload == adjustment.upload_id and adjustment.provided_on is not None:
        return adjustment.provided_on
    upload = await session.get_one(UploadRow, context.upload)
    return upload.provided_at.astimezone(SHANGHAI).date()


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


KIND = Kind(
    code="adjustment",
    label="动态调整名单（附件3）",
    action=Action.UPLOAD_IDENTITY,
    columns=COLUMNS,
    take=take,
    fields=FIELDS,
    help=(
        "每张名单一个对象类别，须附动态调整情况证明（附件4）；户数、人数和日期与证明一致，否则整批退回。",
        "一个文件可以每类一张名单、一份证明：各自勾选类别，按类别分开接收；其他工作表列明后不作处理。",
        "自然增加（减少）而其他家庭成员无变化的，只填写增加（减少）的人员。",
    ),
    check=check_fields,
    begin=begin,
    keep=keep,
    after=after,
    refused=refused,
    together=households,
    annex=ANNEX_3,
    several_sheets=True,
    parts=lists_of,
    about="季度（月）动态调整后5个工作日内，向同级医保、财政部门提供新增、减少人员名单和证明",
)
