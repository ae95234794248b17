"""Acts on a case from its page: offered to whom they belong to, drawn from their declarations, nothing typed lost."""

import re

from runtime.story.counter import Counter
from tests.journeys.case import Case
from tests.pages import posts
from tests.pages.conftest import SignedIn


async def test_acts_are_offered_to_the_post_and_at_the_status(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter)).to("survey")
    page = f"/cases/{case.id}"
    clerk = await (await visiting(posts.TOWNSHIP_CASEWORKER)).get(page)
    assert f"{page}/acts/withdraw" in clerk.html
    assert f"{page}/acts/correct" in clerk.html
    assert f"{page}/acts/payee" not in clerk.html
    supervisor = await (await visiting(posts.COUNTY_SUPERVISOR)).get(page)
    assert f"{page}/acts/move" in supervisor.html
    assert "/acts/withdraw" not in supervisor.html
    auditor = await (await visiting(posts.COUNTY_AUDITOR)).get(page)
    assert "其他办理" not in auditor.text
    refused = await (await visiting(posts.COUNTY_AUDITOR)).get(f"{page}/acts/withdraw")
    assert refused.status == 403


async def test_an_answer_is_taken_back_from_the_page(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter)).to("survey")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    shown = await visitor.get(f"/cases/{case.id}")
    assert "撤回办理结果：受理审查 受理" in shown.text
    action = shown.html.partition(f'action="/cases/{case.id}/recall/')[2].partition('"')[0]
    after = await visitor.post(shown, f"/cases/{case.id}/recall/{action}", {"reason": "误点"})
    assert after.status == 200
    assert "撤回办理结果“受理审查：受理”" in after.text
    assert "办理结果已撤回。" in after.text
    assert list(await case.tasks()) == ["acceptance"]


async def test_a_correction_begins_with_what_is_registered(visiting: SignedIn, counter: Counter) -> None:
    case = await Case.file(counter)
    await case.task("acceptance")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    action = f"/cases/{case.id}/acts/correct"
    shown = await visitor.get(action)
    held = shown.form(action)
    assert (held["costs.total"], held["applicant.residence"]) == (["92400.00"], ["rural"])
    unchanged = await visitor.post(shown, action, {"reason": "核对"})
    assert (unchanged.status, "没有需要更正的内容" in unchanged.text) == (422, True)
    wrong = await visitor.post(shown, action, {"reason": "总费用误录", "costs.total": "9.00"})
    assert wrong.status == 422
    assert wrong.form(action)["reason"] == ["总费用误录"]
    right = await visitor.post(wrong, action, {"costs.total": "92500.00"})
    assert right.status == 200
    assert "更正登记内容：总费用" in right.text
    assert "92,500.00" in right.text
    [entry] = [entry for entry in (await case.view())["timeline"] if entry["tag"] == "counter:application:correct"]
    assert entry["codes"] == {"fields": ["costs.total"]}


async def test_a_withdrawal_leads_back_to_the_case(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter)).to("township_notice_result")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    action = f"/cases/{case.id}/acts/withdraw"
    shown = await visitor.get(action)
    assert re.search(r'<textarea[^>]* name="reason"[^>]* required', shown.html), "one click is not enough"
    done = await visitor.post(shown, action, {"reason": "自愿撤回"})
    assert (done.status, "已撤回" in done.text, "已撤下" in done.text) == (200, True, True)
    assert "“申请人撤回申请”已办理。" in done.text


async def test_an_objection_to_the_countys_notice_leaves_the_case_at_that_notice(
    visiting: SignedIn, counter: Counter
) -> None:
    case = await (await Case.file(counter)).to("county_notice_result")
    await case.done("county_notice_result", "objection", {"content": "反映另有房产"})
    await case.task("objection_review")
    shown = await (await visiting(posts.COUNTY_CASEWORKER)).get(f"/cases/{case.id}")
    assert 'aria-current="step">县级公示</li>' in shown.html


async def test_every_status_has_its_way(visiting: SignedIn, counter: Counter) -> None:
    """Also those beside the main path: nothing but a page comes of it."""
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    lapsed = await Case.file(counter)
    await lapsed.done("acceptance", "ask_supplement", {"missing": ["history"]}, done_on="2025-01-07")
    await lapsed.answer("supplement", "lapsed", done_on="2025-01-22")
    await lapsed.until_status("lapsed")
    shown = await visitor.get(f"/cases/{lapsed.id}")
    assert (shown.status, f"/cases/{lapsed.id}/acts/reopen" in shown.html) == (200, True)
    objected = await (await Case.file(counter)).to("township_notice_result")
    await objected.done("township_notice_result", "objection", {"content": "有异议"}, done_on="2025-01-20")
    await objected.task("objection_review")
    assert (await visitor.get(f"/cases/{objected.id}")).status == 200
    returned = await (await Case.file(counter)).to("county_review")
    await returned.done("county_review", "return", {"reason": "缺签字"}, done_on="2025-02-07")
    await returned.task("returned_file")
    assert (await visitor.get(f"/cases/{returned.id}")).status == 200
    asked = await (await Case.file(counter)).to("county_review")
    await asked.done("county_review", "ask_civil_affairs", {"question": "认定日期"}, done_on="2025-02-06")
    check = await asked.task("identity_check")
    assert (await visitor.get(f"/cases/{asked.id}")).status == 200
    at_civil_affairs = await (await visiting(posts.CIVIL_AFFAIRS)).get(f"/tasks/{check['id']}")
    assert "申请延期" not in at_civil_affairs.text, "there is no term to lengthen"
