"""Several cases of one person in one year: deductible and cap are used once (A-14, A-17), an expense once (B-21)."""

from runtime.story.counter import Counter
from tests.journeys.case import Case, application, clerk
from tests.journeys.people import new_person

SECOND = {"total": "20000.00", "compliant_total": "18000.00", "basic": "8000.00"}
THIRD = {"total": "80000.00", "compliant_total": "70000.00", "basic": "20000.00"}
NOTHING_ELSE = {"critical_illness": "0.00", "commercial": "0.00"}


async def test_year_uses_deductible_and_cap_once_and_a_changed_amount_is_looked_at_again(counter: Counter) -> None:
    """Three cases are assessed before any is approved; each approval changes what is left for the next."""
    person = new_person()
    first = await (await Case.file(counter, person=person)).to("county_approval")
    second = await (await Case.file(counter, person=person, costs=SECOND | NOTHING_ELSE)).to("county_approval")
    third = await (await Case.file(counter, person=person, costs=THIRD | NOTHING_ELSE)).to("county_approval")
    # Each alone in the year: (24,731.00 − 7,731.00) × 60 %, (10,000.00 − 7,731.00) × 60 %, (50,000.00 − 7,731.00) × 60 %.
    assert await _amount(first) == ("10200.00", False)
    assert await _amount(second) == ("1361.40", False)
    assert await _amount(third) == ("25361.40", False)

    await first.done("county_approval", "approve", {"amount": "10200.00"}, done_on="2025-02-10")
    assert await _amount(first) == ("10200.00", True)

    # The first case's base has used up the deductible: 10,000.00 × 60 % = 6,000.00.
    refused = await second.answer("county_approval", "approve", {"amount": "1361.40"}, done_on="2025-02-10")
    assert (refused.status, refused.content["type"]) == (409, "/problems/amount-changed")
    assert refused.content["amount"] == "6000.00"
    assert await _amount(second) == ("6000.00", False)
    refused = await second.answer("county_approval", "approve", {"amount": "1361.40"}, done_on="2025-02-10")
    assert (refused.status, refused.content["amount"]) == (409, "6000.00")
    await second.done("county_approval", "approve", {"amount": "6000.00"}, done_on="2025-02-10")
    assert await _amount(second) == ("6000.00", True)

    # 50,000.00 × 60 % = 30,000.00, but the cap of 40,000.00 has 40,000.00 − 10,200.00 − 6,000.00 = 23,800.00 left.
    refused = await third.answer("county_approval", "approve", done_on="2025-02-10")
    assert (refused.status, refused.content["amount"]) == (409, "23800.00")
    await third.done("county_approval", "approve", done_on="2025-02-10")
    assert await _amount(third) == ("23800.00", True)
    assert [tag for tag in await third.tags() if tag.startswith(("procedure:assessment", "counter:county_app"))] == [
        "procedure:assessment:eligible",
        "procedure:assessment:eligible",
        "counter:county_approval:approve",
    ]


async def test_settlement_used_in_an_open_case_is_refused_and_free_after_its_withdrawal(counter: Counter) -> None:
    person = new_person()
    settled = {"settlement_no": "JS-JOURNEY-TWICE"}
    case = await Case.file(counter, person=person, costs=settled)

    twice = await counter.ask(clerk(), "POST", "/api/v1/applications", application(person=person, costs=settled))
    assert (twice.status, twice.content["type"]) == (409, "/problems/settlement-already-used")
    assert twice.content["errors"][0]["pointer"] == "/costs/settlement_no"

    await case.done("acceptance", "ask_supplement", {"missing": ["history"]}, done_on="2025-01-07")
    await case.done("supplement", "withdrawn", done_on="2025-01-08")
    await case.until_status("withdrawn")

    again = await Case.file(counter, person=person, costs=settled)
    assert await again.status() == "submitted"
    assert again.number != case.number


async def _amount(case: Case) -> tuple[str, bool]:
    decision = (await case.view())["decision"]
    return decision["amount"], decision["final"]
