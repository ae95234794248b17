"""What goes with the answers of W08, W17 and W18: another day for an order, the parts of a review, the list's causes."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.answering.answer import Answer, wrong_field
from api.errors import Refusal, wrong_fields
from policy.exchange_terms import MatterStatus
from policy.terms import Department
from store.comparisons import counts_of as compared_counts
from store.matters import move_to, record_in
from store.rectifications import RectificationRow
from store.reviews import counts_of, parts_missing, tallies_of
from store.uploads import is_under_way


async def re_ordered(answer: Answer) -> None:
    """Another round with another day; the first one's words stay in the answers."""
    due_on = date.fromisoformat(answer.values["due_on"])
    if due_on < answer.today:
        raise wrong_fields([wrong_field("due_on", "整改期限不能早于今天", "the day lies in the past", "C-25")])
    order = await answer.session.get_one(RectificationRow, answer.matter.id, with_for_update=True)
    order.due_on, order.ordered_on, order.round = due_on, answer.act_day, order.round + 1
    sealed = answer.services.vault.seal("rectification", "text", order.matter_id, answer.values["text"])
    order.text_sealed = sealed
    answer.matter.facts = {**answer.matter.facts, "due_on": due_on.isoformat(), "round": order.round}
    move_to(answer.matter, MatterStatus.RE_ORDERED, answer.now)
    answer.codes |= {"due_on": due_on.isoformat(), "round": order.round}


async def self_checked(answer: Answer) -> None:
    """With the counts that the department has before its eyes when it confirms or objects."""
    counts = await counts_of(answer.session, answer.matter.id, answer.task.department)
    answer.codes |= {"department": answer.task.department, "counts": dict(counts)}


async def dedup_done(answer: Answer) -> None:
    """Whose part is not back is named one by one, and marked open (3.8): nobody is passed over in silence.

    What was said of each department's rows stays with the review, in numbers, for its summary.
    """
    missing = await parts_missing(answer.session, answer.matter.id)
    named = set(answer.values.get("left_open", []))
    if named != missing:
        raise wrong_fields([_wrongly_named(sorted(missing))])
    if missing and "late" not in answer.matter.facts:
        raise Refusal(409, "not-late-yet", "尚未到期，须等各部门反馈", "the departments still have time", clause="J-15")
    marks = await tallies_of(answer.session, answer.matter.id)
    answer.matter.facts = {**answer.matter.facts, "left_open": sorted(missing), "marks": marks}
    answer.codes |= {"left_open": sorted(missing)}


def _wrongly_named(missing: Sequence[str]) -> Any:
    if not missing:
        return wrong_field("left_open", "各部门均已反馈，无须勾选", "every department has returned its part", "J-15")
    labels = "、".join(Department(code).label for code in missing)
    return wrong_field("left_open", f"{labels}尚未反馈，不等其反馈即汇总的须勾选", "name who is missing", "J-15")


async def summary_signed(answer: Answer) -> None:
    """The counts that are signed stay with the review."""
    counts = dict(await counts_of(answer.session, answer.matter.id))
    left_open = answer.matter.facts.get("left_open", [])
    done_on = answer.act_day.isoformat()
    answer.matter.facts = {**answer.matter.facts, "summary": counts, "done_on": done_on}
    move_to(answer.matter, MatterStatus.SUMMARY_SIGNED, answer.now)
    record_in(
        answer.session,
        answer.matter,
        MatterStatus.SUMMARY_SIGNED.value,
        at=answer.now,
        day=answer.act_day,
        codes={"summary": counts, "left_open": left_open},
        grounds=["J-14"],
    )


async def differences_explained(answer: Answer) -> None:
    """Refused while a difference has no cause: the case closes only when all have one (3.18); and while more of the
    province's list is coming in, which may bring others.
    """
    matter = answer.matter
    if matter.month and await is_under_way(answer.session, "provincial_list", matter.division, matter.month):
        raise Refusal(
            409,
            "list-under-way",
            "该月的省级名单正在处理，请稍后再确认",
            "more of the province's list is being taken in",
            clause="J-22",
        )
    counts = await compared_counts(answer.session, answer.matter.id)
    if counts["unexplained"]:
        raise Refusal(
            409,
            "differences-unexplained",
            f"还有{counts['unexplained']}条差异未填写原因，不能确认名单",
            f"{counts['unexplained']} differences have no cause yet",
            clause="J-22",
            unexplained=counts["unexplained"],
        )
    answer.matter.facts = {**answer.matter.facts, **counts}
    answer.codes |= {"counts": counts}
