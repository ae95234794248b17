"""Public notices run to their end: nobody confirms that there was no objection before that (A-40, A-41)."""

from runtime.story.counter import Counter
from tests.journeys.case import Case


async def test_notice_of_the_township_cannot_be_confirmed_on_its_last_day(counter: Counter) -> None:
    case = await (await Case.file(counter)).to("township_notice_result")
    # Posted Thu 16 January, the posting day not counted: 17 … Thu 23; the day after is Fri 24.
    assert (await case.task("township_notice_result"))["not_before"] == "2025-01-24"
    refused = await case.answer("township_notice_result", "no_objection", done_on="2025-01-23")
    assert (refused.status, refused.content["type"]) == (409, "/problems/notice-still-running")
    assert (refused.content["not_before"], refused.content["clause"]) == ("2025-01-24", "A-40")
    await case.done("township_notice_result", "no_objection", done_on="2025-01-24")


async def test_notice_of_the_county_cannot_be_confirmed_on_its_last_day(counter: Counter) -> None:
    case = await (await Case.file(counter)).to("county_notice_result")
    # Posted Tue 11 February, 5 WD: 12, 13, 14, 17, Tue 18; the day after is Wed 19.
    assert (await case.task("county_notice_result"))["not_before"] == "2025-02-19"
    refused = await case.answer("county_notice_result", "no_objection", done_on="2025-02-18")
    assert (refused.status, refused.content["type"]) == (409, "/problems/notice-still-running")
    assert (refused.content["not_before"], refused.content["clause"]) == ("2025-02-19", "A-41")
    await case.done("county_notice_result", "no_objection", done_on="2025-02-19")


async def test_notice_posted_on_the_first_day_of_a_holiday_ends_after_it(counter: Counter) -> None:
    case = await (await Case.file(counter)).to("township_notice")
    await case.done("township_notice", "posted", {"place": "村务公开栏"}, done_on="2025-01-21")
    # Posted Tue 21 January: 7 days end Tue 28, New Year's Eve, off until 4 February: so on Wed 5 (X-11, PUB_ROLL).
    # FORWARD_WD 3 from there: 6, 7, Sat 8 (worked).
    task = await case.task("township_notice_result")
    assert (task["not_before"], task["due"]["nominal"]) == ("2025-02-06", "2025-02-08")
    assert (await case.view())["publicity"][0]["last_day"] == "2025-02-05"
