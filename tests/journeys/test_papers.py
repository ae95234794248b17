"""Papers that are missing: asked for once, or allowed to follow (A-37, B-19)."""

from typing import Any

from runtime.story.counter import Counter
from tests.journeys.case import MAIN_PATH, PAPERS, SURVEYED, Case

RECOGNITION = {"kind": "recognition", "file": "demo", "no": "阳民认〔2025〕2号", "date": "2025-01-03"}


def papers(*, without: str, pending: bool = False) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = [{"kind": kind, "file": "demo"} for kind in PAPERS if kind != without]
    return [*given, RECOGNITION, *([{"kind": without, "pending": True}] if pending else [])]


async def test_supplement_is_asked_for_once_and_the_acceptance_counted_anew(counter: Counter) -> None:
    case = await Case.file(counter, documents=papers(without="diagnosis"))

    refused = await case.answer("acceptance", "accept", done_on="2025-01-07")
    assert (refused.status, refused.content["type"]) == (422, "/problems/papers-missing")
    assert refused.content["missing"] == ["diagnosis"]

    await case.done("acceptance", "ask_supplement", {"missing": ["diagnosis"]}, done_on="2025-01-07")
    asked = await case.task("supplement")
    assert await case.status() == "supplement"
    # SUPPLEMENT_WD 10 from Tue 7 January: 8, 9, 10, 13, 14, 15, 16, 17, 20, Tue 21.
    assert asked["due"]["nominal"] == "2025-01-21"

    brought = {"documents": [{"kind": "diagnosis", "file": "demo"}]}
    await case.done("supplement", "supplied", brought, done_on="2025-01-13")
    again = await case.task("acceptance")
    assert await case.status() == "submitted"
    # ACCEPT_WD 3 from Mon 13 January: 14, 15, Thu 16.
    assert again["due"]["nominal"] == "2025-01-16"

    refused = await case.answer("acceptance", "ask_supplement", {"missing": ["history"]}, done_on="2025-01-14")
    assert (refused.status, refused.content["type"]) == (409, "/problems/supplement-already-asked")
    assert refused.content["clause"] == "A-37"

    await case.done("acceptance", "accept", done_on="2025-01-14")
    survey = await case.task("survey")
    # SURVEY_WD 10 from Tue 14 January: 15, 16, 17, 20, 21, 22, 23, 24, Sun 26 (worked), Mon 27.
    assert survey["due"]["nominal"] == "2025-01-27"
    assert [tag for tag in await case.tags() if tag.startswith("counter:")] == [
        "counter:application:submitted",
        "counter:acceptance:ask_supplement",
        "counter:supplement:supplied",
        "counter:acceptance:accept",
    ]


async def test_supplement_withdrawn_ends_the_case(counter: Counter) -> None:
    case = await Case.file(counter, documents=papers(without="receipts"))
    await case.done("acceptance", "ask_supplement", {"missing": ["receipts"]}, done_on="2025-01-07")
    await case.done("supplement", "withdrawn", {"reason": "申请人放弃"}, done_on="2025-01-09")

    seen = await case.until_status("withdrawn")
    assert seen["open_tasks"] == []
    assert seen["closed_at"] is not None
    assert [entry["tag"] for entry in seen["timeline"]][-2:] == [
        "counter:supplement:withdrawn",
        "procedure:application:withdrawn",
    ]


async def test_supplement_reminds_its_holder_and_climbs_no_further(counter: Counter) -> None:
    """Opened long after its date only T−2 and T are left for a citizen's step, and those are left to the light."""
    case = await Case.file(counter, documents=papers(without="receipts"))
    await case.done("acceptance", "ask_supplement", {"missing": ["receipts"]}, done_on="2025-01-07")
    asked = await case.task("supplement")
    assert asked["light"] == "red"
    assert [tag for tag in await case.tags() if tag.startswith("deadline:supplement")] == []


async def test_pending_papers_follow_beside_the_main_step(counter: Counter) -> None:
    case = await Case.file(counter, documents=papers(without="insurance_proof", pending=True))

    refused = await case.answer("acceptance", "accept_with_pending", {"pending": ["diagnosis"]}, done_on="2025-01-08")
    assert (refused.status, refused.content["errors"][0]["pointer"]) == (422, "/fields/pending")

    await case.done("acceptance", "accept_with_pending", {"pending": ["insurance_proof"]}, done_on="2025-01-08")
    beside = await case.task("pending_papers")
    assert await case.status() == "survey"
    # PENDING_PAPERS_WD 10 from Wed 8 January: 9, 10, 13, 14, 15, 16, 17, 20, 21, Wed 22.
    assert beside["due"]["nominal"] == "2025-01-22"
    assert (await case.view())["pending_papers"] is True

    await case.done("survey", "recorded", SURVEYED, done_on="2025-01-14")
    assert sorted(await case.tasks()) == ["pending_papers", "township_review"]
    brought = {"documents": [{"kind": "insurance_proof", "file": "demo"}]}
    await case.done("pending_papers", "supplied", brought, done_on="2025-01-20")

    # The paper that came on the 20th does not hold back the review of the 15th.
    await case.done("township_review", "eligible", done_on="2025-01-15")
    await case.task("township_notice")
    seen = await case.view()
    assert seen["pending_papers"] is False
    assert {one["kind"]: one["state"] for one in seen["documents"]}["insurance_proof"] == "supplied"
    assert "pending_papers" not in await case.tasks()


async def test_pending_papers_do_not_hold_back_the_approval(counter: Counter) -> None:
    case = await Case.file(counter, documents=papers(without="insurance_proof", pending=True))
    await case.done("acceptance", "accept_with_pending", {"pending": ["insurance_proof"]}, done_on="2025-01-08")
    for kind, outcome, fields, day in MAIN_PATH[1:6]:
        await case.done(kind, outcome, fields, done_on=day)
    await case.task("county_review")
    assert sorted(await case.tasks()) == ["county_review", "pending_papers"]
