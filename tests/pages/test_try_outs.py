"""试算, 计算日期, 人员查询 and 演示邮箱: the same answers as the programs get, on a page."""

import asyncio

from runtime.embedded.stack import Stack
from runtime.mail_catcher import read_mails
from runtime.story.counter import Counter
from tests.journeys.case import REFUSED, Case
from tests.journeys.people import new_person
from tests.pages import posts
from tests.pages.conftest import SignedIn

S01 = {
    "division": "140522",
    "on": "2024-12-20",
    "categories": ["GXZC"],
    "costs.total": "92,400.00",
    "costs.compliant_total": "86231.00",
    "costs.basic": "48200.00",
    "costs.critical_illness": "11300.00",
    "costs.commercial": "2000.00",
}


async def test_assessment_shows_amount_trace_and_that_values_are_demonstrations(visiting: SignedIn) -> None:
    visitor = await visiting(posts.COUNTY_CASEWORKER)
    shown = await visitor.post(await visitor.get("/assess"), "/assess", S01)
    # 24,731.00 less the deductible of 7,731.00, at 60 %.
    assert "10,200.00" in shown.text
    assert "17,000.00 × 60%" in shown.text
    assert "演示参数" in shown.text


async def test_assessment_without_a_parameter_names_it_and_guesses_nothing(visiting: SignedIn) -> None:
    visitor = await visiting(posts.COUNTY_CASEWORKER)
    shown = await visitor.post(await visitor.get("/assess"), "/assess", {**S01, "categories": ["JC1"]})
    assert shown.status == 200
    assert "缺少参数，不能核算" in shown.text
    assert "RATE(JC1)" in shown.text
    assert "big-amount" not in shown.html


async def test_assessment_of_costs_that_do_not_add_up_is_refused_at_the_field(visiting: SignedIn) -> None:
    visitor = await visiting(posts.COUNTY_CASEWORKER)
    shown = await visitor.post(await visitor.get("/assess"), "/assess", {**S01, "costs.total": "1.00"})
    assert shown.status == 422
    assert "合规医疗费用不能大于医疗总费用" in shown.text
    assert shown.form("/assess")["costs.basic"] == ["48200.00"]
    assert shown.form("/assess")["categories"] == ["GXZC"]


async def test_due_date_over_national_day_is_explained_day_by_day(visiting: SignedIn) -> None:
    visitor = await visiting(posts.COUNTY_CASEWORKER)
    shown = await visitor.get("/due?key=SURVEY_WD&division=140522&from=2025-09-29")
    # 30 September, then 9, 10, Sat 11 (worked), 13 to 17 and Mon 20 October.
    assert "2025-10-20 周一" in shown.text
    assert "10-01 周三 不计" in shown.text
    assert "10-11 周六 第 4 日" in shown.text


async def test_monthly_date_asks_for_its_month(visiting: SignedIn) -> None:
    visitor = await visiting(posts.COUNTY_CASEWORKER)
    asked = await visitor.get("/due?key=T-PUSH&division=140522&from=2025-09-29")
    assert asked.status == 422
    assert "请填写月份" in asked.text
    shown = await visitor.get("/due?key=T-PUSH&division=140522&from=&month=2025-09")
    assert shown.status == 200
    assert "2025-10-" in shown.text


async def test_person_is_found_by_post_and_never_stands_in_an_address(visiting: SignedIn, counter: Counter) -> None:
    person = new_person()
    case = await Case.file(counter, person=person)
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    typed = {"id_number": person.id_number, "purpose": "核对是否重复申请"}
    found = await visitor.post(await visitor.get("/people"), "/people", typed)
    assert found.status == 200
    assert found.address.endswith("/people")
    assert person.name in found.text
    assert f"/cases/{case.id}" in found.html
    nobody = await visitor.post(found, "/people", {"id_number": "", "name": "没有此人"})
    assert "本辖区没有符合条件的人员" in nobody.text
    asked = await visitor.post(found, "/people", {"purpose": ""})
    assert asked.status == 422
    assert asked.form("/people")["id_number"] == [person.id_number]


async def test_mail_that_was_sent_can_be_read(visiting: SignedIn, counter_case: Case, stack: Stack) -> None:
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    await counter_case.done("acceptance", "refuse", REFUSED)
    await counter_case.done("refusal_review", "confirmed")
    await counter_case.done("refusal_notice", "issued")
    await _some_mail_about(counter_case, stack)
    listed = await visitor.get("/dev/mail")
    first = listed.html.partition('href="/dev/mail/')[2].partition('"')[0]
    mail = await visitor.get(f"/dev/mail/{first}")
    assert mail.status == 200
    assert "jiuzhu.example" in mail.text
    assert (await visitor.get("/dev/mail/..%2F..%2Fkeys")).status == 404


async def test_amount_on_the_approval_page_is_the_one_approved(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter)).to("county_approval")
    task = await case.task("county_approval")
    shown = await (await visiting(posts.COUNTY_SUPERVISOR)).get(f"/tasks/{task['id']}")
    assert shown.form(f"/tasks/{task['id']}/answer", "outcome=approve")["fields.amount"] == ["10200.00"]


async def test_missing_parameter_is_asked_for_with_how_to_write_it(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter, "JC1")).to("county_review")
    task = await case.task("missing_parameter:RATE(JC1)")
    shown = await (await visiting(posts.CITY_SUPERVISOR)).get(f"/tasks/{task['id']}")
    assert shown.status == 200
    assert "救助比例（防止返贫监测对象：脱贫不稳定人口）" in shown.text
    assert "比例，如 60%" in shown.text
    assert "本案适用 2024-12-20 周五 的规定" in shown.text


async def _some_mail_about(case: Case, stack: Stack) -> None:
    """附件5 has been issued and is to be delivered, which the township is told by mail."""
    for _ in range(200):
        if any(case.number in mail.subject for mail in read_mails(stack.mail_dir)):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("no mail came")
