"""No two steps that must be two persons' are one person's, though that person has moved to the other post (I2; 3.3)."""

from collections.abc import Mapping

from policy.separation import FILING, barred_by
from policy.steps import every_step
from runtime.embedded.stack import Stack
from runtime.story.counter import Counter
from tests.journeys.case import MAIN_PATH, REFUSED, Case, clerk, holder
from tests.journeys.posts import moved

FILER = clerk()
SECOND_CLERK = "township.township_government.caseworker2@140522100"
REVIEWER = holder("township_review", "140522100")
COUNTY_CLERK = holder("county_review", "140522")
APPROVER = holder("county_approval", "140522")
FINANCE_CLERK = holder("finance_review", "140522")
PAYER = holder("transfer", "140522")

BARRED: Mapping[str, Mapping[str, str]] = {
    "refusal_review": {SECOND_CLERK: "acceptance", FILER: "filing"},
    "township_review": {SECOND_CLERK: "survey", FILER: "filing"},
    "county_approval": {COUNTY_CLERK: "county_review", FILER: "filing"},
    "payment_request": {APPROVER: "county_approval"},
    "finance_review": {COUNTY_CLERK: "payment_request", APPROVER: "county_approval", FILER: "filing"},
    "transfer": {FINANCE_CLERK: "finance_review", FILER: "filing"},
}
"""The step: who has come to its post, and which step of theirs bars them."""

HOLDERS = {
    "refusal_review": REVIEWER,
    "township_review": REVIEWER,
    "county_approval": APPROVER,
    "payment_request": COUNTY_CLERK,
    "finance_review": FINANCE_CLERK,
    "transfer": PAYER,
}


def test_every_pair_of_the_main_path_is_tried_here() -> None:
    """Those of countersignatures, queries and corrected accounts are tried where the money is (test_money.py)."""
    path = {kind for kind, *_ in MAIN_PATH} | {"refusal_review", FILING}
    declared = {
        frozenset((step.kind, other))
        for step in every_step()
        for other in barred_by(step.kind)
        if {step.kind, other} <= path
    }
    tried = {frozenset((kind, other)) for kind, people in BARRED.items() for other in people.values()}
    assert tried == declared


async def test_step_is_refused_to_the_person_of_the_other_step(stack: Stack, counter: Counter) -> None:
    case = await Case.file(counter)
    refused = {**REFUSED, "provisions": ["A-38"]}
    await case.done("acceptance", "refuse", refused, done_on="2025-01-07", by=SECOND_CLERK)
    await _try_all(stack, case, "refusal_review", "sent_back", {"reason": "重新审查"}, "2025-01-07")
    for kind, outcome, fields, day in MAIN_PATH:
        if kind in BARRED:
            await _try_all(stack, case, kind, outcome, fields, day)
        else:
            by = SECOND_CLERK if kind in ("acceptance", "survey") else None
            await case.done(kind, outcome, fields, done_on=day, by=by)
    await case.until_status("paid")


async def _try_all(stack: Stack, case: Case, kind: str, outcome: str, fields: Mapping[str, object], day: str) -> None:
    await case.task(kind)
    for person, did in BARRED[kind].items():
        async with moved(stack, person, to_post_of=HOLDERS[kind]):
            refused = await case.answer(kind, outcome, fields, done_on=day, by=person)
        assert (refused.status, refused.content["type"]) == (403, "/problems/separation-of-duties"), (kind, person)
        assert refused.content["step"] == did
    await case.done(kind, outcome, fields, done_on=day, by=HOLDERS[kind])
