"""Two records that turned out to be one person are merged from the page that found both."""

from dataclasses import replace

from runtime.story.counter import Counter
from tests.journeys.case import Case
from tests.journeys.people import new_person
from tests.pages import posts
from tests.pages.conftest import SignedIn

REASON = "户口簿核对，证件号码误录"


async def test_two_records_are_merged_on_the_page(visiting: SignedIn, counter: Counter) -> None:
    """Two names: refused until it is said that they are known to differ. Nothing typed is lost, nobody stands in an address."""
    right, wrongly = new_person(), new_person()
    filed = [await Case.file(counter, person=person) for person in (right, wrongly)]
    both = {"id_number": right.id_number, "other_id_number": wrongly.id_number, "purpose": "核对是否同一人"}
    visitor = await visiting(posts.COUNTY_SUPERVISOR)
    found = await visitor.post(await visitor.get("/people"), "/people", both)
    assert (found.status, "合并后不能撤销" in found.text) == (200, True)
    assert "names_differ" not in found.html
    rightly, wrong = (_id_beside(found.html, case.number) for case in filed)
    nothing = await visitor.post(found, "/people/merge", {"reason": REASON})
    assert (nothing.status, "“误录的记录”必须填写" in nothing.text) == (422, True)
    chosen = {"wrong": wrong, "into": rightly}
    itself = await visitor.post(nothing, "/people/merge", chosen | {"into": wrong})
    assert (itself.status, "不能与自身合并" in itself.text) == (422, True)
    differing = await visitor.post(itself, "/people/merge", chosen)
    assert (differing.status, "已核实为同一人，姓名不同仍须合并" in differing.text) == (422, True)
    assert differing.form("/people/merge")["reason"] == [REASON]
    done = await visitor.post(differing, "/people/merge", {"names_differ": "yes"})
    assert (done.status, "两份人员记录已合并，转入案件1件。" in done.text) == (200, True)
    assert done.address.endswith("/people?merged=1")
    again = await visitor.post(done, "/people", both)
    assert "含已合并的记录 1 份" in again.text
    assert all(f"/cases/{case.id}" in again.html for case in filed)
    assert "/people/merge" not in again.html


async def test_only_who_may_merge_is_offered_it(visiting: SignedIn, counter: Counter) -> None:
    person = new_person()
    for one in (person, replace(new_person(), name=person.name)):
        await Case.file(counter, person=one)
    visitor = await visiting(posts.COUNTY_CASEWORKER)
    found = await visitor.post(await visitor.get("/people"), "/people", {"name": person.name, "purpose": "核对身份"})
    assert found.html.count(person.name) >= 2
    assert "/people/merge" not in found.html
    assert "other_id_number" not in found.html


def _id_beside(html: str, number: str) -> str:
    """The value of the control whose label tells the record by its case."""
    return html.partition(f"案件1件：{number}）")[0].rpartition('value="')[2].partition('"')[0]
