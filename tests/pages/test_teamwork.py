"""What people do together, without script: beside a task, beside a case, in the inbox and on the page of the staff."""

from tests.journeys.case import Case, clerk
from tests.pages.conftest import SignedIn

SUPERVISOR = "township.township_government.supervisor@140522100"
LEADER = "township.township_government.leader@140522100"
SECOND_CLERK = "township.township_government.caseworker2@140522100"
CITY = "city.medical_insurance.supervisor@1405"
COUNTY_LEADER = "county.medical_insurance.leader@140522"


async def test_a_supervisor_assigns_urges_suspends_and_resumes(visiting: SignedIn, counter_case: Case) -> None:
    task = (await counter_case.task("acceptance"))["id"]
    visitor, path = await visiting(SUPERVISOR), f"/tasks/{task}"
    shown = await visitor.get(path)
    assert "申请延期" not in shown.text, "who does not do the work asks for no more time"
    shown = await visitor.post(shown, f"{path}/acts/assign", {"to": clerk()})
    assert "已指派。" in shown.text
    shown = await visitor.post(shown, f"{path}/acts/remind", {"words": "请今日办结"})
    assert "已催办。" in shown.text
    assert "催办：请今日办结" in shown.text
    again = await visitor.post(shown, f"{path}/acts/remind")
    assert (again.status, "每个工作日只能催办一次" in again.text) == (409, True)
    suspended = await visitor.post(shown, f"{path}/acts/suspend", {"category": "dispute", "reason": "村内争议"})
    assert "期限已中止。" in suspended.text
    assert "中止 争议处理" in suspended.text
    assert "期限为何停止计算" in suspended.text
    at_desk = await (await visiting(clerk())).get(path)
    assert "恢复后方可办理" in at_desk.text
    assert "提交：" not in at_desk.text
    resumed = await visitor.post(suspended, f"{path}/acts/resume")
    assert "期限已恢复。" in resumed.text


async def test_what_was_typed_is_not_lost_when_an_act_is_refused(visiting: SignedIn, counter_case: Case) -> None:
    task = (await counter_case.task("acceptance"))["id"]
    visitor = await visiting(clerk())
    shown = await visitor.get(f"/tasks/{task}")
    refused = await visitor.post(shown, f"/tasks/{task}/acts/extension", {"days": "9", "reason": "路途遥远"})
    assert (refused.status, "路途遥远" in refused.text, "期限已过，不再办理延期" in refused.text) == (409, True, True)


async def test_a_draft_of_an_answer_comes_back_and_goes_with_the_answer(visiting: SignedIn, counter_case: Case) -> None:
    task = (await counter_case.task("acceptance"))["id"]
    visitor, path = await visiting(clerk()), f"/tasks/{task}"
    shown = await visitor.get(path)
    typed = {"fields.reason": "材料不实", "do": "keep"}
    kept = await visitor.post(shown, f"{path}/answer", typed, having="outcome=refuse")
    assert "草稿已保存" in kept.text
    assert kept.form(f"{path}/answer", "outcome=refuse")["fields.reason"] == ["材料不实"]
    others = await (await visiting(SECOND_CLERK)).get(path)
    assert "材料不实" not in others.html
    done = await visitor.post(kept, f"{path}/answer", having="outcome=accept")
    assert "已办理" in done.text
    gone = await counter_case.counter.ask(clerk(), "GET", f"/api/v1/drafts/answer/{task}/refuse")
    assert gone.status == 404


async def test_a_new_application_is_put_aside_and_taken_up_again(visiting: SignedIn) -> None:
    visitor = await visiting(SECOND_CLERK)
    shown = await visitor.get("/applications/new")
    kept = await visitor.post(shown, "/applications/new", {"applicant.name": "金丝雀", "do": "keep"})
    assert "草稿已保存" in kept.text
    again = await visitor.get("/applications/new")
    assert "已恢复您保存的草稿。" in again.text
    assert again.form("/applications/new")["applicant.name"] == ["金丝雀"]
    thrown = await visitor.post(again, "/applications/new", {"do": "forget"})
    assert thrown.form("/applications/new")["applicant.name"] == [""]


async def test_remarks_and_copies_stand_beside_the_case(visiting: SignedIn, counter_case: Case) -> None:
    visitor, path = await visiting(clerk()), f"/cases/{counter_case.id}"
    shown = await visitor.get(path)
    shown = await visitor.post(shown, f"{path}/remarks", {"text": "申请人电话已换"})
    assert "申请人电话已换" in shown.text
    shown = await visitor.post(shown, f"{path}/copies", {"to": CITY})
    assert "已抄送。" in shown.text
    reader = await visiting(CITY)
    listed = await reader.get("/copies")
    assert f"{counter_case.number} 未阅" in listed.text
    assert "申请人电话已换" not in (await reader.get(path)).text
    assert f"{counter_case.number} 未阅" not in (await reader.get("/copies")).text


async def test_ticked_tasks_are_answered_together_and_each_says_what_became_of_it(
    visiting: SignedIn, counter_case: Case
) -> None:
    other = await Case.file(counter_case.counter)
    first, second = [(await case.task("acceptance"))["id"] for case in (counter_case, other)]
    visitor = await visiting(clerk())
    inbox = await visitor.get(f"/inbox?kind=acceptance&q={other.number}")
    assert f'value="{second}"' in inbox.html
    assert "批量办理选中的事项" in inbox.text
    shown = await visitor.get(f"/bulk?task={first}&task={second}")
    assert "共 2 项" in shown.text
    await other.done("acceptance", "accept", done_on="2025-01-08")
    result = await visitor.post(shown, "/bulk", having="outcome=accept")
    assert "办成 1 项，未办成 1 项。" in result.text
    assert "此事项已由" in result.text


async def test_the_staff_page_enters_an_absence_and_takes_it_back(visiting: SignedIn) -> None:
    visitor = await visiting(LEADER)
    shown = await visitor.get("/staff")
    assert clerk() in shown.text
    absence = {"who": SECOND_CLERK, "substitute": SUPERVISOR, "from": "2025-03-10", "to": "2025-03-11"}
    entered = await visitor.post(shown, "/staff/absences", absence)
    assert "请假和代理已登记。" in entered.text
    assert "2025-03-10 周一 — 2025-03-11 周二" in entered.text
    action = next(at for at in entered.html.split('action="') if at.startswith("/staff/absences/")).split('"')[0]
    ended = await visitor.post(entered, action)
    assert "请假已撤销。" in ended.text
    wrong = await visitor.post(ended, "/staff/absences", absence | {"substitute": SECOND_CLERK})
    assert wrong.status == 422


async def test_a_leader_closes_the_offices_on_the_staff_page(visiting: SignedIn) -> None:
    visitor = await visiting(COUNTY_LEADER)
    shown = await visitor.get("/staff")
    closed = await visitor.post(
        shown, "/staff/closures", {"from": "2026-12-01", "to": "2026-12-02", "reason": "暴雪", "document": "通知"}
    )
    assert "停办已登记" in closed.text
    action = next(
        at for at in closed.html.split('action="') if at.startswith("/staff/closures/") and "withdraw" in at[:80]
    ).split('"')[0]
    assert "停办登记已撤销。" in (await visitor.post(closed, action)).text
    assert "局部停办" not in (await (await visiting(LEADER)).get("/staff")).text


async def test_another_department_gives_its_opinion_and_sees_who_it_is_about_and_no_more(
    visiting: SignedIn, counter_case: Case
) -> None:
    task = (await counter_case.task("acceptance"))["id"]
    clerks = await visiting(clerk())
    shown = await clerks.get(f"/tasks/{task}")
    asked = {"post": "county/agriculture/caseworker", "text": "请核实监测对象身份"}
    shown = await clerks.post(shown, f"/tasks/{task}/acts/opinion", asked)
    assert "已提请会签。" in shown.text
    opinion = (await counter_case.task("second_opinion"))["id"]
    visitor = await visiting("county.agriculture.caseworker@140522")
    page = await visitor.get(f"/tasks/{opinion}")
    assert (page.status, "请核实监测对象身份" in page.text) == (200, True)
    assert counter_case.number in page.text
    answered = await visitor.post(
        page, f"/tasks/{opinion}/answer", {"fields.opinion": "属于监测对象"}, having="outcome=given"
    )
    assert (answered.status, "联系电话" in answered.text) == (200, False)
    shown = await clerks.get(f"/tasks/{task}")
    assert "属于监测对象" in shown.text


async def test_orders_are_read_and_closed_on_the_case_page(visiting: SignedIn, counter_case: Case) -> None:
    task = (await counter_case.task("acceptance"))["id"]
    visitor = await visiting(SUPERVISOR)
    shown = await visitor.get(f"/tasks/{task}")
    shown = await visitor.post(shown, f"/tasks/{task}/acts/order", {"due_on": "2025-03-05", "text": "请说明进度"})
    assert "督办已发出。" in shown.text
    case = await visitor.get(f"/cases/{counter_case.id}")
    assert "请说明进度" in case.text
    action = next(at for at in case.html.split('action="') if at.startswith("/orders/")).split('"')[0]
    closed = await visitor.post(case, action)
    assert "督办已办结。" in closed.text
