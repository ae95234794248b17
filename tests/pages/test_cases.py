"""A case's page: masked by post, with its calculation, its papers and, where it was refused, both remedies."""

from typing import Any

from runtime.story.counter import Counter
from tests.journeys.case import Case
from tests.journeys.people import new_person
from tests.notifications.pdf_text import words_of
from tests.pages import posts
from tests.pages.conftest import SignedIn
from tests.pages.visitor import Shown, Visitor

READERS = (
    posts.TOWNSHIP_CASEWORKER,
    posts.COUNTY_AUDITOR,
    posts.CITY_SUPERVISOR,
    posts.COUNTY_SUPERVISOR,
    posts.FINANCE_CASEWORKER,
)


async def test_masks_follow_the_post(visiting: SignedIn, counter: Counter) -> None:
    person = new_person()
    case = await (await Case.file(counter, person=person)).to("county_review")
    seen = {name: (await (await visiting(name)).get(f"/cases/{case.id}")) for name in READERS}
    assert person.id_number in seen[posts.TOWNSHIP_CASEWORKER].text
    assert "13900000021" in seen[posts.TOWNSHIP_CASEWORKER].text
    for masked in (posts.COUNTY_AUDITOR, posts.CITY_SUPERVISOR, posts.COUNTY_SUPERVISOR):
        assert seen[masked].status == 200
        assert person.id_number not in seen[masked].html
        assert person.name not in seen[masked].html
        assert "13900000021" not in seen[masked].html
        assert f"{person.id_number[:6]}********{person.id_number[-4:]}" in seen[masked].text
        assert "部分个人信息已隐去" in seen[masked].text
    finance = seen[posts.FINANCE_CASEWORKER]
    assert person.id_number not in finance.html
    assert "6200000000000000021" in finance.text
    assert "JS-JOURNEY" not in finance.html


async def test_calculation_sheet_and_posters_can_be_printed(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter)).to("county_review")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    shown = await visitor.get(f"/cases/{case.id}")
    assert "演示参数" in shown.text
    sheet = await visitor.get(f"/cases/{case.id}/calculation")
    assert "医疗救助金额计算表" in sheet.text
    assert "演示数据" in sheet.text
    assert "10,200.00" in sheet.text
    assert 'href="/static/paper.css"' in sheet.html
    assert (await visitor.get("/static/paper.css")).status == 200
    [poster] = [part.partition('"')[0] for part in shown.html.split('href="')[1:] if part.startswith("/papers/")]
    assert "医疗救助申请审核公示" in await words_at(visitor, poster)
    auditor = await visiting(posts.COUNTY_AUDITOR)
    assert poster in (await auditor.get(f"/cases/{case.id}")).html
    assert "医疗救助申请审核公示" in await words_at(auditor, poster)


async def words_at(visitor: Visitor, address: str) -> str:
    """The words of the PDF at that address."""
    answer = await visitor.http.get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return words_of(answer.content)


def download_on(shown: Shown) -> str:
    """The address behind 下载PDF."""
    before, _, _ = shown.html.partition(">下载PDF<")
    return before.rpartition('href="')[2].removesuffix('"')


async def test_finance_is_not_offered_the_calculation(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter)).to("county_review")
    visitor = await visiting(posts.FINANCE_CASEWORKER)
    shown = await visitor.get(f"/cases/{case.id}")
    assert shown.status == 200
    assert f"/cases/{case.id}/calculation" not in shown.html
    assert (await visitor.get(f"/cases/{case.id}/calculation")).status == 403


async def test_notice_is_printed_before_it_is_posted(visiting: SignedIn, counter: Counter) -> None:
    person = new_person()
    case = await (await Case.file(counter, person=person)).to("township_notice")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    shown = await visitor.get(f"/cases/{case.id}")
    assert f"/cases/{case.id}/poster" in shown.html
    poster = await visitor.get(f"/cases/{case.id}/poster")
    # Today is Mon 2025-03-03; seven days after it: Mon 2025-03-10 (PUB_TWP_DAYS, AMB-26).
    assert "2025年3月10日" in poster.text
    assert person.name not in poster.text
    assert person.id_number not in poster.text
    assert "2025年3月10日" in await words_at(visitor, download_on(poster))
    finance = await visiting(posts.FINANCE_CASEWORKER)
    assert (await finance.get(f"/cases/{case.id}/poster")).status == 403


async def test_notice_posted_on_paper_before_is_printed_with_its_day(visiting: SignedIn, counter: Counter) -> None:
    case = await (await Case.file(counter)).to("township_notice")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    task = await visitor.get(f"/tasks/{(await case.task('township_notice'))['id']}")
    address = f"/cases/{case.id}/poster"
    assert task.form(address)["posted_on"] == ["2025-03-03"]
    earlier = await visitor.get(f"{address}?posted_on=2025-02-20")
    assert "2025年2月20日张贴，至2025年2月27日" in earlier.text
    for wrong, said in (("2025-03-04", "不能晚于今天"), ("2024-12-01", "不能早于上一环节"), ("明天", "应为日期")):
        refused = await visitor.get(f"{address}?posted_on={wrong}")
        assert refused.status == 422
        assert f"“张贴日”{said}" in refused.text


async def test_refusal_shows_its_notice_and_both_remedies(visiting: SignedIn, counter: Counter) -> None:
    case = await Case.file(counter)
    await case.to("township_review")
    refused: dict[str, Any] = {"provisions": ["A-39"], "reason": "入户调查的家庭经济状况与申请不符"}
    await case.done("township_review", "not_eligible", refused, done_on="2025-01-15")
    await case.task("refusal_notice")
    reader = await visiting(posts.TOWNSHIP_CASEWORKER)
    preview = f"/cases/{case.id}/refusal-notice"
    assert f'href="{preview}"' in (await reader.get(f"/cases/{case.id}")).html
    shown = await reader.get(preview)
    assert "（预览，未编号）" in shown.text
    assert refused["reason"] in shown.text
    assert "（预览，未编号）" in await words_at(reader, download_on(shown))
    assert (await (await visiting(posts.FINANCE_CASEWORKER)).get(preview)).status == 403
    await case.done("refusal_notice", "issued", done_on="2025-01-16")
    await case.done("delivery", "delivered", {"method": "in_person"}, done_on="2025-01-17")
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    shown = await visitor.get(f"/cases/{case.id}")
    assert "不符合条件" in shown.text
    assert (await visitor.get(preview)).status == 404
    assert "入户调查的患病情况或家庭经济状况与申请不符" in shown.text
    assert "可申请行政复议至 2025-03-18" in shown.text
    assert "可提起行政诉讼至 2025-07-17" in shown.text
    record = await visitor.get(f"/cases/{case.id}/papers/delivery")
    assert "送达回证" in record.text
    assert "直接送达" in record.text
    assert "2025年3月18日" in record.text
    assert "至2025年3月18日" in await words_at(visitor, download_on(record))
    [notice] = [part.partition('"')[0] for part in shown.html.split('href="')[1:] if part.startswith("/papers/")]
    assert "不符合医疗救助条件书面告知书" in await words_at(visitor, notice)


async def test_receipt_and_list_of_missing_papers_can_be_printed(visiting: SignedIn, counter: Counter) -> None:
    case = await Case.file(counter)
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    assert (await visitor.get(f"/cases/{case.id}/papers/receipt")).status == 404
    asked = {"missing": ["history", "other"], "note": "补交近三个月的病史"}
    await case.done("acceptance", "ask_supplement", asked, done_on="2025-01-08")
    missing = await visitor.get(f"/cases/{case.id}/papers/missing-papers")
    assert "一次性补正告知书" in missing.text
    assert "病史材料" in missing.text
    assert "补交近三个月的病史" in missing.text
    # SUPPLEMENT_WD 10 from Wed 8 January 2025.
    assert "2025年1月22日" in missing.text
    assert "受理回执" not in (await visitor.get(f"/cases/{case.id}")).text

    accepted = await Case.file(counter)
    await accepted.done("acceptance", "accept", done_on="2025-01-08")
    await accepted.task("survey")
    receipt = await visitor.get(f"/cases/{accepted.id}/papers/receipt")
    assert "受理回执" in receipt.text
    assert "医疗诊断书" in receipt.text
    assert "医疗救助申请受理回执" in await words_at(visitor, download_on(receipt))
    auditor = await visiting(posts.COUNTY_AUDITOR)
    assert (await auditor.get(f"/cases/{accepted.id}/papers/receipt")).status == 404


async def test_case_file_tells_the_whole_case_as_far_as_its_reader_sees_it(
    visiting: SignedIn, counter: Counter
) -> None:
    person = new_person()
    case = await (await Case.file(counter, person=person)).to("payment_request")
    clerk, auditor, finance = [
        await visiting(name) for name in (posts.TOWNSHIP_CASEWORKER, posts.COUNTY_AUDITOR, posts.FINANCE_CASEWORKER)
    ]
    shown = await clerk.get(f"/cases/{case.id}")
    assert f'href="/cases/{case.id}/file"' in shown.html
    page = await clerk.get(f"/cases/{case.id}/file")
    words = await words_at(clerk, download_on(page))
    for told in (case.number, person.id_number, "患病情况属实", "24,731.00", "乡级第1次", "县级已批准", "10,200.00"):
        assert told in page.text, told
        assert told in words, told
    masked = await auditor.get(f"/cases/{case.id}/file")
    assert "部分个人信息已隐去" in masked.text
    assert person.id_number not in masked.html
    assert person.name not in await words_at(auditor, download_on(masked))
    assert f"/cases/{case.id}/file" not in (await finance.get(f"/cases/{case.id}")).html
    assert (await finance.get(f"/cases/{case.id}/file")).status == 403
