"""A refusal: reviewed by a second person, written, numbered, delivered, with both remedy dates (A-42, A-68)."""

import asyncio

from runtime.story.counter import Counter
from tests.journeys.case import OTHER_TOWNSHIP, REFUSED, Case


async def test_refusal_sent_back_opens_the_acceptance_again(counter: Counter) -> None:
    case = await Case.file(counter)
    first = await case.task("acceptance")
    await case.done("acceptance", "refuse", {**REFUSED, "provisions": ["A-38"]}, done_on="2025-01-07")
    review = await case.task("refusal_review")
    assert await case.status() == "submitted"
    # Both share the period of the acceptance: 3 WD from Mon 6 January: 7, 8, Thu 9.
    assert review["due"]["nominal"] == "2025-01-09"

    await case.done("refusal_review", "sent_back", {"reason": "户籍已核实，属本镇"}, done_on="2025-01-08")
    again = await case.task("acceptance")
    assert again["id"] != first["id"]
    assert again["due"]["nominal"] == "2025-01-09"

    await case.done("acceptance", "accept", done_on="2025-01-08")
    await case.task("survey")
    assert (await case.view())["refusal"] is None
    assert [tag for tag in await case.tags() if tag.startswith(("counter:", "procedure:", "deadline:"))] == [
        "counter:application:submitted",
        "counter:acceptance:refuse",
        "counter:refusal_review:sent_back",
        "counter:acceptance:accept",
        "procedure:application:accepted",
    ]


async def test_refusals_of_a_township_are_numbered_and_delivered(counter: Counter) -> None:
    case = await _refused(counter)
    # REJECT_NOTICE_WD 3 from Wed 8 January: 9, 10, Mon 13.
    assert (await case.task("refusal_notice"))["due"]["nominal"] == "2025-01-13"
    assert await case.status() == "rejected"
    await case.done("refusal_notice", "issued", done_on="2025-01-10")
    # DELIVERY_WD 5 from Fri 10 January: 13, 14, 15, 16, Fri 17.
    first = await case.task("delivery")
    assert first["due"]["nominal"] == "2025-01-17"
    await case.done("delivery", "failed", {"reason": "外出未归"}, done_on="2025-01-14")
    # Again 5 WD from Tue 14: 15, 16, 17, 20, Tue 21.
    second = await case.task("delivery")
    assert second["id"] != first["id"]
    assert second["due"]["nominal"] == "2025-01-21"
    assert (await case.view())["refusal"]["reconsideration_until"] is None
    await case.done("delivery", "delivered", {"method": "in_person"}, done_on="2025-01-16")

    seen = await case.until_status("rejected")
    refusal = seen["refusal"]
    assert (refusal["level"], refusal["provisions"]) == ("township", ["A-39"])
    assert (refusal["status"], refusal["issued_on"], refusal["delivered_on"]) == (
        "delivered",
        "2025-01-10",
        "2025-01-16",
    )
    # 60 days from 17 January: 15 in January, 28 in February (43), 17 in March: Mon 17 March. 6 months: Wed 16 July.
    assert (refusal["reconsideration_until"], refusal["suit_until"]) == ("2025-03-17", "2025-07-16")
    assert seen["open_tasks"] == []

    following = await _refused(counter)
    await following.done("refusal_notice", "issued", done_on="2025-01-13")
    await following.task("delivery")
    assert _serial((await following.view())["refusal"]["number"]) == _serial(refusal["number"]) + 1


async def test_refusal_by_the_township_review_names_its_provisions(counter: Counter) -> None:
    case = await (await Case.file(counter)).to("township_review")
    unfounded = await case.answer(
        "township_review", "not_eligible", {"provisions": [], "reason": "不符"}, done_on="2025-01-15"
    )
    assert (unfounded.status, unfounded.content["errors"][0]["pointer"]) == (422, "/fields/provisions")

    await case.done("township_review", "not_eligible", REFUSED, done_on="2025-01-15")
    notice = await case.task("refusal_notice")
    # REJECT_NOTICE_WD 3 from Wed 15 January: 16, 17, Mon 20.
    assert notice["due"]["nominal"] == "2025-01-20"
    assert (await case.view())["refusal"]["decided_on"] == "2025-01-15"


async def test_refusal_by_the_county_is_issued_by_the_township(counter: Counter) -> None:
    # Base 65,000.00 − 48,200.00 − 11,300.00 = 5,500.00, below the deductible of 7,731.00.
    costs = {"total": "70000.00", "compliant_total": "65000.00", "commercial": "0.00"}
    case = await (await Case.file(counter, costs=costs)).to("county_review")
    assert (await case.view())["decision"]["outcome"] == "not_eligible"
    refused = await case.answer("county_review", "propose_approval", done_on="2025-02-07")
    assert (refused.status, refused.content["type"]) == (409, "/problems/not-eligible")

    reasons = {"provisions": ["A-17"], "reason": "个人负担的合规医疗费用未超过起付标准"}
    await case.done("county_review", "propose_refusal", reasons, done_on="2025-02-07")
    refused = await case.answer("county_approval", "approve", done_on="2025-02-10")
    assert (refused.status, refused.content["type"]) == (409, "/problems/not-eligible")
    await case.done("county_approval", "refuse", reasons, done_on="2025-02-10")

    notice = await case.task("refusal_notice")
    assert notice["office"] == {
        "division": case.township,
        "department": "township_government",
        "role": "caseworker",
    }
    # REJECT_NOTICE_WD 3 from Mon 10 February: 11, 12, Thu 13.
    assert notice["due"]["nominal"] == "2025-02-13"
    seen = await case.view()
    assert (seen["status"], seen["refusal"]["level"], seen["payment"]) == ("rejected", "county", None)


async def test_notices_issued_at_once_are_numbered_without_gap_or_double(counter: Counter) -> None:
    """One series per township and year (A-68): whoever comes second waits for the number of the first."""
    cases = [await _refused(counter) for _ in range(8)]
    await asyncio.gather(*(case.done("refusal_notice", "issued", done_on="2025-01-14") for case in cases))
    for case in cases:
        await case.task("delivery")
    serials = sorted([_serial((await case.view())["refusal"]["number"]) for case in cases])
    assert serials == list(range(serials[0], serials[0] + 8))


def _serial(number: str) -> int:
    return int(number.removeprefix("〔2025〕第").removesuffix("号"))


async def _refused(counter: Counter) -> Case:
    case = await Case.file(counter, township=OTHER_TOWNSHIP)
    await case.done("acceptance", "refuse", REFUSED, done_on="2025-01-07")
    await case.done("refusal_review", "confirmed", done_on="2025-01-08")
    await case.task("refusal_notice")
    return case
