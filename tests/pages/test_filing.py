"""新建申请 without script: every mistake at its field, nothing typed or uploaded lost, divisions level by level."""

from api.pages import application_form
from tests.journeys.case import S01_COSTS
from tests.journeys.people import new_person, new_settlement
from tests.pages import posts
from tests.pages.conftest import SignedIn
from tests.pages.visitor import Shown, Visitor

FORM = "/applications/new"
PDF = b"%PDF-1.4 invented"
PAPERS = {
    f"documents.{line}.upload": (f"{name}.pdf", PDF) for line, name in enumerate(("诊断", "收据", "病史", "报销"))
}


def typed(**changes: str) -> dict[str, str]:
    person = new_person()
    return {
        "category": "DB",
        "applicant.name": person.name,
        "applicant.id_number": person.id_number,
        "applicant.residence": "rural",
        **{f"costs.{name}": value for name, value in S01_COSTS.items()},
        "costs.settlement_no": new_settlement(),
        "payee.kind": "person",
        "payee.name": person.name,
        "payee.account": "6200000000000000021",
        "submitted_on": "2025-01-06",
        "paper_reason": "系统停用期间受理，现补录",
        "do": "submit",
    } | {name.replace("__", "."): value for name, value in changes.items()}


async def test_application_is_filed_and_its_case_shown(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    filed = await visitor.post(empty, FORM, typed(), PAPERS)
    assert filed.status == 200
    assert "/cases/" in filed.address
    assert "申请已登记" in filed.text
    assert "受理审查" in filed.text


async def test_all_mistakes_are_named_at_once_and_nothing_is_lost(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    wrong = typed(
        applicant__id_number="140522196001010011",
        costs__admitted_on="2025-03-20",
        costs__basic="90,000.00",
        payee__account="",
    )
    again = await visitor.post(empty, FORM, wrong, PAPERS)
    assert again.status == 422
    for said in ("身份证号码校验位错误", "入院日期不能晚于今天", "之和不能大于合规医疗费用", "“收款方账号”必须填写"):
        assert said in again.text, said
    kept = again.form(FORM)
    for name, value in wrong.items():
        if name != "do":
            assert kept[name] == [value], name
    assert again.text.count("已上传，保留") == len(PAPERS)

    right = typed()
    mended = {
        name: right[name] for name in ("applicant.id_number", "costs.admitted_on", "costs.basic", "payee.account")
    }
    filed = await visitor.post(again, FORM, {**mended, "do": "submit"})
    assert "申请已登记" in filed.text
    assert filed.text.count("查看") >= len(PAPERS)


async def test_unsupported_file_is_named_and_the_others_kept(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    again = await visitor.post(empty, FORM, typed(), {**PAPERS, "documents.1.upload": ("收据.docx", b"PK\x03\x04")})
    assert again.status == 422
    assert f"{application_form.PAPER_KINDS[1].label}：不支持这种文件" in again.text
    control = again.html.partition('name="documents.1.upload"')[2].partition(">")[0]
    assert 'aria-invalid="true" aria-describedby="application-documents-1-problems"' in control
    assert again.text.count("已上传，保留") == len(PAPERS) - 1


async def test_recognition_without_number_is_named_at_its_line(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    again = await visitor.post(empty, FORM, typed(category="GXZC"), {**PAPERS, "documents.4.upload": ("认定.pdf", PDF)})
    assert again.status == 422
    assert "认定材料须填写文号" in again.text
    line = again.html.partition('id="application-documents-4"')[2].partition("</div>")[0]
    assert "认定材料须填写文号" in line


async def test_settlement_used_before_is_refused_with_its_clause(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    first = typed()
    await visitor.post(empty, FORM, first, PAPERS)
    again = await visitor.post(await visitor.get(FORM), FORM, first, PAPERS)
    assert again.status == 422
    assert "该结算单已经申请过救助" in again.text
    assert again.form(FORM)["costs.settlement_no"] == [first["costs.settlement_no"]]


async def test_divisions_are_chosen_level_by_level_without_script(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    assert empty.form(FORM)["division"] == ["140522100"]
    other_city = await visitor.post(empty, FORM, {"city": "1401", "applicant.name": "王小明", "do": "divisions"})
    assert other_city.form(FORM)["county"] == [""]
    assert "小店区" in other_city.text
    assert other_city.form(FORM)["applicant.name"] == ["王小明"]
    county = await visitor.post(other_city, FORM, {"county": "140105", "do": "divisions"})
    assert "坞城街道" in county.text
    elsewhere = await visitor.post(county, FORM, {**typed(), "division": "140105001"}, PAPERS)
    assert elsewhere.status == 422
    assert "只能受理本乡镇（街道）的申请" in elsewhere.text


async def test_check_names_what_is_wrong_and_files_nothing(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    checked = await visitor.post(empty, FORM, typed(do="check"), PAPERS)
    assert checked.status == 200
    assert "没有发现问题，可以提交" in checked.text
    assert "号码有效" in checked.text
    assert "个人负担的合规费用 24,731.00 元" in checked.text


async def test_fragments_check_while_typing_without_an_address_that_tells(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    wrong = await visitor.post(empty, FORM, {"applicant.id_number": "140522196001010011", "do": "check"})
    fields = {**wrong.form(FORM)}
    answer = await visitor.http.post(f"{FORM}/id-check", data=fields, headers={"HX-Request": "true"})
    assert "身份证号码校验位错误" in answer.text
    assert "140522196001010011" not in str(answer.url)
    assert 'hx-get="/applications/new/divisions"' in empty.html
    assert 'hx-get="/applications/new/id-check' not in empty.html


async def _form(visiting: SignedIn) -> tuple[Visitor, Shown]:
    visitor = await visiting(posts.TOWNSHIP_CASEWORKER)
    return visitor, await visitor.get(FORM)


async def test_application_sent_twice_by_the_browser_is_filed_once(visiting: SignedIn) -> None:
    visitor, empty = await _form(visiting)
    first = typed()
    filed = await visitor.post(empty, FORM, first, PAPERS)
    again = await visitor.post(empty, FORM, first, PAPERS)
    assert again.status == 200
    assert again.address == filed.address
