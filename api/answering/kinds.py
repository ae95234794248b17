"""Which checks and effects belong to which answer. An answer that is not listed needs nothing beyond its fields."""

from collections.abc import Awaitable, Callable, Mapping

from api.answering import (
    county,
    papers,
    parameters,
    payment,
    push,
    recognition,
    refusal,
    roster,
    sharing,
    supervision,
    township,
)
from api.answering.answer import Answer

Effect = Callable[[Answer], Awaitable[None]]

EFFECTS: Mapping[tuple[str, str], Effect] = {
    ("acceptance", "accept"): papers.accept,
    ("acceptance", "accept_with_pending"): papers.accept_with_pending,
    ("acceptance", "ask_supplement"): papers.ask_supplement,
    ("acceptance", "transfer"): township.transfer,
    ("supplement", "supplied"): papers.supplied,
    ("supplement", "lapsed"): township.lapsed,
    ("returned_file", "forwarded"): papers.supplied,
    ("objection_review", "dismissed"): township.survey_recorded,
    ("objection_review", "upheld"): township.survey_recorded,
    ("remedy_result", "reopened"): refusal.reopened,
    ("confirm_module", "in_use"): parameters.confirmed,
    ("confirm_module", "not_in_use"): parameters.confirmed,
    ("pending_papers", "supplied"): papers.supplied,
    ("survey", "recorded"): township.survey_recorded,
    ("township_notice_result", "no_objection"): township.notice_over,
    ("county_notice_result", "no_objection"): township.notice_over,
    ("county_review", "propose_approval"): county.propose_approval,
    ("identity_check", "confirmed"): county.identity_confirmed,
    ("county_approval", "approve"): county.approve,
    ("payment_request", "submit"): payment.submit,
    ("finance_review", "approve"): payment.finance_approves,
    ("transfer", "confirmed"): payment.confirmed,
    ("transfer", "bounced"): payment.bounced,
    ("transfer", "unknown"): payment.unknown,
    ("transfer", "return"): payment.not_to_be_paid,
    ("bank_inquiry", "paid"): payment.confirmed,
    ("bank_inquiry", "bounced"): payment.bounced,
    ("bank_inquiry", "not_paid"): payment.not_paid,
    ("account_correction", "corrected"): payment.account_corrected,
    ("missing_parameter", "entered"): parameters.entered,
    ("adjustment", "closed"): roster.adjusted,
    ("adjustment", "no_change"): roster.no_change,
    ("adjustment_list", "provided"): roster.list_provided,
    ("adjustment_list", "no_change"): roster.no_change_in_category,
    ("self_check", "confirmed"): supervision.self_checked,
    ("self_check", "differences"): supervision.self_checked,
    ("review_dedup", "done"): supervision.dedup_done,
    ("review_summary", "signed"): supervision.summary_signed,
    ("rectification_verification", "re_order"): supervision.re_ordered,
    ("difference_causes", "explained"): supervision.differences_explained,
    ("sharing_in", "provided"): sharing.list_provided,
    ("sharing_in", "zero_report"): sharing.no_change_in,
    ("sharing_out", "provided"): sharing.data_provided,
    ("sharing_out", "zero_report"): sharing.no_change_out,
    ("sharing_receipt", "confirmed"): sharing.confirmed,
    ("sharing_receipt", "disputed"): sharing.disputed,
    ("sharing_in_correction", "corrected"): sharing.corrected,
    ("sharing_in_correction", "withdrawn"): sharing.withdrawn,
    ("sharing_out_correction", "corrected"): sharing.corrected,
    ("sharing_out_correction", "withdrawn"): sharing.withdrawn,
    ("push_burden", "loaded"): push.loaded,
    ("push_burden", "none"): push.nobody,
    ("push_release", "released"): push.released,
    ("screening", "candidate"): recognition.screened,
    ("screening", "not_candidate"): recognition.screened,
    ("recognition", "recognised"): recognition.decided,
    ("recognition", "not_recognised"): recognition.decided,
    ("feedback", "fed_back"): recognition.fed_back,
    ("settlement_request", "granted"): recognition.request_decided,
    ("settlement_request", "refused"): recognition.request_decided,
}


async def take_effect(answer: Answer) -> None:
    """Checks the answer by its kind and writes what goes with it, in the caller's transaction. Raises Refusal."""
    effect = EFFECTS.get((answer.step.kind, answer.outcome.name))
    if effect is not None:
        await effect(answer)
