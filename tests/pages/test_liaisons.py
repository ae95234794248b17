"""联络员名册 on pages without script: entered, changed, found by place, and who is missing said on the board."""

from tests.pages.conftest import SignedIn

CIVIL = "county.civil_affairs.supervisor@140522"
AUDITOR = "province.medical_insurance.auditor@14"
PROVINCE = "province.medical_insurance.supervisor@14"
NAMED = {
    "lead_office": "社会救助股",
    "liaison": "冯春晓",
    "liaison_phone": "0356-0000201",
    "starts_on": "2025-03-01",
}


async def test_an_office_names_its_liaison_and_changes_it(visiting: SignedIn) -> None:
    visitor = await visiting(CIVIL)
    before = await visitor.get("/liaisons?state=missing&q=阳城")
    assert "阳城县民政局 县级 民政" in before.text
    empty = await visitor.post(before, "/liaisons", {**NAMED, "liaison": ""}, having="department=civil_affairs")
    assert (empty.status, "“联络员”必须填写" in empty.text, "社会救助股" in empty.text) == (422, True, True)
    entered = await visitor.post(before, "/liaisons", NAMED, having="department=civil_affairs")
    assert (entered.status, "冯春晓" in entered.text, "0356-0000201" in entered.text) == (200, True, True)
    way = entered.address.partition("/liaisons/")[2]
    changed = await visitor.post(
        entered, f"/liaisons/{way}/changes", {**NAMED, "liaison": "卢秋水", "starts_on": "2025-03-02"}
    )
    assert (changed.status, "历次登记" in changed.text, "冯春晓" in changed.text) == (200, True, True)
    listed = await visitor.get("/liaisons?department=civil_affairs")
    assert ("卢秋水" in listed.text, "冯春晓" in listed.text) == (True, False)
    assert "阳城县民政局 县级 民政" not in (await visitor.get("/liaisons?state=missing")).text
    hidden = await (await visiting(AUDITOR)).get("/liaisons?q=阳城&department=civil_affairs")
    assert ("卢**" in hidden.text, "卢秋水" in hidden.text, "0356-0000201" in hidden.text) == (True, False, False)


async def test_the_board_says_how_many_offices_have_named_nobody(visiting: SignedIn) -> None:
    visitor = await visiting(PROVINCE)
    assert "个单位缺少联络员" in (await visitor.get("/board")).text
    missing = await visitor.get("/liaisons?state=missing&level=province")
    assert "山西省医疗保障局" in missing.text
    assert "山西省民政厅" in missing.text
